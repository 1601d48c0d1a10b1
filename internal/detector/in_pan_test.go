package detector_test

import (
	"testing"
)

func TestINPAN(t *testing.T) {
	check(t, "in_pan", none("SKU-ABCPD1234E"), found("AFZPK7190K, AAACR5055K (PAN)", "AFZPK7190K", "AAACR5055K"))
}
