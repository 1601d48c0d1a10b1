package detector

var dkCPR = Detector{
	Name:        "dk_cpr",
	Title:       "Danish personal identification number (CPR)",
	Placeholder: "CPR",
	Pattern:     numberBegins + `[0-3][0-9][01][0-9]{3}[- ]?[0-9]{4}` + numberEnds,
	Check: func(value string) int {
		v := bare(value)
		return whole(value, day(v.read(2, 2), v.read(0, 2)) && v.read(6, 4) > 0)
	},
	Context: &Context{
		Words:  []string{"cpr", "cprnr", "personnummer", "sundhedskort"},
		Before: 40, After: 32,
	},
	Validation: "date (numbers since 2007 have no checksum); words such as “CPR” nearby",
	Severity:   high,
	Packs:      []string{PackPII, PackPIIEU, PackHealth},
	Source:     "https://cpr.dk/cpr-systemet/opbygning-af-cpr-nummeret",
	Examples: Examples{
		Match: []Example{
			{"CPR: 211062-5629", "211062-5629"},
			{"cpr-nummer 0707614285", "0707614285"},
			{"mit personnummer er 010203 4567", "010203 4567"},
		},
		NoMatch: []string{"211062-5629", "CPR 321062-5629", "CPR 211362-5629", "CPR 211062-562", "CPR 211062-56290", "CPR 211062-0000", "CPR x211062-5629", "cprs 211062-5629"},
	},
}
