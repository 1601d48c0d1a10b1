package detector

var auABN = Detector{
	Name:        "au_abn",
	Title:       "Australian business number (ABN)",
	Placeholder: "ABN",
	Pattern:     numberBegins + `[1-9][0-9] ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}` + numberEnds,
	Check: func(value string) int {
		v := bare(value)
		return whole(value, (v.weigh(10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)-10)%89 == 0)
	},
	Context:    &Context{Words: []string{"abn", "business number"}, Before: 40, After: 32},
	Validation: "MOD 89; words such as “ABN” nearby",
	Severity:   low,
	Packs:      []string{PackFinancial},
	Source:     "https://abr.business.gov.au/Help/AbnFormat",
	Examples: Examples{
		Match: []Example{
			{"ABN 51 824 753 556", "51 824 753 556"},
			{"abn: 51824753556", "51824753556"},
			{"the Australian Business Number 83 914 571 673", "83 914 571 673"},
		},
		NoMatch: []string{"51 824 753 556", "ABN 51 824 753 557", "ABN 5182475355", "ABN 518247535560", "ABN 01 824 753 556", "ABN x51824753556", "ABN 51.824.753.556", "cabn 51824753556"},
	},
}
