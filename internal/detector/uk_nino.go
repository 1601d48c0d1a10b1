package detector

import "strings"

var ukNINO = Detector{
	Name:        "uk_nino",
	Title:       "UK national insurance number (NINO)",
	Placeholder: "NINO",
	Pattern:     `(?<![0-9A-Za-z_-])[A-CEGHJ-PR-TW-Za-ceghj-pr-tw-z][A-CEGHJ-NPR-TW-Za-ceghj-npr-tw-z][ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?[A-Da-d](?![0-9A-Za-z_-])`,
	Check: func(value string) int {
		v := bare(value)
		return whole(value, !strings.Contains("BG GB KN NK NT TN ZZ", string(v.text[:2])))
	},
	Context: &Context{
		Words:  []string{"nino", "national insurance", "ni number", "ni no"},
		Before: 40, After: 32,
		Unless: func(value string) bool {
			_, lower := cases(value)
			return !lower
		},
	},
	Validation: "prefixes and suffixes that are issued; in lower case only near words such as “National Insurance”",
	Severity:   high,
	Packs:      []string{PackPII, PackDefault},
	Source:     "https://www.gov.uk/hmrc-internal-manuals/national-insurance-manual/nim39110",
	Examples: Examples{
		Match: []Example{
			{"NINO AB123456C", "AB123456C"},
			{"JG 10 37 59 A.", "JG 10 37 59 A"},
			{"national insurance number: ab123456c", "ab123456c"},
		},
		NoMatch: []string{"AB123456E", "DB123456C", "AO123456C", "GB123456A", "ZZ123456A", "AB12345C", "AB1234567C", "XAB123456C", "ab123456c", "AB123456CD", "rev-AB123456C"},
	},
}
