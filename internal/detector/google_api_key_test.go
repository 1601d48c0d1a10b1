package detector_test

import (
	"testing"
)

func TestGoogleAPIKey(t *testing.T) {
	check(t, "google_api_key", none("AI"+"za"+random(34)+"."), found("AI"+"za"+random(35)+".", "AI"+"za"+random(35)))
}
