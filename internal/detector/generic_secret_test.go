package detector_test

import (
	"testing"
)

func TestGenericSecret(t *testing.T) {
	check(t, "generic_secret", none("tokenizer = "+random(10)), found("secret => '"+random(20)+"=='", random(20)+"=="), none("secret: [REDACTED_SECRET_1]"))
}
