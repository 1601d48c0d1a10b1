package detector

var krRRN = Detector{
	Name:        "kr_rrn",
	Title:       "South Korean resident registration number",
	Placeholder: "RRN",
	Pattern:     numberBegins + `[0-9]{2}[01][0-9][0-3][0-9][- ]?[1-8][0-9]{6}` + numberEnds,
	Check: func(value string) int {
		v := bare(value)
		return whole(value, day(v.read(2, 2), v.read(4, 2)))
	},
	Context: &Context{
		Words:  []string{"rrn", "주민등록번호", "주민번호", "주민등록", "외국인등록번호", "resident registration", "registration number"},
		Before: 48, After: 32,
		// Numbers issued since October 2020 have no checksum.
		Unless: func(value string) bool {
			v := bare(value)
			return has(value, 6, '-') && (11-v.weigh(2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)%11)%10 == v.at(12)
		},
	},
	Validation: "date, century; without dash or the checksum of numbers before 2020 only near words such as “주민등록번호”",
	Severity:   high,
	Packs:      []string{PackPII, PackDefault},
	Source:     "https://en.wikipedia.org/wiki/Resident_registration_number",
	Examples: Examples{
		Match: []Example{
			{"주민등록번호는 900101-1234568입니다", "900101-1234568"},
			{"주민번호 9001011234567", "9001011234567"},
			{"(820101-2345676)", "820101-2345676"},
			{"RRN: 211231-3000001", "211231-3000001"},
		},
		NoMatch: []string{"900101-1234561", "9001011234568", "RRN 901301-1234568", "RRN 900132-1234568", "RRN 900101-9234568", "RRN 900101-123456", "RRN 900101-12345680", "RRN x900101-1234568"},
	},
}
