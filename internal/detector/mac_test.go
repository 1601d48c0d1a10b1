package detector_test

import "testing"

func TestMAC(t *testing.T) {
	check(t, "mac",
		found("00:1a:2b:3c:4d:5e 00-1a-2b-3c-4d-5f", "00:1a:2b:3c:4d:5e", "00-1a-2b-3c-4d-5f"),
		none("at 01:02:03:04:05:06"),
		found("at 01:02:03:04:05:06 on wlan", "01:02:03:04:05:06"),
	)
}
