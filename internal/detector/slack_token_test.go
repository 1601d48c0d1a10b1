package detector_test

import (
	"testing"
)

func TestSlackToken(t *testing.T) {
	check(t, "slack_token", none("xo"+"xb-123456789012-"+random(19)), found("xo"+"xp-1234567890-1234567890-1234567890-"+random(32)+`"`, "xo"+"xp-1234567890-1234567890-1234567890-"+random(32)))
}
