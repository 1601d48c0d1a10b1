package detector_test

import (
	"testing"
)

func TestHuggingFaceToken(t *testing.T) {
	check(t, "huggingface_token", none("hf"+"_"+random(34)+"_x"), found("hf"+"_"+random(34)+"-x", "hf"+"_"+random(34)))
}
