package detector_test

import (
	"testing"
)

func TestSGNRIC(t *testing.T) {
	check(t, "sg_nric", found("T1234567J M1234567K", "T1234567J", "M1234567K"))
	mutants(t, "sg_nric", "%s", "S1234567D")
}
