package detector

var ptNIF = Detector{
	Name:        "pt_nif",
	Title:       "Portuguese tax number (NIF)",
	Placeholder: "NIF",
	Pattern:     numberBegins + `[1-35689][0-9]{2} ?[0-9]{3} ?[0-9]{3}` + numberEnds,
	Check: func(value string) int {
		v := bare(value)
		check := 11 - v.weigh(9, 8, 7, 6, 5, 4, 3, 2)%11
		if check > 9 {
			check = 0
		}
		return whole(value, check == v.at(8) && !v.same())
	},
	Context: &Context{
		Words:  []string{"nif", "contribuinte", "número fiscal", "numero fiscal", "identificação fiscal", "nipc"},
		Before: 48, After: 32,
	},
	Validation: "MOD 11; words such as “NIF” nearby",
	Severity:   high,
	Packs:      []string{PackPII, PackPIIEU, PackFinancial},
	Source:     "https://pt.wikipedia.org/wiki/N%C3%BAmero_de_identifica%C3%A7%C3%A3o_fiscal",
	Examples: Examples{
		Match: []Example{
			{"NIF 501442600", "501442600"},
			{"contribuinte n.º 123 456 789", "123 456 789"},
			{`{"nif":"245367284"}`, "245367284"},
		},
		NoMatch: []string{"501442600", "NIF 501442601", "NIF 401442600", "NIF 50144260", "NIF 5014426000", "NIF PT-X501442600", "NIF 111111111", "NIF 501442600.1"},
	},
}
