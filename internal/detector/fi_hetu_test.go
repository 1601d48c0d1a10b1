package detector_test

import (
	"testing"
)

func TestFIHETU(t *testing.T) {
	check(t, "fi_hetu", none("131052-308T-1"), none("x-131052-308T"))
	mutants(t, "fi_hetu", "%s", "131052-308T")
}
