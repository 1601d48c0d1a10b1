package detector

import (
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/checksum"
)

var ethereumAddress = Detector{
	Name:        "ethereum_address",
	Title:       "Ethereum address",
	Placeholder: "ETHEREUM_ADDRESS",
	Pattern:     `(?<![0-9A-Za-z_])0x[0-9A-Fa-f]{40}(?![0-9A-Za-z_])`,
	Check: func(value string) int {
		upper, lower := cases(value[2:])
		return whole(value, !upper || !lower || mixedCase(value[2:]))
	},
	Context: &Context{
		Words:  []string{"eth", "ethereum", "wallet", "address", "erc20", "erc-20", "usdt", "usdc", "metamask", "recipient", "crypto"},
		Before: 40, After: 32,
		Unless: func(value string) bool {
			upper, lower := cases(strings.TrimPrefix(value, "0x"))
			return upper && lower
		},
	},
	Validation: "checksum by case (EIP-55); in one case only near words such as “wallet”",
	Severity:   medium,
	Packs:      []string{PackFinancial},
	Source:     "https://eips.ethereum.org/EIPS/eip-55",
	Examples: Examples{
		Match: []Example{
			{"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"},
			{"to: 0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359.", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"},
			{"my wallet 0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"},
		},
		NoMatch: []string{
			"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "wallet 5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "wallet 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe",
			"wallet 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed0", "x0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
		},
	},
}

// cases tells whether text has letters in upper and in lower case.
func cases(text string) (upper, lower bool) {
	for i := 0; i < len(text); i++ {
		upper = upper || text[i] >= 'A' && text[i] <= 'Z'
		lower = lower || text[i] >= 'a' && text[i] <= 'z'
	}
	return upper, lower
}

// mixedCase tells whether the letters of an address are in upper case where the
// hash of its lower case has a digit of 8 or more.
func mixedCase(address string) bool {
	var small [40]byte
	for i := range small {
		small[i] = address[i]
		if small[i] >= 'A' && small[i] <= 'Z' {
			small[i] |= 0x20
		}
	}
	hash := checksum.Keccak256(small[:])
	for i, c := range small {
		big := hash[i/2]>>(4*(1-i%2))&8 != 0
		if c >= 'a' && big != (address[i] != c) {
			return false
		}
	}
	return true
}
