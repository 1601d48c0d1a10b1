package detector_test

import (
	"testing"
)

func TestDKCPR(t *testing.T) {
	check(t, "dk_cpr", none("CPR 300262-5629"), none("CPR 001062-5629"), found("290200-1234 (CPR)", "290200-1234"))
}
