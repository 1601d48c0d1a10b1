package detector

var caSIN = Detector{
	Name:        "ca_sin",
	Title:       "Canadian social insurance number (SIN)",
	Placeholder: "SIN",
	Pattern:     numberBegins + `[1-79][0-9]{2}[ -]?[0-9]{3}[ -]?[0-9]{3}` + numberEnds,
	Check: func(value string) int {
		v := bare(value)
		return whole(value, luhn(&v) && !v.same())
	},
	Context: &Context{
		Words:  []string{"sin", "social insurance", "sin number", "nas", "assurance sociale"},
		Before: 40, After: 32,
		// sin(123456789) is no person's.
		Forbid: []string{"math", "cos", "tan"},
	},
	Validation: "first digit, Luhn; words such as “social insurance” nearby",
	Severity:   high,
	Packs:      []string{PackPII, PackFinancial, PackDefault},
	Source:     "https://www.canada.ca/en/employment-social-development/services/sin.html",
	Examples: Examples{
		Match: []Example{
			{"SIN: 130 692 544", "130 692 544"},
			{"my social insurance number 130692544", "130692544"},
			{"NAS 193-456-787", "193-456-787"},
		},
		NoMatch: []string{"130 692 544", "SIN 130 692 545", "SIN 046 454 286", "SIN 130 692 54", "SIN 130 692 5440", "since 130692544", "SIN x130692544", "Math.sin(130692544)", "SIN 800000002"},
	},
}
