package detector_test

import (
	"testing"
)

func TestBasicAuth(t *testing.T) {
	check(t, "basic_auth", none("Basic training"), none("basic YWJjZGVm"), found("Basic dXNlcjpww6Rzcw==", "dXNlcjpww6Rzcw=="))
}
