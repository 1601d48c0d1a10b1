package detector

var usMBI = Detector{
	Name:        "us_mbi",
	Title:       "US Medicare beneficiary identifier (MBI)",
	Placeholder: "MBI",
	Pattern:     `(?<![0-9A-Za-z_-])[1-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y][0-9]-?[AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y][0-9]-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y][0-9]{2}(?![0-9A-Za-z_-])`,
	Context: &Context{
		Words:  []string{"mbi", "medicare", "beneficiary", "member id", "patient"},
		Before: 40, After: 32,
		Unless: func(value string) bool { return len(value) == 13 && value[4] == '-' },
	},
	Validation: "kind of character at each place; without dashes only near words such as “Medicare”",
	Severity:   high,
	Packs:      []string{PackPIIUS, PackHealth},
	Source:     "https://www.cms.gov/medicare/new-medicare-card/understanding-the-mbi-with-format.pdf",
	Examples: Examples{
		Match: []Example{
			{"1EG4-TE5-MK73", "1EG4-TE5-MK73"},
			{"Medicare number 1EG4TE5MK73", "1EG4TE5MK73"},
			{`{"mbi":"3HA8UD1PF25"}`, "3HA8UD1PF25"},
		},
		NoMatch: []string{"1EG4TE5MK73", "0EG4-TE5-MK73", "1SG4-TE5-MK73", "1EG4-TE5-MK7", "1EG4-TE5-MK733", "X1EG4-TE5-MK73", "1eg4-te5-mk73", "1EG4-TE5-M773", "1EG4-TE5-MK73-A"},
	},
}
