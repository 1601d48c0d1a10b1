package detector_test

import (
	"testing"
)

func TestGCPCredential(t *testing.T) {
	check(t, "gcp_credential", none("goc"+"spx-"+random(28)), found("id_ya"+"29."+random(40), "ya"+"29."+random(40)))
}
