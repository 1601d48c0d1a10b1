package detector_test

import (
	"testing"
)

func TestESNIE(t *testing.T) {
	check(t, "es_nie", none("MX-X1234567L"), found("X1234567L/Y1234567X", "X1234567L", "Y1234567X"))
	mutants(t, "es_nie", "%s", "X1234567L")
}
