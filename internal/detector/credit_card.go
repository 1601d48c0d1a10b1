package detector

var creditCard = Detector{
	Name:        "credit_card",
	Title:       "Payment card number",
	Placeholder: "CREDIT_CARD",
	Pattern: `(?<![0-9A-Za-z_+]|[0-9][.-]|[ $(=,\[]-|[A-Z][A-Z][0-9][0-9] )(?:[2-689][0-9]{3}[ .-]?[0-9]{4}[ .-]?[0-9]{4}[ .-]?[0-9]{4}(?:[ .-]?[0-9]{3})?` +
		`|3[0-9]{3}[ .-]?[0-9]{6}[ .-]?[0-9]{4,5}|[4-6][0-9]{11,18})\b` + numberEnds,
	Check: checkCard,
	Context: &Context{
		Words: []string{
			"card", "cards", "credit", "debit", "visa", "mastercard", "maestro", "amex", "cc", "pan", "cvv", "cvc", "payment",
			"karte", "kreditkarte", "kartennummer", "carte", "tarjeta", "carta", "cartão", "kaart", "kort", "karta", "карта", "卡号", "信用卡", "カード", "카드",
		},
		Before: 48, After: 32,
		Unless: func(value string) bool {
			v := bare(value)
			return brand(&v) == usual
		},
	},
	Validation: "issuer ranges (IIN) with their lengths, Luhn; uncommon lengths and Maestro only with words such as “card” nearby",
	Severity:   high,
	Packs:      []string{PackPII, PackPIIUS, PackPIIEU, PackFinancial, PackDefault},
	Source:     "https://www.iso.org/standard/70484.html",
	Examples: Examples{
		Match: []Example{
			{"card 4111 1111 1111 1111 exp 12/29", "4111 1111 1111 1111"},
			{"5555555555554444", "5555555555554444"},
			{"3782-822463-10005", "3782-822463-10005"},
			{`{"pan":"6011111111111117"}`, "6011111111111117"},
			{"2223003122003222,12/26", "2223003122003222"},
			{"JCB 3530111333300000.", "3530111333300000"},
			{"3056 930902 5904", "3056 930902 5904"},
			{"Maestro: 6759649826438453", "6759649826438453"},
			{"UnionPay 6200 0000 0000 0005", "6200 0000 0000 0005"},
			{"old Visa card 4222222222222", "4222222222222"},
		},
		NoMatch: []string{
			"4111111111111112", "41111111111111111", "4111 1111 1111 111", "x4111111111111111", "3.4111111111111111", "4111-1111-1111-1111-2222",
			"EAN 4222222222222", "0000000000000000", "1700000000000000", "9999999999999995", "order 6759649826438453", "id_4111111111111111", "4111111111111111.5",
		},
	},
}

// The kinds of a card's number.
const (
	usual   = 1 // enough to be known without a word nearby
	unusual = 2
)

// checkCard accepts a card's number. The pattern takes three digits that follow
// for the end of one of 19.
func checkCard(value string) int {
	v := bare(value)
	if brand(&v) != 0 && !v.same() && luhn(&v) {
		return len(value)
	}
	if end := len(value) - 4; v.n == 19 && (value[end] < '0' || value[end] > '9') {
		return checkCard(value[:end])
	}
	return 0
}

// brand tells what kind of card has such a number, 0 for none.
func brand(v *number) int {
	if v.n < 12 || v.n > 19 {
		return 0
	}
	six := v.read(0, 6)
	in := func(first, last int) bool { return six >= first && six <= last }
	switch {
	case in(400000, 499999): // Visa
		if v.n == 16 {
			return usual
		} else if v.n == 13 || v.n == 19 {
			return unusual
		}
	case in(510000, 559999), in(222100, 272099): // Mastercard
		return kind(v.n == 16)
	case in(340000, 349999), in(370000, 379999): // American Express
		return kind(v.n == 15)
	case in(300000, 305999), in(309500, 309599), in(360000, 369999), in(380000, 399999): // Diners Club
		return kind(v.n == 14 || v.n == 16)
	case in(352800, 358999): // JCB
		return kind(v.n == 16)
	case in(601100, 601199), in(644000, 659999): // Discover
		return kind(v.n == 16)
	case in(220000, 220499): // Mir
		return kind(v.n == 16)
	case in(620000, 629999), in(810000, 817199): // UnionPay
		if v.n == 16 {
			return usual
		} else if v.n > 16 {
			return unusual
		}
	case in(500000, 509999), in(560000, 589999), in(600000, 699999): // Maestro, RuPay, Elo
		return unusual
	case in(820000, 829999), in(353000, 353999): // RuPay
		if v.n == 16 {
			return unusual
		}
	}
	return 0
}

func kind(ok bool) int {
	if ok {
		return usual
	}
	return 0
}
