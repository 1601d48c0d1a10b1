package detector_test

import (
	"testing"
)

func TestStripeKey(t *testing.T) {
	check(t, "stripe_key", none("sk"+"_live_"+random(24)+"_x"), found("my_sk"+"_test_"+random(24), "sk"+"_test_"+random(24)))
}
