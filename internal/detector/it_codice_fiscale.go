package detector

var itCodiceFiscale = Detector{
	Name:        "it_codice_fiscale",
	Title:       "Italian fiscal code (codice fiscale)",
	Placeholder: "CODICE_FISCALE",
	Pattern:     `(?<![0-9A-Za-z_])[A-Za-z]{6}[0-9L-NP-Vl-np-v]{2}[ABCDEHLMPRSTabcdehlmprst][0-9L-NP-Vl-np-v]{2}[A-Za-z][0-9L-NP-Vl-np-v]{3}[A-Za-z](?![0-9A-Za-z_])`,
	Check: func(value string) int {
		v := bare(value)
		sum, digits := 0, 0
		for i, c := range v.text[:15] {
			x := c - '0'
			if c >= 'A' {
				x = c - 'A'
			} else {
				digits++
			}
			if i%2 == 0 {
				sum += int(fiscalOdd[x])
			} else {
				sum += int(x)
			}
		}
		// Letters stand for digits where two people would share a code. Where
		// all are letters it is a word.
		return whole(value, digits >= 2 && sum%26 == int(v.text[15]-'A'))
	},
	Validation: "month letter, check letter of the decree of 1976, including codes with letters for digits",
	Severity:   high,
	Packs:      []string{PackPII, PackPIIEU, PackHealth, PackDefault},
	Source:     "https://www.agenziaentrate.gov.it/portale/web/guest/schede/istanze/richiesta-ts_cf/informazioni-codificazione-pf",
	Examples: Examples{
		Match: []Example{
			{"CF: RSSMRA85T10A562S", "RSSMRA85T10A562S"},
			{"codice fiscale rssmra85t10a562s,", "rssmra85t10a562s"},
			{"MRTMTT91D08F205J", "MRTMTT91D08F205J"},
		},
		NoMatch: []string{"RSSMRA85T10A562T", "RSSMRA85T10A562", "RSSMRA85F10A562S", "XRSSMRA85T10A562S", "RSSMRA85T10A562SX", "RSSMRA85I10A562S", "internationalise", "RSSMRA-85T10-A562S"},
	},
}

// fiscalOdd are the values of characters at odd positions, of digits as of the
// letters from A.
var fiscalOdd = [26]byte{1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23}
