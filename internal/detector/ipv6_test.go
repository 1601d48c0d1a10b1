package detector_test

import "testing"

func TestIPv6(t *testing.T) {
	check(t, "ipv6",
		found("2001:db8::1, 2001:db8::2", "2001:db8::1", "2001:db8::2"),
		none("fdab::cd::ef"),
		none("2001:db8:::1"),
		none("20:01:0d:b8:85:a3:00:01"),
		found("ping 2001:db8:1:2:3:4:5:6.", "2001:db8:1:2:3:4:5:6"),
	)
}
