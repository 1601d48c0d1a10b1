package detector_test

import (
	"testing"
)

func TestNOFodselsnummer(t *testing.T) {
	check(t, "no_fodselsnummer", none("00000000000"))
	mutants(t, "no_fodselsnummer", "%s", "01010750160")
}
