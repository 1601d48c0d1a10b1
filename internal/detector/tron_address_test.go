package detector_test

import (
	"testing"
)

func TestTronAddress(t *testing.T) {
	mutants(t, "tron_address", "%s", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t")
}
