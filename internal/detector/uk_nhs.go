package detector

var ukNHS = Detector{
	Name:        "uk_nhs",
	Title:       "UK NHS number",
	Placeholder: "NHS",
	Pattern:     numberBegins + `[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}` + numberEnds,
	Check: func(value string) int {
		v := bare(value)
		check := (11 - v.weigh(10, 9, 8, 7, 6, 5, 4, 3, 2)%11) % 11
		return whole(value, check == v.at(9) && !v.same())
	},
	Context:    &Context{Words: []string{"nhs", "health service", "patient"}, Before: 40, After: 32},
	Validation: "MOD 11; “NHS” or “patient” nearby",
	Severity:   high,
	Packs:      []string{PackPII, PackHealth},
	Source:     "https://www.datadictionary.nhs.uk/attributes/nhs_number.html",
	Examples: Examples{
		Match: []Example{
			{"NHS number 943 476 5919", "943 476 5919"},
			{"NHS No: 9434765919", "9434765919"},
			{"patient 401-023-2137", "401-023-2137"},
		},
		NoMatch: []string{"943 476 5919", "NHS 943 476 5918", "NHS 943 476 591", "NHS 94347659190", "NHS 943.476.5919", "NHS 1111111111", "NHS x9434765919", "call 943-476-5919"},
	},
}
