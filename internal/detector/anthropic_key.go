package detector

import "github.com/krakend-redact/krakend-redact/internal/checksum"

var anthropicKey = Detector{
	Name:        "anthropic_key",
	Title:       "Anthropic API key or token",
	Placeholder: "ANTHROPIC_KEY",
	Pattern:     `(?<![0-9A-Za-z])sk-ant-(?:api|admin|oat|ort)[0-9]{2}-[0-9A-Za-z_-]{93}AA(?![0-9A-Za-z_-])`,
	Check:       func(value string) int { return whole(value, checksum.Entropy(value[16:]) >= 3) },
	Validation:  "prefix, length, ending AA",
	Severity:    critical,
	Packs:       []string{PackSecrets, PackDefault},
	Source:      "https://docs.anthropic.com/en/api/admin-api/apikeys/get-api-key",
	Examples: Examples{
		Match: []Example{
			{"x-api-key: sk" + "-ant-api03-" + filler[:93] + "AA", "sk" + "-ant-api03-" + filler[:93] + "AA"},
			{"sk" + "-ant-admin01-" + filler[20:113] + "AA.", "sk" + "-ant-admin01-" + filler[20:113] + "AA"},
			{"sk" + "-ant-oat01-" + filler[:46] + "-" + filler[:45] + "_AA", "sk" + "-ant-oat01-" + filler[:46] + "-" + filler[:45] + "_AA"},
		},
		NoMatch: []string{"sk" + "-ant-api03-" + filler[:92] + "AA", "sk" + "-ant-api03-" + filler[:94] + "AA", "sk" + "-ant-api03-" + filler[:93] + "Ab", "sk" + "-ant-xyz03-" + filler[:93] + "AA", "ask" + "-ant-api03-" + filler[:93] + "AA", "sk" + "-ant-api03-..."},
	},
}
