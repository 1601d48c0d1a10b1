package detector

var plPESEL = Detector{
	Name:        "pl_pesel",
	Title:       "Polish national identification number (PESEL)",
	Placeholder: "PESEL",
	Pattern:     numberBegins + `[0-9]{11}` + numberEnds,
	Check: func(value string) int {
		v := bare(value)
		sum := v.weigh(1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)
		// The century is added to the month as a multiple of 20.
		return whole(value, sum%10 == 0 && day(v.read(2, 2)%20, v.read(4, 2)))
	},
	Context:    &Context{Words: []string{"pesel"}, Before: 40, After: 32},
	Validation: "date, weighted checksum; “PESEL” nearby",
	Severity:   high,
	Packs:      []string{PackPII, PackPIIEU, PackHealth, PackDefault},
	Source:     "https://www.gov.pl/web/gov/czym-jest-numer-pesel",
	Examples: Examples{
		Match: []Example{
			{"PESEL: 44051401359", "44051401359"},
			{"numer PESEL 02070803628", "02070803628"},
			{`{"pesel":"02271409867"}`, "02271409867"},
		},
		NoMatch: []string{"44051401359", "PESEL 44051401358", "PESEL 44131401357", "PESEL 4405140135", "PESEL 440514013590", "PESEL x44051401359", "PESEL 44053201355", "pesels 44051401359"},
	},
}
