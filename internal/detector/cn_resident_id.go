package detector

import (
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/checksum"
)

var cnResidentID = Detector{
	Name:        "cn_resident_id",
	Title:       "Chinese resident identity number",
	Placeholder: "RESIDENT_ID",
	Pattern:     numberBegins + `[1-689][0-9]{5}(?:18|19|20)[0-9]{2}[01][0-9][0-3][0-9][0-9]{3}[0-9Xx]` + numberEnds,
	Check: func(value string) int {
		v := bare(value)
		return whole(value, strings.Contains(provinces, value[:2]) && day(v.read(10, 2), v.read(12, 2)) && checksum.Mod11_2(value))
	},
	Validation: "province, date, ISO 7064 MOD 11-2",
	Severity:   high,
	Packs:      []string{PackPII, PackDefault},
	Source:     "https://en.wikipedia.org/wiki/Resident_Identity_Card",
	Examples: Examples{
		Match: []Example{
			{"身份证号11010519491231002X，", "11010519491231002X"},
			{"440524188001010014", "440524188001010014"},
			{"id=34052419800101001x", "34052419800101001x"},
		},
		NoMatch: []string{"110105194912310021", "11010519491331002X", "16010519491231002X", "1101051949123100", "11010519491231002X1", "x11010519491231002X", "11010517491231002X", "110105-19491231-002X"},
	},
}

// provinces are the first two digits of the codes of GB/T 2260.
const provinces = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 91"
