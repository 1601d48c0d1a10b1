package detector_test

import (
	"testing"
)

func TestCASIN(t *testing.T) {
	check(t, "ca_sin", found("numéro d'assurance sociale 130692544", "130692544"))
	mutants(t, "ca_sin", "SIN %s", "130 692 544")
}
