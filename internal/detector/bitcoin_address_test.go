package detector_test

import (
	"testing"
)

func TestBitcoinAddress(t *testing.T) {
	check(t, "bitcoin_address", found("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"),
		none("LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1"))
	mutants(t, "bitcoin_address", "%s", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2")
}
