package detector_test

import (
	"testing"
)

func TestTRKimlik(t *testing.T) {
	check(t, "tr_kimlik", found("10000000146 (T.C.)", "10000000146"))
	mutants(t, "tr_kimlik", "kimlik %s", "10000000146")
}
