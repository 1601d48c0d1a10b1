package detector

var jpMyNumber = Detector{
	Name:        "jp_my_number",
	Title:       "Japanese individual number (My Number)",
	Placeholder: "MY_NUMBER",
	Pattern:     numberBegins + `[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}` + numberEnds,
	Check: func(value string) int {
		v := bare(value)
		return whole(value, elevenMinus(v.weigh(6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) == v.at(11) && !v.same())
	},
	Context: &Context{
		Words:  []string{"マイナンバー", "個人番号", "my number", "mynumber", "individual number"},
		Before: 48, After: 32,
	},
	Validation: "MOD 11; words such as “マイナンバー” nearby",
	Severity:   high,
	Packs:      []string{PackPII},
	Source:     "https://en.wikipedia.org/wiki/Individual_Number",
	Examples: Examples{
		Match: []Example{
			{"マイナンバーは1234 5678 9018です", "1234 5678 9018"},
			{"My Number: 123456789018", "123456789018"},
			{"個人番号：1234-5678-9018", "1234-5678-9018"},
		},
		NoMatch: []string{"123456789018", "My Number 123456789019", "My Number 12345678901", "My Number 1234567890180", "My Number x123456789018", "My Number 000000000000", "my numbers 123456789018", "My Number 1234-5678-9018-1234"},
	},
}
