package detector

var auMedicare = Detector{
	Name:        "au_medicare",
	Title:       "Australian Medicare card number",
	Placeholder: "MEDICARE",
	Pattern:     numberBegins + `[2-6][0-9]{3}[ -]?[0-9]{5}[ -]?[0-9](?:[ /-]?[1-9])?` + numberEnds,
	Check: func(value string) int {
		v := bare(value)
		return whole(value, v.weigh(1, 3, 7, 9, 1, 3, 7, 9)%10 == v.at(8) && v.at(9) > 0)
	},
	Context:    &Context{Words: []string{"medicare", "irn"}, Before: 40, After: 32},
	Validation: "weighted checksum; “Medicare” nearby",
	Severity:   high,
	Packs:      []string{PackPII, PackHealth},
	Source:     "https://meteor.aihw.gov.au/content/270101",
	Examples: Examples{
		Match: []Example{
			{"Medicare 2123 45670 1", "2123 45670 1"},
			{"medicare card: 2123456701", "2123456701"},
			{"Medicare number 2428 77813 2/1", "2428 77813 2/1"},
		},
		NoMatch: []string{"2123 45670 1", "Medicare 2123 45671 1", "Medicare 7123 45670 1", "Medicare 2123 4567 1", "Medicare 2123 45670 0", "Medicare 212345670123", "Medicare x2123456701", "medicares 2123456701"},
	},
}
