// Package checksum computes the check digits and hashes that identifiers carry.
//
// It knows nothing of the identifiers: where their digits stand, how long they
// are and which prefixes are issued is for its callers to know. Functions on
// digits take the ASCII digits alone, without separators; none of them
// allocates.
package checksum

// Luhn tells whether digits ends with the check digit of ISO/IEC 7812-1,
// annex B.
func Luhn(digits string) bool {
	if !decimal(digits) {
		return false
	}
	sum := 0
	for i := 0; i < len(digits); i++ {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			d *= 2
			if d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// EAN tells whether digits ends with the check digit of GS1's numbers, such as
// EAN-13: from the right, digits weigh 1 and 3 in turn.
func EAN(digits string) bool {
	if !decimal(digits) {
		return false
	}
	sum := 0
	for i := 0; i < len(digits); i++ {
		sum += int(digits[len(digits)-1-i]-'0') * (1 + 2*(i%2))
	}
	return sum%10 == 0
}

// Mod97 tells whether text, read as ISO/IEC 7064 MOD 97-10 does with letters as
// 10 to 35, leaves the remainder 1. An IBAN must be rearranged first, see
// [IBAN].
func Mod97(text string) bool {
	rest, ok := mod97(0, text)
	return ok && text != "" && rest == 1
}

// IBAN is [Mod97] with the first four characters read last, as ISO 13616 wants
// it.
func IBAN(text string) bool {
	if len(text) < 5 {
		return false
	}
	rest, ok := mod97(0, text[4:])
	if !ok {
		return false
	}
	rest, ok = mod97(rest, text[:4])
	return ok && rest == 1
}

// mod97 carries on a remainder.
func mod97(rest int, text string) (int, bool) {
	for i := 0; i < len(text); i++ {
		v, ok := alphanumeric(text[i])
		switch {
		case !ok:
			return 0, false
		case v < 10:
			rest = (rest*10 + v) % 97
		default:
			rest = (rest*100 + v) % 97
		}
	}
	return rest, true
}

// Mod11_10 tells whether digits ends with the check digit of ISO/IEC 7064
// MOD 11,10.
func Mod11_10(digits string) bool {
	if !decimal(digits) {
		return false
	}
	product := 10
	for i := 0; i < len(digits)-1; i++ {
		sum := (product + int(digits[i]-'0')) % 10
		if sum == 0 {
			sum = 10
		}
		product = sum * 2 % 11
	}
	return (product+int(digits[len(digits)-1]-'0'))%10 == 1
}

// Mod11_2 tells whether text, digits of which the last may be X for ten, ends
// with the check character of ISO/IEC 7064 MOD 11-2.
func Mod11_2(text string) bool {
	if text == "" {
		return false
	}
	rest := 0
	for i := 0; i < len(text); i++ {
		d := int(text[i]) - '0'
		if i == len(text)-1 && (text[i] == 'X' || text[i] == 'x') {
			d = 10
		} else if d < 0 || d > 9 {
			return false
		}
		rest = (rest*2 + d) % 11
	}
	return rest == 1
}

// decimal tells whether text is one or more ASCII digits.
func decimal(text string) bool {
	for i := 0; i < len(text); i++ {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}

// alphanumeric is the value of a digit or an ASCII letter, A being 10.
func alphanumeric(c byte) (int, bool) {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0'), true
	case c >= 'A' && c <= 'Z':
		return int(c-'A') + 10, true
	case c >= 'a' && c <= 'z':
		return int(c-'a') + 10, true
	}
	return 0, false
}
