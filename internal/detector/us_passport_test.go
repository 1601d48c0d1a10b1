package detector_test

import (
	"testing"
)

func TestUSPassport(t *testing.T) {
	check(t, "us_passport", found("my pasaporte: C98765432.", "C98765432"), none("passport-A12345678-1"), none("passport 12345678.9"))
}
