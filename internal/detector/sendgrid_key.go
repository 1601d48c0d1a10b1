package detector

var sendgridKey = Detector{
	Name:        "sendgrid_key",
	Title:       "SendGrid API key",
	Placeholder: "SENDGRID_KEY",
	Pattern:     `(?<![0-9A-Za-z])SG\.[0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{43}(?![0-9A-Za-z_-])`,
	Check:       func(value string) int { return whole(value, !repeats(value[26:])) },
	Validation:  "prefix, parts and their lengths",
	Severity:    critical,
	Packs:       []string{PackSecrets, PackDefault},
	Source:      "https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys",
	Examples: Examples{
		Match: []Example{
			{"SG" + "." + filler[:22] + "." + filler[22:65], "SG" + "." + filler[:22] + "." + filler[22:65]},
			{"Bearer SG" + "." + filler[30:52] + "." + filler[52:95] + ".", "SG" + "." + filler[30:52] + "." + filler[52:95]},
			{`"SG` + "._-" + filler[:20] + "." + filler[22:65] + `"`, "SG" + "._-" + filler[:20] + "." + filler[22:65]},
		},
		NoMatch: []string{"SG" + "." + filler[:21] + "." + filler[22:65], "SG" + "." + filler[:22] + "." + filler[22:64], "SG" + "." + filler[:22] + "." + filler[22:66], "sg" + "." + filler[:22] + "." + filler[22:65], "MSG" + "." + filler[:22] + "." + filler[22:65]},
	},
}
