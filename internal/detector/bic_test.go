package detector_test

import "testing"

func TestBIC(t *testing.T) {
	check(t, "bic",
		found("BIC COBADEFF, SWIFT: BNPAFRPPXXX", "COBADEFF", "BNPAFRPPXXX"),
		none("BIC ABCDEFGH"), // EF is no country
		none("a BIC, and much later, beyond all that is said, DEUTDEFF"),
	)
}
