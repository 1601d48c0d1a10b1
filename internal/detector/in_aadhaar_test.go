package detector_test

import (
	"testing"
)

func TestINAadhaar(t *testing.T) {
	check(t, "in_aadhaar", found("999941057058 is the Aadhaar", "999941057058"))
	mutants(t, "in_aadhaar", "UIDAI %s", "2345 6789 0124")
}
