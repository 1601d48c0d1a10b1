package detector

import "github.com/krakend-redact/krakend-redact/internal/checksum"

var deTaxID = Detector{
	Name:        "de_tax_id",
	Title:       "German tax identification number (Steuer-ID)",
	Placeholder: "STEUER_ID",
	Pattern:     numberBegins + `[1-9][0-9] ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}` + numberEnds,
	Check: func(value string) int {
		v := bare(value)
		return whole(value, oneRepeated(&v) && checksum.Mod11_10(v.string()))
	},
	Context: &Context{
		Words: []string{
			"steuer-id", "steuerid", "steuer-identifikationsnummer", "steueridentifikationsnummer", "identifikationsnummer", "idnr", "id-nr", "steuernummer", "steuer-idnr",
			"tax id", "tin", "taxpayer", "tax identification",
		},
		Before: 48, After: 32,
	},
	Validation: "one digit two or three times, ISO 7064 MOD 11,10; words such as “Steuer-ID” nearby",
	Severity:   high,
	Packs:      []string{PackPII, PackPIIEU, PackFinancial, PackDefault},
	Source:     "https://www.bzst.de/DE/Privatpersonen/SteuerlicheIdentifikationsnummer/steuerlicheidentifikationsnummer_node.html",
	Examples: Examples{
		Match: []Example{
			{"Steuer-ID: 86095742719", "86095742719"},
			{"Meine IdNr lautet 65 929 970 489.", "65 929 970 489"},
			{`{"steuerId":"47036892816"}`, "47036892816"},
		},
		NoMatch: []string{"86095742719", "Steuer-ID 86095742718", "Steuer-ID 06095742719", "Steuer-ID 8609574271", "Steuer-ID 860957427190", "Steuer-ID 12345678903", "IdNr 11111111111", "Steuer-ID-86095742719-1"},
	},
}

// oneRepeated tells whether, of the first ten digits, one stands there two or
// three times, but not three times in a row, and no other one repeatedly.
func oneRepeated(v *number) bool {
	var count [10]int
	for i := 0; i < 10; i++ {
		count[v.at(i)]++
		if i >= 2 && v.text[i] == v.text[i-1] && v.text[i] == v.text[i-2] {
			return false
		}
	}
	repeated := 0
	for _, n := range count {
		if n > 3 {
			return false
		}
		if n > 1 {
			repeated++
		}
	}
	return repeated == 1
}
