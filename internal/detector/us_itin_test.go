package detector_test

import (
	"testing"
)

func TestUSITIN(t *testing.T) {
	check(t, "us_itin",
		found("900-50-0000 900-65-0000 900-92-0000", "900-50-0000", "900-65-0000", "900-92-0000"),
		none("900-49-0000"), none("900-66-0000"),
	)
}
