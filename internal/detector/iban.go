package detector

import "github.com/krakend-redact/krakend-redact/internal/checksum"

var iban = Detector{
	Name:        "iban",
	Title:       "International bank account number (IBAN)",
	Placeholder: "IBAN",
	Pattern:     `(?<![0-9A-Za-z_])[A-Za-z]{2}[0-9]{2}(?:[ -]?[0-9A-Za-z]{4}){2,7}(?:[ -]?[0-9A-Za-z]{1,3})?\b`,
	Check:       checkIBAN,
	Validation:  "country, its length, MOD 97-10",
	Severity:    high,
	Packs:       []string{PackPII, PackPIIEU, PackFinancial, PackDefault},
	Source:      "https://www.swift.com/standards/data-standards/iban-international-bank-account-number",
	Examples: Examples{
		Match: []Example{
			{"IBAN: DE89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130 00"},
			{"GB29NWBK60161331926819", "GB29NWBK60161331926819"},
			{"ES91 2100 0418 4502 0005 1332 bitte Dank", "ES91 2100 0418 4502 0005 1332"},
			{"nl91 abna 0417 1643 00 is mine", "nl91 abna 0417 1643 00"},
			{"FR1420041010050500013M02606;", "FR1420041010050500013M02606"},
			{"NO93 8601 1117 947 KTO", "NO93 8601 1117 947"},
			{"MT84MALT011000012345MTLCAST001S", "MT84MALT011000012345MTLCAST001S"},
			{"CH93-0076-2011-6238-5295-7", "CH93-0076-2011-6238-5295-7"},
		},
		NoMatch: []string{
			"DE89 3704 0044 0532 0130 01", "DE89 3704 0044 0532 0130", "DE893704004405320130000", "XX89370400440532013000",
			"XDE89370400440532013000", "GB29NWBK60161331926818", "US89370400440532013000", "sha de89370400440532013000ab12cd34", "DE89_370400440532013000",
		},
	},
}

// ibanLengths holds the country codes, each followed by the length of its
// IBANs.
const ibanLengths = "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27" +
	"GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30" +
	"NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30"

// ibanLengthOf is the same for the lowest five bits of each letter.
var ibanLengthOf = func() (table [32][32]uint8) {
	for i := 0; i < len(ibanLengths); i += 4 {
		table[ibanLengths[i]&0x1F][ibanLengths[i+1]&0x1F] = (ibanLengths[i+2]-'0')*10 + ibanLengths[i+3] - '0'
	}
	return table
}()

// checkIBAN cuts off what follows, which the pattern takes for more groups.
func checkIBAN(value string) int {
	length := int(ibanLengthOf[value[0]&0x1F][value[1]&0x1F])
	var text [34]byte
	n, end := 0, 0
	for ; end < len(value) && n < length; end++ {
		if c := value[end]; c != ' ' && c != '-' {
			text[n] = c
			n++
		}
	}
	if n == 0 || n < length || end < len(value) && value[end] != ' ' && value[end] != '-' || !checksum.IBAN(string(text[:n])) {
		return 0
	}
	return end
}
