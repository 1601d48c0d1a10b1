package detector

var esDNI = Detector{
	Name:        "es_dni",
	Title:       "Spanish national identity number (DNI, NIF)",
	Placeholder: "DNI",
	Pattern:     `(?<![0-9A-Za-z_]|[0-9A-Za-z][./-])(?:[0-9]{8}|[0-9]{2}\.[0-9]{3}\.[0-9]{3})[ -]?[A-HJ-NP-TV-Z](?![0-9A-Za-z_]|[-.][0-9])`,
	Check: func(value string) int {
		v := bare(value)
		return whole(value, v.read(0, 8) > 0 && dniLetters[v.read(0, 8)%23] == v.text[8])
	},
	Context: &Context{
		Words:  []string{"dni", "nif", "documento nacional", "identidad", "documento"},
		Before: 40, After: 32,
		// A day with a letter, as in 20240115Z, is more often a time stamp.
		Unless: func(value string) bool {
			v := bare(value)
			return !(v.read(0, 2) == 19 || v.read(0, 2) == 20) || !day(v.read(4, 2), v.read(6, 2))
		},
	},
	Validation: "letter by MOD 23; what may be a date only near words such as “DNI”",
	Severity:   high,
	Packs:      []string{PackPII, PackPIIEU, PackDefault},
	Source:     "https://www.interior.gob.es/opencms/es/servicios-al-ciudadano/tramites-y-gestiones/dni/calculo-del-digito-de-control-del-nif-nie/",
	Examples: Examples{
		Match: []Example{
			{"Mi DNI es 12345678Z", "12345678Z"},
			{"45678912-S firmado", "45678912-S"},
			{"NIF: 00000001R", "00000001R"},
			{"DNI 20240115T", "20240115T"},
			{"11.111.111-H", "11.111.111-H"},
		},
		NoMatch: []string{"12345678A", "1234567Z", "123456789Z", "12345678z", "X12345678Z", "20240115T", "12345678ZA", "00000000T", "AB-12345678Z"},
	},
}

// dniLetters are the check letters by remainder.
const dniLetters = "TRWAGMYFPDXBNJZSQVHLCKE"
