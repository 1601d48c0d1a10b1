package detector_test

import (
	"testing"
)

func TestPLPESEL(t *testing.T) {
	check(t, "pl_pesel", none("PESEL 00000000000"))
	mutants(t, "pl_pesel", "PESEL %s", "44051401359")
}
