package detector_test

import (
	"testing"
)

func TestZAID(t *testing.T) {
	check(t, "za_id", none("0000000000080"))
	mutants(t, "za_id", "%s", "8001015009087")
}
