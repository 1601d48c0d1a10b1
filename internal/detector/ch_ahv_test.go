package detector_test

import (
	"testing"
)

func TestCHAHV(t *testing.T) {
	check(t, "ch_ahv", none("1.756.9217.0769.85"), none("756.9217.0769.85.1"))
	mutants(t, "ch_ahv", "%s", "756.9217.0769.85")
}
