package detector_test

import (
	"testing"
)

func TestCNResidentID(t *testing.T) {
	check(t, "cn_resident_id", found("请查440524188001010014谢谢", "440524188001010014"))
	mutants(t, "cn_resident_id", "%s", "11010519491231002X")
}
