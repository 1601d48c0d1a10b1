package detector_test

import (
	"testing"
)

func TestUSDEA(t *testing.T) {
	check(t, "us_dea", found("AB1234563 is the DEA number", "AB1234563"))
}
