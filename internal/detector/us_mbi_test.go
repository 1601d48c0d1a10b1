package detector_test

import (
	"testing"
)

func TestUSMBI(t *testing.T) {
	check(t, "us_mbi", none("1BG4-TE5-MK73"), none("1EG4-TEO-MK73"), found("the beneficiary 1EG4TE5-MK73", "1EG4TE5-MK73"))
}
