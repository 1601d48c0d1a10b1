package detector

import "github.com/krakend-redact/krakend-redact/internal/checksum"

var azureKey = Detector{
	Name:        "azure_key",
	Title:       "Azure storage or service bus key, shared access signature",
	Placeholder: "AZURE_KEY",
	Pattern:     `(?:(?i:account[ _-]?key|shared[ _-]?access[ _-]?key)["']?(?:\s{0,2}[=:]\s{0,2}|\sis\s)["']?|[?&]sig=)([0-9A-Za-z+/]{43,86}={1,2}|[0-9A-Za-z%]{43,70}%3[Dd])`,
	Group:       1,
	Check: func(value string) int {
		return whole(value, (value[len(value)-1] != '=' || len(value)%4 == 0) && checksum.Entropy(value) >= 4)
	},
	Validation: "Base64 of 32 to 64 bytes behind AccountKey, SharedAccessKey or sig",
	Severity:   critical,
	Packs:      []string{PackSecrets, PackDefault},
	Source:     "https://learn.microsoft.com/en-us/azure/storage/common/storage-configure-connection-string",
	Examples: Examples{
		Match: []Example{
			{"AccountName=x;AccountKey=" + filler[:86] + "==;EndpointSuffix=core.windows.net", filler[:86] + "=="},
			{"SharedAccessKeyName=a;SharedAccessKey=" + filler[:43] + "=", filler[:43] + "="},
			{"?sv=2022-11-02&sig=" + filler[:43] + "%3D&se=1", filler[:43] + "%3D"},
			{`"accountKey": "` + filler[20:106] + `=="`, filler[20:106] + "=="},
		},
		NoMatch: []string{
			filler[:86] + "==", "AccountKey=" + filler[:40] + "==", "AccountKey=" + filler[:86], "AccountKey=<key>", "AccountKey=" + filler[:85] + "==", "SharedAccessKeyName=" + filler[:43] + "=", "AccountKey=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=",
		},
	},
}
