package detector_test

import (
	"testing"
)

func TestPTNIF(t *testing.T) {
	check(t, "pt_nif", found("o meu número fiscal é 123456789.", "123456789"))
	mutants(t, "pt_nif", "NIF %s", "123456789")
}
