package detector_test

import (
	"testing"
)

func TestNPMToken(t *testing.T) {
	check(t, "npm_token", none("np"+"m_"+random(36)+"_"), found("np"+"m_"+random(36)+".", "np"+"m_"+random(36)))
}
