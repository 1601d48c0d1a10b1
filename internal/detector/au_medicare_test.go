package detector_test

import (
	"testing"
)

func TestAUMedicare(t *testing.T) {
	check(t, "au_medicare", found("2123-45670-1 is on the Medicare card", "2123-45670-1"), found("Medicare 21234567012", "21234567012"))
}
