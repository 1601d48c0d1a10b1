package detector_test

import (
	"testing"
)

func TestUSNPI(t *testing.T) {
	check(t, "us_npi", found("1234567893 (prescriber)", "1234567893"))
	mutants(t, "us_npi", "NPI %s", "1234567893")
}
