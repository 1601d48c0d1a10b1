package detector_test

import (
	"testing"
)

func TestNLBSN(t *testing.T) {
	check(t, "nl_bsn", found("111222333 is een BSN", "111222333"))
	mutants(t, "nl_bsn", "BSN %s", "111222333")
}
