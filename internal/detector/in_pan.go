package detector

var inPAN = Detector{
	Name:        "in_pan",
	Title:       "Indian permanent account number (PAN)",
	Placeholder: "PAN",
	Pattern:     `(?<![0-9A-Za-z_-])[A-Z]{3}[ABCFGHJLPT][A-Z][0-9]{4}[A-Z](?![0-9A-Za-z_-])`,
	Check:       func(value string) int { return whole(value, value[5:9] != "0000") },
	Context: &Context{
		Words:  []string{"pan", "permanent account", "income tax", "pan card", "tax"},
		Before: 40, After: 32,
		// P stands for a person; the others are kinds of companies.
		Unless: func(value string) bool { return has(value, 3, 'P') },
	},
	Validation: "kind of holder, number not 0000; companies only near words such as “PAN”",
	Severity:   high,
	Packs:      []string{PackPII, PackFinancial},
	Source:     "https://incometaxindia.gov.in/Pages/pan.aspx",
	Examples: Examples{
		Match: []Example{
			{"PAN ABCPD1234E", "ABCPD1234E"},
			{"holder BNZPM2501F.", "BNZPM2501F"},
			{"company PAN: AAACR5055K", "AAACR5055K"},
		},
		NoMatch: []string{"AAACR5055K", "ABCXD1234E", "ABCPD0000E", "ABCPD123E", "ABCPD12345E", "XABCPD1234E", "abcpd1234e", "ABCPD1234E-1", "ABCPD1234EF"},
	},
}
