package detector_test

import (
	"testing"
)

func TestLitecoinAddress(t *testing.T) {
	mutants(t, "litecoin_address", "%s", "LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1")
	check(t, "litecoin_address", found("ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9", "ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9"))
}
