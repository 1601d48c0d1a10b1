package detector_test

import (
	"testing"
)

func TestITCodiceFiscale(t *testing.T) {
	check(t, "it_codice_fiscale", none("abcdefghijklmnop"))
	mutants(t, "it_codice_fiscale", "%s", "RSSMRA85T10A562S")
}
