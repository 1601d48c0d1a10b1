package detector_test

import (
	"testing"
)

func TestUSDriverLicense(t *testing.T) {
	check(t, "us_driver_license", found("DL# V090803222638", "V090803222638"), found("123 456 789 (driver's license)", "123 456 789"), found("Licencia de conducir A1234567", "A1234567"), none("a driver's licensee 12345678"))
}
