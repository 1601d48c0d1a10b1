package detector

var sePersonnummer = Detector{
	Name:        "se_personnummer",
	Title:       "Swedish personal identity number (personnummer)",
	Placeholder: "PERSONNUMMER",
	Pattern:     numberBegins + `(?:19|20)?[0-9]{6}[-+]?[0-9]{4}` + numberEnds,
	Check: func(value string) int {
		v := bare(value)
		if v.n == 12 {
			copy(v.text[:], v.text[2:12])
			v.n = 10
		}
		// Coordination numbers add 60 to the day.
		d := v.read(4, 2)
		return whole(value, (day(v.read(2, 2), d) || day(v.read(2, 2), d-60)) && luhn(&v))
	},
	Context: &Context{
		Words:  []string{"personnummer", "personnr", "person-nr", "pnr", "samordningsnummer", "födelsenummer", "personal identity number", "personal number", "swedish id"},
		Before: 48, After: 32,
	},
	Validation: "date, Luhn; words such as “personnummer” nearby",
	Severity:   high,
	Packs:      []string{PackPII, PackPIIEU, PackHealth},
	Source:     "https://www.skatteverket.se/servicelankar/otherlanguages/inenglishengelska/individualsandemployees/livinginsweden/personalidentitynumberandcoordinationnumber.4.2cf1b5cd163796a5c8b4295.html",
	Examples: Examples{
		Match: []Example{
			{"Personnummer: 811218-9876", "811218-9876"},
			{"personnr 19811218-9876", "19811218-9876"},
			{"samordningsnummer 701063-2391", "701063-2391"},
			{`"personnummer":"8112189876"`, "8112189876"},
		},
		NoMatch: []string{"811218-9876", "personnummer 811218-9875", "personnummer 811318-9873", "personnummer 811218-987", "personnummer 811218-98766", "20260115-1234", "personnummer x811218-9876", "personnummer 811200-9876"},
	},
}
