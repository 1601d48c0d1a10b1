package detector_test

import "testing"

func TestURLCredentials(t *testing.T) {
	check(t, "url_credentials",
		found("https://a:b1@x https://c:d2@y", "a:b1", "c:d2"),
		none("https://user:xxxx@example.com"), none("https://user:YOUR_TOKEN@example.com"), none("https://user:{{ password }}@example.com"),
		found("see <https://a:b1@example.com>", "a:b1"),
	)
}
