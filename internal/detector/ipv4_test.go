package detector_test

import "testing"

func TestIPv4(t *testing.T) {
	check(t, "ipv4",
		found("10.0.0.41,10.0.0.42", "10.0.0.41", "10.0.0.42"), found("nodes: node 10.0.0.1", "10.0.0.1"), none("10.0.0.1"),
		found("203.0.113.0/24", "203.0.113.0"),
		none("ObjectIdentifier(\"2.5.29.37\")"),
		none("Version=4.0.30.19, Culture"),
		none("0.0.0.1"), none("999.10.10.10"),
		found("GET / 203.0.113.7:443", "203.0.113.7"),
	)
}
