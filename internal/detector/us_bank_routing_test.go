package detector_test

import (
	"testing"
)

func TestUSBankRouting(t *testing.T) {
	check(t, "us_bank_routing", found("wire to 322271627 (ABA)", "322271627"))
	mutants(t, "us_bank_routing", "ABA %s", "021000021")
}
