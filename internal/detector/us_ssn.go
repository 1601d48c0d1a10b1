package detector

var usSSN = Detector{
	Name:        "us_ssn",
	Title:       "US social security number (SSN)",
	Placeholder: "SSN",
	Pattern:     numberBegins + `(?:[0-8][0-9]{2}-[0-9]{2}-[0-9]{4}|[0-8][0-9]{2} [0-9]{2} [0-9]{4}|[0-8][0-9]{8})` + numberEnds,
	Check: func(value string) int {
		v := bare(value)
		area := v.read(0, 3)
		return whole(value, area != 0 && area != 666 && v.read(3, 2) != 0 && v.read(5, 4) != 0 && !v.same() &&
			// These two were printed in advertisements and never belong to anybody.
			v.string() != "078051120" && v.string() != "219099999")
	},
	Context: &Context{
		Words:  []string{"ssn", "social security", "social", "socsec", "soc sec", "ss#", "seguro social", "ssns", "taxpayer"},
		Forbid: []string{"social insurance", "assurance sociale"},
		Before: 48, After: 32,
		Unless: func(value string) bool { return has(value, 3, '-') },
	},
	Validation: "areas, groups and serials that were issued; without dashes only near words such as “SSN”",
	Severity:   critical,
	Packs:      []string{PackPII, PackPIIUS, PackHealth, PackFinancial, PackDefault},
	Source:     "https://www.ssa.gov/employer/randomization.html",
	Examples: Examples{
		Match: []Example{
			{"My number is 536-22-8145, ok", "536-22-8145"},
			{"SSN: 536228145", "536228145"},
			{`{"customer_ssn": "536 22 8145"}`, "536 22 8145"},
			{"536-22-8145.", "536-22-8145"},
			{"my Social Security number, since you ask, is 212097694", "212097694"},
		},
		NoMatch: []string{
			"536228145", "000-12-3456", "666-12-3456", "912-12-3456", "536-00-8145", "536-22-0000", "078-05-1120", "1536-22-8145", "536-22-81455",
			"PN-12-536-22-8145", "536-228145", "SSN 111111111", "part_536-22-8145", "536 22 8145",
		},
	},
}
