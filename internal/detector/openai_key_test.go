package detector_test

import (
	"testing"
)

func TestOpenAIKey(t *testing.T) {
	check(t, "openai_key", none("sk"+"-ant-api03-"+random(93)+"AA"), none("sk"+"-proj-..."))
}
