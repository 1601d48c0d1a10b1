package detector

var usDriverLicense = Detector{
	Name:        "us_driver_license",
	Title:       "US driver's license number",
	Placeholder: "DRIVER_LICENSE",
	Pattern:     numberBegins + `(?:[A-Z]{1,2}[0-9]{5,9}|[A-Z][0-9]{11,14}|[A-Z][0-9]{3}-[0-9]{4}-[0-9]{4}|[A-Z][0-9]{3}-[0-9]{3}-[0-9]{2}-[0-9]{3}-[0-9]|[0-9]{2}-[0-9]{3}-[0-9]{4}|[0-9]{3} [0-9]{3} [0-9]{3}|[0-9]{7,10}|[0-9]{12})\b` + numberEnds,
	Check: func(value string) int {
		v := bare(value)
		return whole(value, !v.same())
	},
	Context: &Context{
		Words: []string{
			"driver's license", "driver’s license", "drivers license", "driver license", "driver's licence", "driver’s licence", "driving licence", "driving license",
			"dl no", "dl number", "dl#", "license no", "license number", "licence number", "licencia de conducir",
		},
		Before: 40, After: 32,
	},
	Validation: "forms of the states; “driver's license” nearby",
	Severity:   high,
	Packs:      []string{PackPII, PackPIIUS},
	Source:     "https://www.aamva.org/topics/driver-license-and-identification-standards",
	Examples: Examples{
		Match: []Example{
			{"Driver's license: D1234567", "D1234567"},
			{"driver license number S530-4607-5108 expires", "S530-4607-5108"},
			{`{"drivers_license":"12345678"}`, "12345678"},
			{"DL# F255-921-50-094-0", "F255-921-50-094-0"},
		},
		NoMatch: []string{"D1234567", "the license is MIT", "driver's license D12", "driver version 12345678", "software license 12345678", "driver's license 0000000", "driver's license from 2024", "dl number ABC1234567"},
	},
}
