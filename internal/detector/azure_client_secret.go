package detector

import "github.com/krakend-redact/krakend-redact/internal/checksum"

var azureClientSecret = Detector{
	Name:        "azure_client_secret",
	Title:       "Microsoft Entra (Azure AD) client secret",
	Placeholder: "AZURE_CLIENT_SECRET",
	Pattern:     `(?<![0-9A-Za-z_~.-])[0-9A-Za-z_~.-]{3}[0-9]Q~[0-9A-Za-z_~.-]{31,34}(?![0-9A-Za-z_~-])`,
	Check: func(value string) int {
		if value[len(value)-1] == '.' {
			value = value[:len(value)-1]
		}
		return whole(value, len(value) >= 37 && checksum.Entropy(value) >= 3.5)
	},
	Validation: "marker Q~ at its place, length and entropy",
	Severity:   critical,
	Packs:      []string{PackSecrets, PackDefault},
	Source:     "https://learn.microsoft.com/en-us/purview/sit-defn-azure-ad-client-secret",
	Examples: Examples{
		Match: []Example{
			{"secret=" + filler[:3] + "8Q~" + filler[10:44], filler[:3] + "8Q~" + filler[10:44]},
			{filler[20:23] + "7Q~" + filler[50:81] + ";", filler[20:23] + "7Q~" + filler[50:81]},
			{`"` + filler[:3] + "8Q~.-_" + filler[10:41] + `"`, filler[:3] + "8Q~.-_" + filler[10:41]},
		},
		NoMatch: []string{filler[:3] + "8Q~" + filler[10:40], filler[:3] + "8Q~" + filler[10:45], filler[:4] + "8Q~" + filler[10:44], filler[:3] + "xQ~" + filler[10:44], filler[:3] + "8Q-" + filler[10:44], "abc8Q~aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
	},
}
