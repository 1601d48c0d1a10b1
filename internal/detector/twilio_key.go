package detector

import "github.com/krakend-redact/krakend-redact/internal/checksum"

var twilioKey = Detector{
	Name:        "twilio_key",
	Title:       "Twilio API key or authentication token",
	Placeholder: "TWILIO_KEY",
	Pattern:     `(?<![0-9A-Za-z])(?:SK)?[0-9a-f]{32}(?![0-9A-Za-z])`,
	Check:       func(value string) int { return whole(value, checksum.Entropy(value) >= 2.8) },
	Context: &Context{
		Words:  []string{"twilio"},
		Before: 48, After: 32,
		Unless: func(value string) bool { return value[0] == 'S' },
	},
	Validation: "prefix SK and 32 hexadecimal digits, or those near “Twilio”",
	Severity:   critical,
	Packs:      []string{PackSecrets, PackDefault},
	Source:     "https://www.twilio.com/docs/glossary/what-is-a-sid",
	Examples: Examples{
		Match: []Example{
			{"SK" + hexFiller[:32], "SK" + hexFiller[:32]},
			{"TWILIO_AUTH_TOKEN=" + hexFiller[:32], hexFiller[:32]},
			{`twilio: { key: "SK` + hexFiller[10:42] + `" }`, "SK" + hexFiller[10:42]},
		},
		NoMatch: []string{hexFiller[:32], "AC" + hexFiller[:32], "SK" + hexFiller[:31], "SK" + hexFiller[:33], "TASK" + hexFiller[:32], "SK00000000000000000000000000000000", "twilio " + hexFiller[:40]},
	},
}
