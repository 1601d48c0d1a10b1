package detector_test

import (
	"testing"
)

func TestMXCURP(t *testing.T) {
	check(t, "mx_curp", none("HEGG560432MVZRRL04"), none("HEGG560427MVZRRL14"))
}
