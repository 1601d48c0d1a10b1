package detector

var noFodselsnummer = Detector{
	Name:        "no_fodselsnummer",
	Title:       "Norwegian birth number (fødselsnummer) and D number",
	Placeholder: "FODSELSNUMMER",
	Pattern:     numberBegins + `[0-7][0-9][01][0-9]{3} ?[0-9]{5}` + numberEnds,
	Check: func(value string) int {
		v := bare(value)
		// D numbers add 40 to the day.
		d := v.read(0, 2)
		born := day(v.read(2, 2), d) || day(v.read(2, 2), d-40)
		return whole(value, born && v.weigh(3, 7, 6, 1, 8, 9, 4, 5, 2, 1)%11 == 0 && v.weigh(5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)%11 == 0)
	},
	Validation: "date, two check digits by MOD 11",
	Severity:   high,
	Packs:      []string{PackPII, PackPIIEU, PackHealth},
	Source:     "https://www.skatteetaten.no/en/person/national-registry/identitetsnummer/fodselsnummer/",
	Examples: Examples{
		Match: []Example{
			{"fødselsnummer 01010750160", "01010750160"},
			{"fnr: 010107 50160.", "010107 50160"},
			{"29029600013", "29029600013"},
		},
		NoMatch: []string{"01010750161", "01010750170", "01130750160", "0101075016", "010107501600", "x01010750160", "01010750160-1", "81010750160"},
	},
}
