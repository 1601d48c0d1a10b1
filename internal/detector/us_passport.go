package detector

var usPassport = Detector{
	Name:        "us_passport",
	Title:       "US passport number",
	Placeholder: "PASSPORT",
	Pattern:     numberBegins + `(?:[A-Z][0-9]{8}|[0-9]{9})` + numberEnds,
	Check: func(value string) int {
		v := bare(value[1:])
		return whole(value, !v.same())
	},
	Context:    &Context{Words: []string{"passport", "pasaporte"}, Before: 48, After: 32},
	Validation: "“passport” nearby",
	Severity:   high,
	Packs:      []string{PackPII, PackPIIUS},
	Source:     "https://travel.state.gov/content/travel/en/passports/passport-help/next-generation-passport.html",
	Examples: Examples{
		Match: []Example{
			{"passport number A12345678", "A12345678"},
			{`{"passportNumber":"531234567"}`, "531234567"},
			{"Passport No. 531234567, issued", "531234567"},
		},
		NoMatch: []string{"A12345678", "531234567", "passport AB1234567", "passport A1234567", "passport 5312345678", "passportless A12345678", "passport 000000000", "passport a12345678"},
	},
}
