package detector_test

import (
	"testing"
)

func TestTwilioKey(t *testing.T) {
	check(t, "twilio_key", none("md5 0123456789abcdef0123456789abcdef"), found("twilioToken: 0123456789abcdef0123456789abcdee", "0123456789abcdef0123456789abcdee"))
}
