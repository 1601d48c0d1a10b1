package detector_test

import (
	"testing"
)

func TestCoordinates(t *testing.T) {
	check(t, "coordinates",
		found("maps/@48.8584,2.2945,17z", "48.8584,2.2945"),
		none(`48°51'29.6"N 182°17'40.2"E`), none(`98°51'29.6"N 2°17'40.2"E`),
		found("gps 48.8584 2.2945", "48.8584 2.2945"),
		none("location 48.858.4, 2.2945"),
		found("latitude=48.8584;longitude=2.2945", "48.8584;longitude=2.2945"),
	)
}
