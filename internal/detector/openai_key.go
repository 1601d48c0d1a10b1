package detector

import "strings"

var openaiKey = Detector{
	Name:        "openai_key",
	Title:       "OpenAI API key",
	Placeholder: "OPENAI_KEY",
	Pattern:     `(?<![0-9A-Za-z])sk-(?:(?:proj|svcacct|admin|None)-)?[0-9A-Za-z_-]{40}[0-9A-Za-z_-]*`,
	Check: func(value string) int {
		// Every key holds “OpenAI” in Base64.
		marker := strings.Index(value, "T3BlbkFJ")
		return whole(value, marker >= len("sk-")+20 && len(value)-marker >= 28 && len(value) <= 220)
	},
	Validation: "prefix, length, marker T3BlbkFJ in the middle",
	Severity:   critical,
	Packs:      []string{PackSecrets, PackDefault},
	Source:     "https://platform.openai.com/docs/api-reference/authentication",
	Examples: Examples{
		Match: []Example{
			{"sk" + "-" + filler[:20] + "T3Blbk" + "FJ" + filler[20:40], "sk" + "-" + filler[:20] + "T3Blbk" + "FJ" + filler[20:40]},
			{"OPENAI_API_KEY=sk" + "-proj-" + filler[:58] + "T3Blbk" + "FJ_" + filler[64:121], "sk" + "-proj-" + filler[:58] + "T3Blbk" + "FJ_" + filler[64:121]},
			{"(sk" + "-svcacct-" + filler[:30] + "T3Blbk" + "FJ" + filler[30:60] + ")", "sk" + "-svcacct-" + filler[:30] + "T3Blbk" + "FJ" + filler[30:60]},
		},
		NoMatch: []string{"sk" + "-" + filler[:48], "sk" + "-proj-" + filler[:60], "sk" + "-" + filler[:10] + "T3Blbk" + "FJ" + filler[20:60], "task" + "-" + filler[:20] + "T3Blbk" + "FJ" + filler[20:40], "sk" + "-" + filler[:40] + "T3Blbk" + "FJ" + filler[:4], "sk-learn-and-some-very-long-name-of-a-class-here"},
	},
}
