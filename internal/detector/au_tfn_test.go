package detector_test

import (
	"testing"
)

func TestAUTFN(t *testing.T) {
	check(t, "au_tfn", found("876 543 210 (TFN)", "876 543 210"))
	mutants(t, "au_tfn", "TFN %s", "123456782")
}
