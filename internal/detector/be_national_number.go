package detector

var beNationalNumber = Detector{
	Name:        "be_national_number",
	Title:       "Belgian national register number",
	Placeholder: "RIJKSREGISTER",
	Pattern:     numberBegins + `(?:[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}[.-][0-9]{2}|[0-9]{6}[ -]?[0-9]{3}[ .-]?[0-9]{2})` + numberEnds,
	Check: func(value string) int {
		v := bare(value)
		n, key, month := v.read(0, 9), v.read(9, 2), v.read(2, 2)
		// Months from 21 or 41 are those of people without an entry in the
		// register; days and months of 0 those of unknown birthdays.
		born := month%20 <= 12 && month < 53 && v.read(4, 2) <= 31 && v.read(6, 3) > 0
		return whole(value, born && (97-n%97 == key || 97-(2e9+n)%97 == key))
	},
	Context: &Context{
		Words: []string{
			"rijksregisternummer", "rijksregister", "nationaal nummer", "insz", "niss", "registre national", "numéro national", "numero national", "nationalregisternummer",
			"national number", "national register", "rrn", "nrn",
		},
		Before: 48, After: 32,
		Unless: func(value string) bool { return has(value, 2, '.') },
	},
	Validation: "date, MOD 97; unless written 85.07.30-033.28 only near words such as “rijksregister”",
	Severity:   high,
	Packs:      []string{PackPII, PackPIIEU, PackHealth, PackDefault},
	Source:     "https://www.ibz.rrn.fgov.be/fr/registre-national/",
	Examples: Examples{
		Match: []Example{
			{"85.07.30-033.28", "85.07.30-033.28"},
			{"Rijksregisternummer 85073003328", "85073003328"},
			{"NISS: 850730-033.28", "850730-033.28"},
		},
		NoMatch: []string{"85073003328", "85.07.30-033.29", "85.13.30-033.28", "NISS 8507300332", "NISS 850730033280", "85.07.30-000.61", "NISS a85073003328", "1.85.07.30-033.28"},
	},
}
