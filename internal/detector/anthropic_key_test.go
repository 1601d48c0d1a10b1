package detector_test

import (
	"strings"
	"testing"
)

func TestAnthropicKey(t *testing.T) {
	check(t, "anthropic_key", none("sk"+"-ant-api03-"+strings.Repeat("x", 93)+"AA"), none("sk"+"-ant-api3-"+random(93)+"AA"))
}
