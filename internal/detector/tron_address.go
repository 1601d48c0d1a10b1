package detector

import "github.com/krakend-redact/krakend-redact/internal/checksum"

var tronAddress = Detector{
	Name:        "tron_address",
	Title:       "Tron address",
	Placeholder: "TRON_ADDRESS",
	Pattern:     `(?<![0-9A-Za-z_])T[1-9A-HJ-NP-Za-km-z]{33}(?![0-9A-Za-z_])`,
	Check: func(value string) int {
		version, ok := checksum.Base58Check(value)
		return whole(value, ok && version == 0x41)
	},
	Validation: "Base58Check",
	Severity:   medium,
	Packs:      []string{PackFinancial},
	Source:     "https://developers.tron.network/docs/account",
	Examples: Examples{
		Match: []Example{
			{"USDT TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"},
			{"(TLa2f6VPqDgRE67v1736s7bJ8Ray5wYjU7)", "TLa2f6VPqDgRE67v1736s7bJ8Ray5wYjU7"},
			{"T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb", "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb"},
		},
		NoMatch: []string{"TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6tt", "xTR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "ThisMethodNameisTooLongToBeReaXab1"},
	},
}
