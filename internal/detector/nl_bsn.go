package detector

var nlBSN = Detector{
	Name:        "nl_bsn",
	Title:       "Dutch citizen service number (BSN)",
	Placeholder: "BSN",
	Pattern:     numberBegins + `[0-9]{4}[ .]?[0-9]{2}[ .]?[0-9]{3}` + numberEnds,
	Check: func(value string) int {
		v := bare(value)
		return whole(value, v.weigh(9, 8, 7, 6, 5, 4, 3, 2, -1)%11 == 0 && !v.same())
	},
	Context: &Context{
		Words:  []string{"bsn", "burgerservicenummer", "burger service nummer", "sofinummer", "sofi-nummer", "citizen service number"},
		Before: 48, After: 32,
	},
	Validation: "eleven test; words such as “BSN” nearby",
	Severity:   high,
	Packs:      []string{PackPII, PackPIIEU, PackHealth, PackDefault},
	Source:     "https://www.rvig.nl/bsn",
	Examples: Examples{
		Match: []Example{
			{"BSN: 111222333", "111222333"},
			{"burgerservicenummer 123456782", "123456782"},
			{"mijn bsn is 1112.22.333", "1112.22.333"},
		},
		NoMatch: []string{"111222333", "BSN 111222334", "BSN 11122233", "BSN 1112223330", "BSN A111222333", "BSN 000000000", "BSN 111222333-1", "BSNX 111222333"},
	},
}
