package detector

import (
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/checksum"
)

var litecoinAddress = Detector{
	Name:        "litecoin_address",
	Title:       "Litecoin address",
	Placeholder: "LITECOIN_ADDRESS",
	Pattern:     `(?<![0-9A-Za-z_])(?:[LM][1-9A-HJ-NP-Za-km-z]{25,34}|ltc1[02-9ac-hj-np-z]{39}(?:[02-9ac-hj-np-z]{20})?)(?![0-9A-Za-z_])`,
	Check: func(value string) int {
		if strings.HasPrefix(value, "ltc1") {
			return whole(value, checksum.Segwit("ltc", value))
		}
		version, ok := checksum.Base58Check(value)
		return whole(value, ok && (version == 0x30 || version == 0x32))
	},
	Validation: "Base58Check, Bech32 and Bech32m checksums",
	Severity:   medium,
	Packs:      []string{PackFinancial},
	Source:     "https://github.com/litecoin-project/litecoin/blob/master/src/chainparams.cpp",
	Examples: Examples{
		Match: []Example{
			{"LTC LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1", "LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1"},
			{"send MVcg9uEvtWuP5N6V48EHfEtbz48qR8TKZ9", "MVcg9uEvtWuP5N6V48EHfEtbz48qR8TKZ9"},
			{"litecoin:LaMT348PWRnrqeeWArpwQPbuanpXDZGEUz", "LaMT348PWRnrqeeWArpwQPbuanpXDZGEUz"},
		},
		NoMatch: []string{"LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc2", "xLM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1", "LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "ltc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "LoremIpsumDoXorsitametconsectetur"},
	},
}
