package detector

import "strings"

var mxCURP = Detector{
	Name:        "mx_curp",
	Title:       "Mexican population registry code (CURP)",
	Placeholder: "CURP",
	Pattern:     `(?<![0-9A-Za-z_])[A-Z][AEIOUX][A-Z]{2}[0-9]{2}[01][0-9][0-3][0-9][HMX][A-Z]{2}[B-DF-HJ-NP-TV-Z]{3}[0-9A-Z][0-9](?![0-9A-Za-z_])`,
	Check: func(value string) int {
		v := bare(value)
		sum := 0
		for i, c := range v.text[:17] {
			x := int(c) - '0'
			if c >= 'A' {
				x = int(c) - 'A' + 10
			}
			// Ñ stands between N and O.
			if c > 'N' {
				x++
			}
			sum += x * (18 - i)
		}
		return whole(value, day(v.read(6, 2), v.read(8, 2)) && strings.Contains(mexicanStates, value[11:13]) && (10-sum%10)%10 == v.at(17))
	},
	Validation: "date, state, check digit",
	Severity:   high,
	Packs:      []string{PackPII, PackDefault},
	Source:     "https://www.gob.mx/curp/",
	Examples: Examples{
		Match: []Example{
			{"CURP HEGG560427MVZRRL04", "HEGG560427MVZRRL04"},
			{"(BOXW310820HNERXN09)", "BOXW310820HNERXN09"},
			{`"curp":"HEGG560427MVZRRL04"`, "HEGG560427MVZRRL04"},
		},
		NoMatch: []string{"HEGG560427MVZRRL05", "HEGG561327MVZRRL04", "HEGG560427MZZRRL04", "HEGG560427MVZRRL0", "XHEGG560427MVZRRL04", "HEGG560427MVZRRL044", "HGGG560427MVZRRL04", "hegg560427mvzrrl04"},
	},
}

// mexicanStates are the codes of the states and of births abroad, NE.
const mexicanStates = "AS BC BS CC CL CM CS CH DF DG GT GR HG JC MC MN MS NT NL OC PL QT QR SP SL SR TC TS TL VZ YN ZS NE"
