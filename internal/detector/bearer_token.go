package detector

import (
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/checksum"
)

var bearerToken = Detector{
	Name:        "bearer_token",
	Title:       "Token in an Authorization header",
	Placeholder: "BEARER_TOKEN",
	Pattern:     `(?<![0-9A-Za-z_])(?i:authorization["']?\s{0,2}[:=,]\s{0,2}["']?(?:bearer|token|apikey)\s{1,2}([0-9a-z._~+/-]{16}[0-9a-z._~+/-]*={0,2}))`,
	Group:       1,
	Check: func(value string) int {
		entropy := checksum.Entropy(value)
		if !strings.ContainsAny(value, "0123456789") && (len(value) < 32 || entropy < 4) {
			return 0
		}
		return whole(value, !placeholder(value) && entropy >= 3)
	},
	Validation: "16 characters or more with some entropy, and a digit if there are less than 32, behind “Authorization: Bearer”; no stand-ins",
	Severity:   critical,
	Packs:      []string{PackSecrets, PackDefault},
	Source:     "https://www.rfc-editor.org/rfc/rfc6750",
	Examples: Examples{
		Match: []Example{
			{"Authorization: Bearer " + filler[:40], filler[:40]},
			{`curl -H "authorization: token ` + hexFiller[:40] + `"`, hexFiller[:40]},
			{`{"Authorization": "Bearer ` + filler[:20] + "." + filler[20:40] + `=="}`, filler[:20] + "." + filler[20:40] + "=="},
		},
		NoMatch: []string{"Authorization: Bearer <token>", "Authorization: Bearer $TOKEN", "Authorization: Bearer YOUR_ACCESS_TOKEN_12", "Bearer " + filler[:40], "Authorization: Bearer abc123", "Authorization: Bearer xxxxxxxxxxxxxxxxxxxxxxxx", "Authorization: Bearer tokenWithoutAnyDigits"},
	},
}
