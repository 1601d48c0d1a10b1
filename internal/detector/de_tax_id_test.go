package detector_test

import (
	"testing"
)

func TestDETaxID(t *testing.T) {
	check(t, "de_tax_id", found("tax ID 86 095 742 719", "86 095 742 719"), none("IdNr 10000000000"), none("Aktenzeichen 86095742719"))
	mutants(t, "de_tax_id", "IdNr. %s", "86095742719")
}
