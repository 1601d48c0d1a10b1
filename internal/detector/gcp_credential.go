package detector

var gcpCredential = Detector{
	Name:        "gcp_credential",
	Title:       "Google Cloud OAuth client secret or access token",
	Placeholder: "GCP_CREDENTIAL",
	Pattern:     `(?<![0-9A-Za-z])(?:GOCSPX-[0-9A-Za-z_-]{28}|ya29\.[0-9A-Za-z_-]{40}[0-9A-Za-z_-]*)(?![0-9A-Za-z_-])`,
	Validation:  "prefix and length",
	Severity:    critical,
	Packs:       []string{PackSecrets, PackDefault},
	Source:      "https://cloud.google.com/docs/authentication/token-types",
	Examples: Examples{
		Match: []Example{
			{"GOC" + "SPX-" + filler[:28], "GOC" + "SPX-" + filler[:28]},
			{"Bearer ya" + "29." + filler[:100] + ".", "ya" + "29." + filler[:100]},
			{`"client_secret":"GOC` + "SPX-" + filler[30:58] + `"`, "GOC" + "SPX-" + filler[30:58]},
		},
		NoMatch: []string{"GOC" + "SPX-" + filler[:27], "GOC" + "SPX-" + filler[:29], "xGOC" + "SPX-" + filler[:28], "ya" + "29." + filler[:20], "ya29 is a token", "GOC" + "SPX_" + filler[:28]},
	},
}
