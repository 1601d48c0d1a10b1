package detector

var slackToken = Detector{
	Name:        "slack_token",
	Title:       "Slack token or webhook",
	Placeholder: "SLACK_TOKEN",
	Pattern: `(?<![0-9A-Za-z])(?:xox[abdeoprs]-[0-9]{1,14}-[0-9A-Za-z-]{20}[0-9A-Za-z-]*|xapp-[0-9]-[0-9A-Z]{8,14}-[0-9]{8,14}-[0-9a-f]{64}` +
		`|hooks\.slack\.com/(?:services|workflows|triggers)/[0-9A-Z]{8,14}/[0-9A-Z]{8,14}/[0-9A-Za-z]{20,32})(?![0-9A-Za-z])`,
	Check:      func(value string) int { return whole(value, !repeats(value[len(value)-12:])) },
	Validation: "prefix, parts and their lengths",
	Severity:   critical,
	Packs:      []string{PackSecrets, PackDefault},
	Source:     "https://api.slack.com/concepts/token-types",
	Examples: Examples{
		Match: []Example{
			{"xo" + "xb-123456789012-123456789012-" + filler[:24], "xo" + "xb-123456789012-123456789012-" + filler[:24]},
			{"https://hooks.slack." + "com/services/T0A1B2C3D/B0A1B2C3D/" + filler[:24] + ".", "hooks.slack." + "com/services/T0A1B2C3D/B0A1B2C3D/" + filler[:24]},
			{"xa" + "pp-1-A0A1B2C3D4E-1234567890123-" + hexFiller, "xa" + "pp-1-A0A1B2C3D4E-1234567890123-" + hexFiller},
			{"xo" + "xe-1-" + filler[:100], "xo" + "xe-1-" + filler[:100]},
		},
		NoMatch: []string{
			"xo" + "xb-token", "xo" + "xz-123456789012-123456789012-" + filler[:24], "xo" + "xb-abc-" + filler[:24], "https://hooks.slack." + "com/services/", "https://hooks.slack." + "com/services/T0/B0/xxxx", "axo" + "xb-123456789012-123456789012-" + filler[:24],
			"https://hooks.slack." + "com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
		},
	},
}
