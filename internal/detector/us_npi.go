package detector

var usNPI = Detector{
	Name:        "us_npi",
	Title:       "US national provider identifier (NPI)",
	Placeholder: "NPI",
	Pattern:     numberBegins + `[12][0-9]{9}` + numberEnds,
	Check: func(value string) int {
		// The check digit covers the prefix 80840 of ISO 7812.
		var v number
		v.n = copy(v.text[:], "80840")
		v.n += copy(v.text[v.n:], value)
		return whole(value, luhn(&v))
	},
	Context:    &Context{Words: []string{"npi", "provider identifier", "provider id", "prescriber", "provider number"}, Before: 40, After: 32},
	Validation: "Luhn with the prefix 80840; words such as “NPI” nearby",
	Severity:   low,
	Packs:      []string{PackHealth},
	Source:     "https://www.cms.gov/Regulations-and-Guidance/Administrative-Simplification/NationalProvIdentStand/Downloads/NPIcheckdigit.pdf",
	Examples: Examples{
		Match: []Example{
			{"NPI 1234567893", "1234567893"},
			{"npi: 1245319599", "1245319599"},
			{"the provider ID is 2000000002", "2000000002"},
		},
		NoMatch: []string{"1234567893", "NPI 1234567890", "NPI 3234567893", "NPI 123456789", "NPI 12345678930", "NPI x1234567893", "NPIS 1234567893", "NPI 1234567893.1"},
	},
}
