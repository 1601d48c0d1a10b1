package detector_test

import (
	"testing"
)

func TestPyPIToken(t *testing.T) {
	check(t, "pypi_token", none("PY"+"PI-AgEIcHlwaS5vcmc"+random(80)), found("U:py"+"pi-AgEIcHlwaS5vcmc"+random(60)+"=", "py"+"pi-AgEIcHlwaS5vcmc"+random(60)))
}
