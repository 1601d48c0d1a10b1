package detector

var zaID = Detector{
	Name:        "za_id",
	Title:       "South African identity number",
	Placeholder: "ZA_ID",
	Pattern:     numberBegins + `[0-9]{2}[01][0-9][0-3][0-9] ?[0-9]{4} ?[0-2][89][0-9]` + numberEnds,
	Check: func(value string) int {
		v := bare(value)
		return whole(value, day(v.read(2, 2), v.read(4, 2)) && luhn(&v))
	},
	Validation: "date, citizenship, Luhn",
	Severity:   high,
	Packs:      []string{PackPII},
	Source:     "https://en.wikipedia.org/wiki/South_African_identity_card",
	Examples: Examples{
		Match: []Example{
			{"ID 8001015009087", "8001015009087"},
			{"id number: 800101 5009 087.", "800101 5009 087"},
			{"(9202204720083)", "9202204720083"},
		},
		NoMatch: []string{"8001015009088", "8013015009085", "8001015009387", "800101500908", "80010150090870", "x8001015009087", "1700000000000", "8001015009087-1"},
	},
}
