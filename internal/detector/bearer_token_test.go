package detector_test

import (
	"testing"
)

func TestBearerToken(t *testing.T) {
	check(t, "bearer_token", found("'Authorization', 'Bearer "+random(30)+"'", random(30)), none("preauthorization: Bearer "+random(30)))
}
