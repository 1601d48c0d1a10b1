package detector_test

import (
	"testing"
)

func TestDEIDCard(t *testing.T) {
	check(t, "de_id_card", found("ID card no. LZ6311T475", "LZ6311T475"), none("Ausweis 220001293"))
	mutants(t, "de_id_card", "Ausweis %s", "T220001293")
}
