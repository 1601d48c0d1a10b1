package detector_test

import (
	"strings"
	"testing"
)

func TestEmail(t *testing.T) {
	long := strings.Repeat("a", 64)
	check(t, "email",
		found(long+"@example.com", long+"@example.com"),
		none("a"+long+"@example.com"),
		none(long+"@"+strings.Repeat("example.", 32)+"com"),
		found("https://user:pass@host.example/", "pass@host.example"),
		found("a@example.com--", "a@example.com"),
		found("a@163.com", "a@163.com"),
		found("a@example.com;b@example.com", "a@example.com", "b@example.com"),
		found("a@b@example.com", "b@example.com"),
	)
}
