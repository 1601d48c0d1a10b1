package detector_test

import (
	"fmt"
	"testing"
)

func TestFRNIR(t *testing.T) {
	// In the departments of Corsica, 2A counts as 19 and 2B as 18.
	for text, number := range map[string]int{"1 85 07 2A 123 456 ": 1850719123456, "2 90 01 2B 001 002 ": 2900118001002} {
		value := fmt.Sprintf("%s%02d", text, 97-number%97)
		check(t, "fr_nir", found(value, value), none(fmt.Sprintf("%s%02d", text, 96-number%97)))
	}
	mutants(t, "fr_nir", "NIR %s", "184127645108946")
}
