package detector

var fiHETU = Detector{
	Name:        "fi_hetu",
	Title:       "Finnish personal identity code (henkilötunnus)",
	Placeholder: "HETU",
	Pattern:     `(?<![0-9A-Za-z_]|[0-9A-Za-z][./-])[0-3][0-9][01][0-9]{3}[-+A-FU-Y][0-9]{3}[0-9A-FHJ-NPR-Y](?![0-9A-Za-z_-])`,
	Check: func(value string) int {
		n := 0
		for i := 0; i < 10; i++ {
			if i != 6 {
				n = n*10 + int(value[i]-'0')
			}
		}
		individual := n % 1000
		return whole(value, day(n/1e5%100, n/1e7) && individual >= 2 && "0123456789ABCDEFHJKLMNPRSTUVWXY"[n%31] == value[10])
	},
	Validation: "date, check character by MOD 31",
	Severity:   high,
	Packs:      []string{PackPII, PackPIIEU, PackHealth, PackDefault},
	Source:     "https://dvv.fi/en/personal-identity-code",
	Examples: Examples{
		Match: []Example{
			{"HETU 131052-308T", "131052-308T"},
			{"henkilötunnus: 010594Y9032.", "010594Y9032"},
			{"(010594Y9021)", "010594Y9021"},
		},
		NoMatch: []string{"131052-308U", "321052-308T", "131352-308T", "131052-308", "131052-308TT", "1131052-308T", "131052-308t", "131052=308T", "131052-001T"},
	},
}
