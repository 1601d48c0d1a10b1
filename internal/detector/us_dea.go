package detector

var usDEA = Detector{
	Name:        "us_dea",
	Title:       "US DEA registration number",
	Placeholder: "DEA",
	Pattern:     `(?<![0-9A-Za-z_-])[A-HJ-MPRSTUX][A-Z9][0-9]{7}(?![0-9A-Za-z_]|-[0-9])`,
	Check: func(value string) int {
		sum := 0
		for i, w := range [6]int{1, 2, 1, 2, 1, 2} {
			sum += int(value[i+2]-'0') * w
		}
		return whole(value, sum%10 == int(value[8]-'0') && sum > 0)
	},
	Context:    &Context{Words: []string{"dea", "prescriber", "registrant", "controlled substance", "prescription"}, Before: 40, After: 32},
	Validation: "check digit; words such as “DEA” nearby",
	Severity:   medium,
	Packs:      []string{PackHealth},
	Source:     "https://en.wikipedia.org/wiki/DEA_number",
	Examples: Examples{
		Match: []Example{
			{"DEA AB1234563", "AB1234563"},
			{"DEA#: F91234563", "F91234563"},
			{`"prescriber":"BA4567890"`, "BA4567890"},
		},
		NoMatch: []string{"AB1234563", "DEA AB1234564", "DEA NB1234563", "DEA AB123456", "DEA AB12345633", "DEA XAB1234563", "DEA ab1234563", "idea AB1234563", "DEA AB0000000"},
	},
}
