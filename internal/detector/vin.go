package detector

import "strings"

var vin = Detector{
	Name:        "vin",
	Title:       "Vehicle identification number (VIN)",
	Placeholder: "VIN",
	Pattern:     `(?<![0-9A-Za-z_-])[0-9A-HJ-NPR-Z]{13}[0-9]{4}(?![0-9A-Za-z_-])`,
	Check: func(value string) int {
		upper, _ := cases(value)
		return whole(value, upper && strings.ContainsAny(value[:13], "0123456789"))
	},
	Context: &Context{
		Words:  []string{"vin", "vehicle", "chassis", "fahrgestellnummer", "fahrzeug-identifizierungsnummer", "fin", "fahrzeug", "numéro de série", "bastidor", "telaio"},
		Before: 40, After: 32,
		Unless: vinChecked,
	},
	Validation: "check digit of North America and China; without one only near words such as “VIN”",
	Severity:   low,
	Packs:      []string{PackPII, PackPIIUS, PackPIIEU},
	Source:     "https://www.iso.org/standard/52200.html",
	Examples: Examples{
		Match: []Example{
			{"VIN 1M8GDM9AXKP042788", "1M8GDM9AXKP042788"},
			{"the 1HGCM82633A004352.", "1HGCM82633A004352"},
			{"Fahrgestellnummer: WVWZZZ1JZ3W386752", "WVWZZZ1JZ3W386752"},
		},
		NoMatch: []string{"WVWZZZ1JZ3W386752", "1M8GDM9AXKP042789", "11111111111111111", "VIN 1M8GDM9AXKP04278", "VIN 1M8GDM9AXKP0427888", "VIN 1M8GDM9OXKP042788", "VIN 1m8gdm9axkp042788", "VIN ABCDEFGHJKLMN1234", "SKU-1M8GDM9AXKP042788"},
	},
}

// vinChecked tells whether the ninth character is the check digit.
func vinChecked(value string) bool {
	if len(value) != 17 {
		return false
	}
	sum := 0
	for i := 0; i < len(value); i++ {
		x := 0
		switch c := value[i]; {
		case c >= '0' && c <= '9':
			x = int(c - '0')
		case c >= 'A' && c <= 'Z':
			x = int("12345678012345070923456789"[c-'A'] - '0')
		default:
			return false
		}
		sum += x * [17]int{8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2}[i]
	}
	return "0123456789X"[sum%11] == value[8]
}
