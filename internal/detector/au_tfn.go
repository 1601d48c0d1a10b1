package detector

var auTFN = Detector{
	Name:        "au_tfn",
	Title:       "Australian tax file number (TFN)",
	Placeholder: "TFN",
	Pattern:     numberBegins + `[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{3}` + numberEnds,
	Check: func(value string) int {
		v := bare(value)
		return whole(value, v.weigh(1, 4, 3, 7, 5, 8, 6, 9, 10)%11 == 0 && !v.same())
	},
	Context:    &Context{Words: []string{"tfn", "tax file"}, Before: 48, After: 32},
	Validation: "MOD 11; words such as “TFN” nearby",
	Severity:   high,
	Packs:      []string{PackPII, PackFinancial, PackDefault},
	Source:     "https://www.ato.gov.au/individuals-and-families/tax-file-number",
	Examples: Examples{
		Match: []Example{
			{"TFN: 123 456 782", "123 456 782"},
			{"tax file number 876543210", "876543210"},
			{`{"tfn":"123-456-782"}`, "123-456-782"},
		},
		NoMatch: []string{"123 456 782", "TFN 123 456 783", "TFN 12345678", "TFN 1234567820", "TFN x123456782", "TFN 000000000", "TFN 123.456.782", "TFNS 123456782"},
	},
}
