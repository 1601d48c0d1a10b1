package detector_test

import (
	"testing"
)

func TestESDNI(t *testing.T) {
	check(t, "es_dni", found("12345678 Z y", "12345678 Z"), none("12345678I"), none("0x12345678Z"))
	mutants(t, "es_dni", "DNI %s", "12345678Z")
}
