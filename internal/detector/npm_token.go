package detector

var npmToken = Detector{
	Name:        "npm_token",
	Title:       "npm access token",
	Placeholder: "NPM_TOKEN",
	Pattern:     `(?<![0-9A-Za-z])npm_[0-9A-Za-z]{36}(?![0-9A-Za-z_])`,
	Check:       func(value string) int { return whole(value, !repeats(value[4:])) },
	Validation:  "prefix and length",
	Severity:    critical,
	Packs:       []string{PackSecrets, PackDefault},
	Source:      "https://docs.npmjs.com/about-access-tokens",
	Examples: Examples{
		Match: []Example{
			{"//registry.npmjs.org/:_authToken=np" + "m_" + filler[:36], "np" + "m_" + filler[:36]},
			{"np" + "m_" + filler[50:86] + " ", "np" + "m_" + filler[50:86]},
			{`"np` + "m_" + filler[5:41] + `"`, "np" + "m_" + filler[5:41]},
		},
		NoMatch: []string{"np" + "m_" + filler[:35], "np" + "m_" + filler[:37], "xnp" + "m_" + filler[:36], "np" + "m_config_registry", "np" + "m_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "NP" + "M_" + filler[:36]},
	},
}
