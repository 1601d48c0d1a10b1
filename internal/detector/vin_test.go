package detector_test

import (
	"testing"
)

func TestVIN(t *testing.T) {
	check(t, "vin", found("5GZCZ43D13S812715", "5GZCZ43D13S812715"), found("WVWZZZ1JZ3W386752 (chassis)", "WVWZZZ1JZ3W386752"))
}
