package detector

var esNIE = Detector{
	Name:        "es_nie",
	Title:       "Spanish foreigner identity number (NIE)",
	Placeholder: "NIE",
	Pattern:     `(?<![0-9A-Za-z_-])[XYZ][ -]?[0-9]{7}[ -]?[A-HJ-NP-TV-Z](?![0-9A-Za-z_]|-[0-9])`,
	Check: func(value string) int {
		v := bare(value)
		n := int(v.text[0]-'X')*1e7 + v.read(1, 7)
		return whole(value, dniLetters[n%23] == v.text[8])
	},
	Validation: "letter by MOD 23",
	Severity:   high,
	Packs:      []string{PackPII, PackPIIEU, PackDefault},
	Source:     "https://www.interior.gob.es/opencms/es/servicios-al-ciudadano/tramites-y-gestiones/dni/calculo-del-digito-de-control-del-nif-nie/",
	Examples: Examples{
		Match: []Example{
			{"NIE X1234567L", "X1234567L"},
			{"Y-1234567-X.", "Y-1234567-X"},
			{`"nie":"Z1234567R"`, "Z1234567R"},
		},
		NoMatch: []string{"X1234567A", "W1234567L", "X123456L", "X12345678L", "AX1234567L", "x1234567l", "X1234567LL", "X_1234567L"},
	},
}
