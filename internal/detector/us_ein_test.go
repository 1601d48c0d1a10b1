package detector_test

import (
	"testing"
)

func TestUSEIN(t *testing.T) {
	check(t, "us_ein",
		found("(EIN 98-7654321)", "98-7654321"),
		none("EIN 96-7654321"), none("EIN 11-1111111"),
	)
}
