package detector

var githubToken = Detector{
	Name:        "github_token",
	Title:       "GitHub token",
	Placeholder: "GITHUB_TOKEN",
	Pattern:     `(?<![0-9A-Za-z])(?:gh[oprsu]_[0-9A-Za-z]{36}[0-9A-Za-z]*|github_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59})(?![0-9A-Za-z_])`,
	Check:       func(value string) int { return whole(value, len(value) <= 255 && !repeats(value[len(value)-30:])) },
	Validation:  "prefix and length",
	Severity:    critical,
	Packs:       []string{PackSecrets, PackDefault},
	Source:      "https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/",
	Examples: Examples{
		Match: []Example{
			{"token gh" + "p_" + filler[:36], "gh" + "p_" + filler[:36]},
			{"https://x-access-token:gh" + "s_" + filler[20:56] + "@github.com", "gh" + "s_" + filler[20:56]},
			{"github_" + "pat_" + filler[:22] + "_" + filler[22:81] + ",", "github_" + "pat_" + filler[:22] + "_" + filler[22:81]},
		},
		NoMatch: []string{"gh" + "p_" + filler[:35], "gh" + "x_" + filler[:36], "xgh" + "p_" + filler[:36], "github_" + "pat_" + filler[:22] + "_" + filler[22:80], "gh" + "p_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "gh" + "p_" + filler[:36] + "_x"},
	},
}
