package detector

import "strings"

var usEIN = Detector{
	Name:        "us_ein",
	Title:       "US employer identification number (EIN)",
	Placeholder: "EIN",
	Pattern:     numberBegins + `[0-9]{2}-?[0-9]{7}` + numberEnds,
	Check: func(value string) int {
		v := bare(value)
		return whole(value, strings.Contains(einPrefixes, value[:2]) && !v.same())
	},
	Context: &Context{
		Words:  []string{"ein", "fein", "employer identification", "employer id", "federal tax id", "tax id", "tax identification", "tin"},
		Before: 48, After: 32,
	},
	Validation: "prefixes that the IRS issues; words such as “EIN” nearby",
	Severity:   medium,
	Packs:      []string{PackPIIUS, PackFinancial},
	Source:     "https://www.irs.gov/businesses/small-businesses-self-employed/how-eins-are-assigned-and-valid-ein-prefixes",
	Examples: Examples{
		Match: []Example{
			{"EIN: 12-3456789", "12-3456789"},
			{"our Employer Identification Number is 91-1144442.", "91-1144442"},
			{`"federal_tax_id":"133456789"`, "133456789"},
		},
		NoMatch: []string{"12-3456789", "EIN 07-1234567", "EIN 12-345678", "EIN 12-34567890", "EIN 123-456789", "EIN 89-1234567", "the protein 12-3456789", "EIN 00-0000000"},
	},
}

// einPrefixes are those of the campuses, of the Internet and of the Small
// Business Administration.
const einPrefixes = "01 02 03 04 05 06 10 11 12 13 14 15 16 20 21 22 23 24 25 26 27 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 " +
	"50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 65 66 67 68 71 72 73 74 75 76 77 80 81 82 83 84 85 86 87 88 90 91 92 93 94 95 98 99"
