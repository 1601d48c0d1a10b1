package detector

var trKimlik = Detector{
	Name:        "tr_kimlik",
	Title:       "Turkish identity number (T.C. kimlik)",
	Placeholder: "KIMLIK",
	Pattern:     numberBegins + `[1-9][0-9]{10}` + numberEnds,
	Check: func(value string) int {
		v := bare(value)
		tenth := (v.weigh(7, -1, 7, -1, 7, -1, 7, -1, 7)%10 + 10) % 10
		eleventh := v.weigh(1, 1, 1, 1, 1, 1, 1, 1, 1, 1) % 10
		return whole(value, tenth == v.at(9) && eleventh == v.at(10))
	},
	Context: &Context{
		Words:  []string{"kimlik", "tckn", "tc no", "t.c.", "tc kimlik", "vatandaşlık", "turkish id"},
		Before: 40, After: 32,
	},
	Validation: "two check digits; words such as “kimlik” nearby",
	Severity:   high,
	Packs:      []string{PackPII},
	Source:     "https://tr.wikipedia.org/wiki/T%C3%BCrkiye_Cumhuriyeti_Kimlik_Numaras%C4%B1",
	Examples: Examples{
		Match: []Example{
			{"TC Kimlik No: 10000000146", "10000000146"},
			{"TCKN 12345678950", "12345678950"},
			{"kimlik numaram 38412736576", "38412736576"},
		},
		NoMatch: []string{"10000000146", "kimlik 10000000147", "kimlik 10000000156", "kimlik 00000000146", "kimlik 1000000014", "kimlik 100000001460", "kimlik x10000000146", "kimlikler 10000000146"},
	},
}
