package detector

import "strings"

var gitlabToken = Detector{
	Name:        "gitlab_token",
	Title:       "GitLab token",
	Placeholder: "GITLAB_TOKEN",
	Pattern:     `(?<![0-9A-Za-z])gl(?:agent|cbt|dt|ffct|ft|imt|oas|pat|ptt|rt|rtr|soat)-[0-9A-Za-z_-]{20}[0-9A-Za-z_-]*(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?`,
	Check: func(value string) int {
		upper, _ := cases(value)
		return whole(value, len(value) <= 320 && (upper || strings.ContainsAny(value, "0123456789")) && !repeats(value[len(value)-16:]))
	},
	Validation: "prefix and length; a digit or a capital letter",
	Severity:   critical,
	Packs:      []string{PackSecrets, PackDefault},
	Source:     "https://docs.gitlab.com/security/tokens/#token-prefixes",
	Examples: Examples{
		Match: []Example{
			{"gl" + "pat-" + filler[:20], "gl" + "pat-" + filler[:20]},
			{"PRIVATE-TOKEN: gl" + "pat-" + filler[:27] + ".01.0a1b2c3d4", "gl" + "pat-" + filler[:27] + ".01.0a1b2c3d4"},
			{"gl" + "rt-" + filler[10:30] + ".", "gl" + "rt-" + filler[10:30]},
			{"gl" + "oas-" + hexFiller, "gl" + "oas-" + hexFiller},
		},
		NoMatch: []string{"gl" + "pat-" + filler[:19], "gl" + "xyz-" + filler[:20], "xgl" + "pat-" + filler[:20], "gl" + "pat_" + filler[:20], "gl" + "pat-xxxxxxxxxxxxxxxxxxxx", "gl" + "pat-personal-access-token-prefix"},
	},
}
