package detector_test

import (
	"testing"
)

func TestBRCNPJ(t *testing.T) {
	check(t, "br_cnpj", found("o CNPJ 12ABC34501DE35", "12ABC34501DE35"))
	mutants(t, "br_cnpj", "%s", "11.222.333/0001-81")
}
