package detector

var usITIN = Detector{
	Name:        "us_itin",
	Title:       "US individual taxpayer identification number (ITIN)",
	Placeholder: "ITIN",
	Pattern:     numberBegins + `9[0-9]{2}(?:-[5-9][0-9]-| [5-9][0-9] |[5-9][0-9])[0-9]{4}` + numberEnds,
	Check: func(value string) int {
		v := bare(value)
		group := v.read(3, 2)
		return whole(value, group >= 50 && group <= 65 || group >= 70 && group <= 88 || group >= 90 && group <= 92 || group >= 94)
	},
	Context: &Context{
		Words:  []string{"itin", "taxpayer", "tax id", "tax identification", "individual taxpayer", "tin"},
		Before: 48, After: 32,
		Unless: func(value string) bool { return has(value, 3, '-') },
	},
	Validation: "first digit 9 and groups that are issued; without dashes only near words such as “ITIN”",
	Severity:   high,
	Packs:      []string{PackPII, PackPIIUS, PackFinancial, PackDefault},
	Source:     "https://www.irs.gov/tin/itin/individual-taxpayer-identification-number-itin",
	Examples: Examples{
		Match: []Example{
			{"ITIN 912-70-1234", "912-70-1234"},
			{"send 950-88-4321 to", "950-88-4321"},
			{"his tax id is 912901234", "912901234"},
			{"itin: 999 94 0001", "999 94 0001"},
		},
		NoMatch: []string{"812-70-1234", "912-69-1234", "912-89-1234", "912-93-1234", "912701234", "912-70-12345", "9912-70-1234", "912 70 1234", "912-4-12345"},
	},
}
