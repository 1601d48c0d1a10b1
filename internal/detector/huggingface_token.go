package detector

var huggingfaceToken = Detector{
	Name:        "huggingface_token",
	Title:       "Hugging Face token",
	Placeholder: "HUGGINGFACE_TOKEN",
	Pattern:     `(?<![0-9A-Za-z])(?:hf|api_org)_[0-9A-Za-z]{34}(?![0-9A-Za-z_])`,
	Check: func(value string) int {
		upper, lower := cases(value[8:])
		return whole(value, upper && lower)
	},
	Validation: "prefix and length; letters in both cases",
	Severity:   critical,
	Packs:      []string{PackSecrets, PackDefault},
	Source:     "https://huggingface.co/docs/hub/security-tokens",
	Examples: Examples{
		Match: []Example{
			{"HF_TOKEN=hf" + "_" + filler[:34], "hf" + "_" + filler[:34]},
			{"hf" + "_abcdefghijklmnopqrABCDEFGHIJKLMNOP.", "hf" + "_abcdefghijklmnopqrABCDEFGHIJKLMNOP"},
			{"api_" + "org_" + filler[20:54] + ",", "api_" + "org_" + filler[20:54]},
		},
		NoMatch: []string{"hf" + "_" + filler[:33], "hf" + "_" + filler[:35], "xhf" + "_" + filler[:34], "hf" + "_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "hf_hub_download", "hf" + "-" + filler[:34]},
	},
}
