package detector

var frNIR = Detector{
	Name:        "fr_nir",
	Title:       "French social security number (NIR)",
	Placeholder: "NIR",
	Pattern:     numberBegins + `[1278] ?[0-9]{2} ?[0-9]{2} ?(?:[0-9]{2}|2[AB]) ?[0-9]{3} ?[0-9]{3}[ /-]?[0-9]{2}` + numberEnds,
	Check: func(value string) int {
		v := bare(value)
		n := v.read(0, 5)
		switch {
		case v.text[6] == 'A':
			n = n*100 + 19
		case v.text[6] == 'B':
			n = n*100 + 18
		default:
			n = n*100 + v.read(5, 2)
		}
		n = n*1e6 + v.read(7, 6)
		month := v.read(3, 2)
		born := month >= 1 && month <= 12 || month >= 20 && month <= 42 || month >= 50
		return whole(value, born && v.string()[5:7] != "00" && 97-n%97 == v.read(13, 2))
	},
	Validation: "sex, month of birth, key of MOD 97",
	Severity:   critical,
	Packs:      []string{PackPII, PackPIIEU, PackHealth, PackDefault},
	Source:     "https://www.insee.fr/fr/metadonnees/definition/c1409",
	Examples: Examples{
		Match: []Example{
			{"Sécu : 1 84 12 76 451 089 46", "1 84 12 76 451 089 46"},
			{"NIR 184127645108946", "184127645108946"},
			{"2 69 05 49 588 157 80.", "2 69 05 49 588 157 80"},
		},
		NoMatch: []string{"184127645108947", "1 84 13 76 451 089 46", "384127645108946", "18412764510894", "1841276451089460", "x184127645108946", "184127645108946-1", "1.84.12.76.451.089.46"},
	},
}
