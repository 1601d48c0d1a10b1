package detector_test

import (
	"testing"
)

func TestJPMyNumber(t *testing.T) {
	check(t, "jp_my_number", found("1234-5678-9018（個人番号）", "1234-5678-9018"))
}
