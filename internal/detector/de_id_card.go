package detector

var deIDCard = Detector{
	Name:        "de_id_card",
	Title:       "German identity card or passport number (Personalausweis, Reisepass)",
	Placeholder: "AUSWEIS",
	Pattern:     `(?<![0-9A-Za-z_-])[CFGHJKLMNPRTVWXYZ][0-9CFGHJKLMNPRTVWXYZ]{8}[0-9]?D?(?![0-9A-Za-z_-])`,
	Check: func(value string) int {
		v := bare(value)
		digits := 0
		for i := 0; i < 9; i++ {
			if v.text[i] <= '9' {
				digits++
			}
		}
		if v.n > 9 && v.text[9] != 'D' {
			return whole(value, digits >= 2 && machineReadable(&v, 9) == v.at(9))
		}
		return whole(value, digits >= 2 && v.n == 9)
	},
	Context: &Context{
		Words: []string{
			"personalausweis", "personalausweisnummer", "ausweis", "ausweisnummer", "ausweis-nr", "reisepass", "reisepassnummer", "passnummer", "pass-nr",
			"id card", "identity card", "passport", "document number",
		},
		Before: 40, After: 32,
	},
	Validation: "letters that are used, check digit of ICAO 9303 where there is one; words such as “Personalausweis” nearby",
	Severity:   high,
	Packs:      []string{PackPII, PackPIIEU},
	Source:     "https://www.personalausweisportal.de/",
	Examples: Examples{
		Match: []Example{
			{"Personalausweis T220001293", "T220001293"},
			{"Ausweisnummer: L01X00T47", "L01X00T47"},
			{"Reisepass C01X00T478D,", "C01X00T478D"},
		},
		NoMatch: []string{"T220001293", "Personalausweis T220001294", "Personalausweis A220001293", "Ausweis T22000129E", "Ausweis T2200012", "Ausweis LLLLLLLLL", "Ausweis t220001293", "Ausweis T2200012930D", "Ausweis-T220001293-X"},
	},
}

// machineReadable is the check digit of ICAO 9303 over the first n characters.
func machineReadable(v *number, n int) int {
	sum := 0
	for i, c := range v.text[:n] {
		x := int(c) - '0'
		if c >= 'A' {
			x = int(c) - 'A' + 10
		}
		sum += x * [3]int{7, 3, 1}[i%3]
	}
	return sum % 10
}
