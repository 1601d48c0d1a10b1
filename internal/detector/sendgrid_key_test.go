package detector_test

import (
	"testing"
)

func TestSendGridKey(t *testing.T) {
	check(t, "sendgrid_key", none("SG"+".xxxxxxxxxxxxxxxxxxxxxx.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"))
}
