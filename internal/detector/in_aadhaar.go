package detector

import "github.com/krakend-redact/krakend-redact/internal/checksum"

var inAadhaar = Detector{
	Name:        "in_aadhaar",
	Title:       "Indian Aadhaar number",
	Placeholder: "AADHAAR",
	Pattern:     numberBegins + `[2-9][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}` + numberEnds,
	Check: func(value string) int {
		v := bare(value)
		return whole(value, checksum.Verhoeff(v.string()) && !v.same())
	},
	Context: &Context{
		Words:  []string{"aadhaar", "aadhar", "adhaar", "uidai", "uid", "आधार"},
		Before: 48, After: 32,
	},
	Validation: "Verhoeff; words such as “Aadhaar” nearby",
	Severity:   high,
	Packs:      []string{PackPII, PackDefault},
	Source:     "https://uidai.gov.in/en/my-aadhaar/about-your-aadhaar.html",
	Examples: Examples{
		Match: []Example{
			{"Aadhaar: 2345 6789 0124", "2345 6789 0124"},
			{"my aadhar no is 999941057058", "999941057058"},
			{"आधार 9999-7101-9338", "9999-7101-9338"},
		},
		NoMatch: []string{"2345 6789 0124", "Aadhaar 2345 6789 0125", "Aadhaar 1345 6789 0124", "Aadhaar 2345 6789 012", "Aadhaar 2345 6789 01244", "Aadhaar x234567890124", "aadhaars 999941057058", "Aadhaar 2345-6789-0124-5678"},
	},
}
