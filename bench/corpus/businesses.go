package corpus

import (
	"math/rand"
	"strings"
)

// businesses are identifiers of accounts, companies and practitioners.
var businesses = []kind{
	{name: "credit_card", labels: []string{"card number", "Kreditkarte", "Visa", "carte"}, make: card, bare: true, miss: change(card)},
	{name: "iban", labels: []string{"IBAN", "Konto", "account"}, make: account, bare: true, miss: change(compact)},
	{name: "bic", labels: []string{"BIC", "SWIFT code"}, make: func(r *rand.Rand) string {
		return letters(r, capitals, 4) + pick(r, "DE", "FR", "US", "NL") + letters(r, "FMPLH", 2) + pick(r, "", "XXX", "5"+digits(r, 2))
	}},
	{name: "us_ein", labels: []string{"EIN", "employer identification number"}, make: func(r *rand.Rand) string {
		return pick(r, "12", "36", "54", "81") + pick(r, "-", "-", "") + digits(r, 7)
	}},
	{name: "us_bank_routing", labels: []string{"routing number", "ABA"}, make: routing, miss: change(routing)},
	{name: "us_npi", labels: []string{"NPI", "provider identifier"}, make: provider, miss: change(provider)},
	{name: "us_dea", labels: []string{"DEA number", "DEA"}, make: func(r *rand.Rand) string {
		n := digits(r, 5) + "1"
		return pick(r, "A", "B", "F", "M") + letters(r, capitals, 1) + n + string(decimals[sum(n, 1, 2, 1, 2, 1, 2)%10])
	}},
	{name: "br_cnpj", labels: []string{"CNPJ", "cadastro nacional"}, make: company, miss: change(company)},
	{name: "au_abn", labels: []string{"ABN", "business number"}, make: business, miss: change(business)},
	{name: "bitcoin_address", labels: []string{"BTC", "wallet"}, make: func(r *rand.Rand) string {
		return pick(r, base58(r, 0), base58(r, 5), "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0")
	}, bare: true, miss: func(r *rand.Rand) string { return base58(r, 0x6f) }},
	{name: "litecoin_address", labels: []string{"LTC", "wallet"}, make: func(r *rand.Rand) string { return base58(r, pick(r, "0", "2")[0]) }, bare: true},
	{name: "tron_address", labels: []string{"TRX", "wallet"}, make: func(r *rand.Rand) string { return base58(r, 0x41) }, bare: true},
	{name: "ethereum_address", labels: []string{"ETH", "wallet"}, make: func(r *rand.Rand) string {
		// The published examples of EIP-55, and addresses without a checksum.
		return pick(r, "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0x"+letters(r, hexas, 40))
	}},
}

func card(r *rand.Rand) string {
	switch r.Intn(6) {
	case 0:
		v := luhn(pick(r, "34", "37") + digits(r, 12))
		return pick(r, v, group(v, " ", 4, 6, 5))
	case 1:
		return luhn("6011" + digits(r, 11))
	case 2:
		return sometimes(r, luhn("2"+pick(r, "3", "4", "5", "6")+digits(r, 13)), " ", 4)
	case 3:
		return sometimes(r, luhn("5"+pick(r, "1", "2", "3", "4", "5")+digits(r, 13)), "-", 4)
	}
	return sometimes(r, luhn("4"+digits(r, 14)), " ", 4)
}

func account(r *rand.Rand) string {
	var v string
	switch r.Intn(7) {
	case 0:
		v = iban("DE", digits(r, 18))
	case 1:
		v = iban("GB", letters(r, capitals, 4)+digits(r, 14))
	case 2:
		v = iban("FR", digits(r, 20)+letters(r, capitals, 1)+digits(r, 2))
	case 3:
		v = iban("NL", letters(r, capitals, 4)+digits(r, 10))
	case 4:
		v = iban("ES", digits(r, 20))
	case 5:
		v = iban("NO", digits(r, 11))
	default:
		v = iban("MT", letters(r, capitals, 4)+digits(r, 5)+letters(r, decimals+capitals, 18))
	}
	return sometimes(r, v, " ", 4)
}

// compact is an account number without spaces, of which no part looks like a
// card's number.
func compact(r *rand.Rand) string { return strings.ReplaceAll(account(r), " ", "") }

func routing(r *rand.Rand) string {
	v, _ := complete(pick(r, "01", "02", "11", "12", "26", "31", "32")+digits(r, 6), decimals, func(v string) bool { return sum(v, 3, 7, 1, 3, 7, 1, 3, 7, 1)%10 == 0 })
	return v
}

func provider(r *rand.Rand) string {
	return strings.TrimPrefix(luhn("80840"+pick(r, "1", "2")+digits(r, 8)), "80840")
}

func company(r *rand.Rand) string {
	v := digits(r, 8) + "0001"
	for n := 12; n <= 13; n++ {
		s := 0
		for i := range v {
			s += int(v[len(v)-1-i]-'0') * (2 + i%8)
		}
		v += string(decimals[s*10%11%10])
	}
	return pick(r, v, v[:2]+"."+v[2:5]+"."+v[5:8]+"/"+v[8:12]+"-"+v[12:])
}

func business(r *rand.Rand) string {
	v := until(r, func(r *rand.Rand) (string, bool) {
		v := letters(r, decimals[1:], 1) + digits(r, 10)
		return v, (sum(v, 10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)-10)%89 == 0
	})
	return sometimes(r, v, " ", 2, 3, 3, 3)
}
