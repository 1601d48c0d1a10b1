package detector

import "github.com/krakend-redact/krakend-redact/internal/checksum"

var googleAPIKey = Detector{
	Name:        "google_api_key",
	Title:       "Google API key (Google AI, Maps, Firebase)",
	Placeholder: "GOOGLE_API_KEY",
	Pattern:     `(?<![0-9A-Za-z])AIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])`,
	Check:       func(value string) int { return whole(value, checksum.Entropy(value[4:]) >= 3) },
	Validation:  "prefix, length and entropy",
	Severity:    critical,
	Packs:       []string{PackSecrets, PackDefault},
	Source:      "https://ai.google.dev/gemini-api/docs/api-key",
	Examples: Examples{
		Match: []Example{
			{"key=AI" + "za" + filler[:35], "AI" + "za" + filler[:35]},
			{"x_AI" + "zaSy" + filler[40:73] + "&", "AI" + "zaSy" + filler[40:73]},
			{"AI" + "za-_" + filler[:33], "AI" + "za-_" + filler[:33]},
		},
		NoMatch: []string{"AI" + "za" + filler[:34], "AI" + "za" + filler[:36], "xAI" + "za" + filler[:35], "AI" + "ZA" + filler[:35], "AI" + "zaXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"},
	},
}
