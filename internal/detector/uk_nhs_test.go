package detector_test

import (
	"testing"
)

func TestUKNHS(t *testing.T) {
	check(t, "uk_nhs", found("9434765919 (NHS)", "9434765919"))
	mutants(t, "uk_nhs", "NHS %s", "943 476 5919")
}
