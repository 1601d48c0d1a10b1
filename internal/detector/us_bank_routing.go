package detector

var usBankRouting = Detector{
	Name:        "us_bank_routing",
	Title:       "US bank routing number (ABA)",
	Placeholder: "BANK_ROUTING",
	Pattern:     numberBegins + `[0-36-8][0-9]{8}` + numberEnds,
	Check: func(value string) int {
		v := bare(value)
		district := v.read(0, 2)
		issued := district >= 1 && district <= 12 || district >= 21 && district <= 32 || district >= 61 && district <= 72 || district == 80
		return whole(value, issued && v.weigh(3, 7, 1, 3, 7, 1, 3, 7, 1)%10 == 0)
	},
	Context: &Context{
		Words:  []string{"routing", "aba", "rtn", "transit number", "wire", "ach", "direct deposit", "bank code"},
		Before: 48, After: 32,
	},
	Validation: "Federal Reserve district, weighted checksum; words such as “routing” nearby",
	Severity:   medium,
	Packs:      []string{PackPIIUS, PackFinancial},
	Source:     "https://www.aba.com/about-us/routing-number",
	Examples: Examples{
		Match: []Example{
			{"routing number 021000021", "021000021"},
			{"ABA: 011401533", "011401533"},
			{`"routing_number": "122105155"`, "122105155"},
		},
		NoMatch: []string{"021000021", "routing 021000022", "routing 131000021", "routing 02100002", "routing 0210000210", "ABA 000000000", "reroutings 021000021", "routing 021000021-1"},
	},
}
