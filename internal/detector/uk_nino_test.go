package detector_test

import (
	"testing"
)

func TestUKNINO(t *testing.T) {
	check(t, "uk_nino", found("PX-12-34-56-D", "PX-12-34-56-D"), none("TN 12 34 56 A"), none("0xab123456c"))
}
