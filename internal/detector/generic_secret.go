package detector

import (
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/checksum"
)

var genericSecret = Detector{
	Name:        "generic_secret",
	Title:       "Key, token or secret named as such",
	Placeholder: "SECRET",
	Pattern: `(?<![Ss]kip|[Nn]ext|[Pp]age|[Nn]ext_|[Pp]age_)(?i:(?:(?:api|access|secret|auth|signing|encryption|master|private|app|client|service|account)[_ -]?key|token|secret)` +
		`["']?\]?(?:\s{0,3}(?:=>|:=|=|:)\s{0,3}|\sis\s)["'` + "`" + `]?([0-9a-z_+/~-]{16}[0-9a-z_+/~-]*={0,2}))(?![0-9A-Za-z_(\[=]|\.[A-Za-z])`,
	Group: 1,
	Check: func(value string) int {
		digits := 0
		for i := 0; i < len(value); i++ {
			if value[i] >= '0' && value[i] <= '9' {
				digits++
			}
		}
		entropy := checksum.Entropy(value)
		random := digits >= 2 && entropy >= 3.5 || digits == 1 && entropy >= 4.2
		return whole(value, len(value) <= 512 && random && digits < len(value) && !placeholder(value) && !named(value) && value[0] != '/' && !strings.Contains(value, "//"))
	},
	Validation: "16 characters or more with digits and 3.5 bits of entropy per character, behind words such as “api key =”; no stand-ins",
	Severity:   high,
	Packs:      []string{PackSecrets},
	Source:     "https://cwe.mitre.org/data/definitions/798.html",
	Examples: Examples{
		Match: []Example{
			{"api_key = " + filler[:32], filler[:32]},
			{`"clientSecret": "` + filler[10:50] + `"`, filler[10:50]},
			{"ACCESS_TOKEN=" + hexFiller[:40] + "\n", hexFiller[:40]},
			{"the API key is " + filler[:24] + ".", filler[:24]},
		},
		NoMatch: []string{
			"api_key = your_api_key_here_1234", "token: required-and-not-empty", "secret = aaaaaaaaaaaaaaaaaaaaaa11", "api_key = os.environ1234567890abc.get", "token = generateToken12345678()", "max_tokens: 4096", filler[:32],
			"secret: ${SECRET_FROM_ENV_12345}", "privateKey = ed25519PrivateKey", "nextToken=" + filler[:30], "private_key: /etc/ssl/private/key1234.pem", "token=12345678901234567890",
		},
	},
}

// named tells of a value that it is a variable's name: it says what it holds.
func named(value string) bool {
	for _, word := range [...]string{"key", "token", "secret"} {
		if len(value) > len(word) && strings.EqualFold(value[len(value)-len(word):], word) {
			return true
		}
	}
	return false
}
