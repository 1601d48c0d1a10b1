package detector_test

import (
	"testing"
)

func TestJWT(t *testing.T) {
	check(t, "jwt",
		found("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30."),
		found("eyJhbGciOiJub25lIn0.eyJzdWIiOiIxMjM0NTY3ODkwIn0.", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxMjM0NTY3ODkwIn0."),
	)
}
