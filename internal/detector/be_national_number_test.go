package detector_test

import (
	"testing"
)

func TestBENationalNumber(t *testing.T) {
	check(t, "be_national_number", found("INSZ 17.07.30-033.84 (2017)", "17.07.30-033.84"))
	mutants(t, "be_national_number", "%s", "85.07.30-033.28")
}
