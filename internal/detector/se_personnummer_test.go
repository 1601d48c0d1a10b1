package detector_test

import (
	"testing"
)

func TestSEPersonnummer(t *testing.T) {
	check(t, "se_personnummer", found("811218+9876 som personnummer", "811218+9876"))
	mutants(t, "se_personnummer", "personnummer %s", "811218-9876")
}
