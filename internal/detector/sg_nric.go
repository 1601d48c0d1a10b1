package detector

var sgNRIC = Detector{
	Name:        "sg_nric",
	Title:       "Singaporean identity number (NRIC, FIN)",
	Placeholder: "NRIC",
	Pattern:     `(?<![0-9A-Za-z_-])[STFGMstfgm][0-9]{7}[A-Za-z](?![0-9A-Za-z_-])`,
	Check: func(value string) int {
		v := bare(value)
		sum := 0
		for i, w := range [7]int{2, 7, 6, 5, 4, 3, 2} {
			sum += v.at(i+1) * w
		}
		want := byte(0)
		switch v.text[0] {
		case 'S':
			want = "JZIHGFEDCBA"[sum%11]
		case 'T':
			want = "JZIHGFEDCBA"[(sum+4)%11]
		case 'F':
			want = "XWUTRQPNMLK"[sum%11]
		case 'G':
			want = "XWUTRQPNMLK"[(sum+4)%11]
		case 'M':
			want = "XWUTRQPNJLK"[(sum+3)%11]
		}
		return whole(value, v.text[8] == want)
	},
	Context: &Context{
		Words:  []string{"nric", "fin", "ic number", "identity card", "singpass"},
		Before: 40, After: 32,
		Unless: func(value string) bool { return len(value) == 9 && value[0] < 'a' && value[8] < 'a' },
	},
	Validation: "check letter by MOD 11; in lower case only near words such as “NRIC”",
	Severity:   high,
	Packs:      []string{PackPII},
	Source:     "https://en.wikipedia.org/wiki/National_Registration_Identity_Card",
	Examples: Examples{
		Match: []Example{
			{"NRIC S1234567D", "S1234567D"},
			{"(G1234567X)", "G1234567X"},
			{"nric: s1234567d", "s1234567d"},
			{"FIN F1234567N", "F1234567N"},
		},
		NoMatch: []string{"S1234567A", "s1234567d", "A1234567D", "S123456D", "S12345678D", "XS1234567D", "S1234567DX", "S1234567D-1", "T1234567D"},
	},
}
