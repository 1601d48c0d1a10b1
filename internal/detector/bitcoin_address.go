package detector

import (
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/checksum"
)

var bitcoinAddress = Detector{
	Name:        "bitcoin_address",
	Title:       "Bitcoin address",
	Placeholder: "BITCOIN_ADDRESS",
	Pattern:     `(?<![0-9A-Za-z_])(?:[13][1-9A-HJ-NP-Za-km-z]{25,34}|bc1[02-9ac-hj-np-z]{39}(?:[02-9ac-hj-np-z]{20})?|BC1[02-9AC-HJ-NP-Z]{39}(?:[02-9AC-HJ-NP-Z]{20})?)(?![0-9A-Za-z_])`,
	Check: func(value string) int {
		if strings.EqualFold(value[:2], "bc") {
			return whole(value, checksum.Segwit("bc", value))
		}
		version, ok := checksum.Base58Check(value)
		return whole(value, ok && (version == 0 || version == 5))
	},
	Validation: "Base58Check, Bech32 and Bech32m checksums",
	Severity:   medium,
	Packs:      []string{PackFinancial},
	Source:     "https://github.com/bitcoin/bips/blob/master/bip-0173.mediawiki",
	Examples: Examples{
		Match: []Example{
			{"send to 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2.", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"},
			{"3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"},
			{"bitcoin:bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq?amount=1", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"},
			{"BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"},
		},
		NoMatch: []string{
			"1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN", "x1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdx",
			"bc1qAr0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", "3f786850e387550fdab836ed7e6dc881de23001b",
		},
	},
}
