package detector_test

import (
	"testing"
)

func TestKRRRN(t *testing.T) {
	check(t, "kr_rrn", found("900101-1234568", "900101-1234568"))
	mutants(t, "kr_rrn", "%s", "900101-1234568")
}
