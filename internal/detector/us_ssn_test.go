package detector_test

import (
	"testing"
)

func TestUSSSN(t *testing.T) {
	check(t, "us_ssn",
		found("899-99-9999 is the last", "899-99-9999"),
		none("900-12-3456"),
		none("SSN 219-09-9999"),
		none("classno 536228145"),
		found("536-22-8145/212-09-7694", "536-22-8145", "212-09-7694"),
		none("536-22-8145-212-09-7694"),
	)
}
