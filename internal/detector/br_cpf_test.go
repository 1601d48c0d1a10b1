package detector_test

import (
	"testing"
)

func TestBRCPF(t *testing.T) {
	check(t, "br_cpf", none("1.529.982.247-25"), found("529.982.247-25/111.444.777-35", "529.982.247-25", "111.444.777-35"))
	mutants(t, "br_cpf", "%s", "529.982.247-25")
}
