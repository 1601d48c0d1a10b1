package corpus

import (
	"crypto/sha256"
	"fmt"
	"math/big"
	"math/rand"
	"strings"
)

const (
	decimals = "0123456789"
	capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	smalls   = "abcdefghijklmnopqrstuvwxyz"
	base62   = decimals + capitals + smalls
	base64s  = base62 + "+/"
	base64u  = base62 + "-_"
	hexas    = "0123456789abcdef"
)

// letters are n of the characters of alphabet.
func letters(r *rand.Rand, alphabet string, n int) string {
	var b strings.Builder
	for i := 0; i < n; i++ {
		b.WriteByte(alphabet[r.Intn(len(alphabet))])
	}
	return b.String()
}

func digits(r *rand.Rand, n int) string { return letters(r, decimals, n) }

func pick(r *rand.Rand, list ...string) string { return list[r.Intn(len(list))] }

// date is the day of birth of somebody who is of age, in a layout of two-digit
// years, months and days: YMD, DMY.
func date(r *rand.Rand, layout string) string {
	y, m, d := 40+r.Intn(60), 1+r.Intn(12), 1+r.Intn(28)
	return strings.NewReplacer("Y", two(y), "M", two(m), "D", two(d)).Replace(layout)
}

func two(n int) string { return fmt.Sprintf("%02d", n) }

// sum weighs digits.
func sum(digits string, weights ...int) int {
	s := 0
	for i, w := range weights {
		s += int(digits[i]-'0') * w
	}
	return s
}

// complete appends to digits what makes ok true: one of the characters of
// alphabet, if there is one.
func complete(digits, alphabet string, ok func(string) bool) (string, bool) {
	for _, c := range alphabet {
		if ok(digits + string(c)) {
			return digits + string(c), true
		}
	}
	return "", false
}

// until makes values until one is right.
func until(r *rand.Rand, make func(r *rand.Rand) (string, bool)) string {
	for {
		if value, ok := make(r); ok {
			return value
		}
	}
}

// luhn appends the check digit of ISO/IEC 7812-1 to digits.
func luhn(digits string) string {
	s := 0
	for i := range digits {
		n := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			n = []int{0, 2, 4, 6, 8, 1, 3, 5, 7, 9}[n]
		}
		s += n
	}
	return digits + string(decimals[(1000-s)%10])
}

// mod is a number of any length modulo m.
func mod(digits string, m int64) int64 {
	n, _ := new(big.Int).SetString(digits, 10)
	return n.Mod(n, big.NewInt(m)).Int64()
}

// iban makes an account number with check digits by ISO 7064: 98 minus the rest
// of what follows, the country and two zeros.
func iban(country, account string) string {
	var number strings.Builder
	for _, c := range account + country + "00" {
		number.WriteString(fmt.Sprint(strings.IndexRune(decimals+capitals, c)))
	}
	return country + two(98-int(mod(number.String(), 97))) + account
}

// group writes text in groups of n.
func group(text, separator string, sizes ...int) string {
	var parts []string
	for i := 0; text != ""; i++ {
		n := min(sizes[i%len(sizes)], len(text))
		parts, text = append(parts, text[:n]), text[n:]
	}
	return strings.Join(parts, separator)
}

// base58 makes an address of 20 random bytes.
func base58(r *rand.Rand, version byte) string {
	data := []byte{version}
	for i := 0; i < 20; i++ {
		data = append(data, byte(r.Intn(256)))
	}
	once := sha256.Sum256(data)
	twice := sha256.Sum256(once[:])
	data = append(data, twice[:4]...)
	n := new(big.Int).SetBytes(data)
	text := ""
	for n.Sign() > 0 {
		rest := new(big.Int)
		n.DivMod(n, big.NewInt(58), rest)
		text = string("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"[rest.Int64()]) + text
	}
	for _, b := range data {
		if b != 0 {
			break
		}
		text = "1" + text
	}
	return text
}

// change changes one digit of what make makes, which its check digit cannot
// bear.
func change(make func(r *rand.Rand) string) func(r *rand.Rand) string {
	return func(r *rand.Rand) string {
		value := []byte(make(r))
		for {
			i := r.Intn(len(value))
			if value[i] >= '0' && value[i] <= '9' {
				value[i] = '0' + (value[i]-'0'+1+byte(r.Intn(8)))%10
				return string(value)
			}
		}
	}
}

// sometimes formats one in two.
func sometimes(r *rand.Rand, value, separator string, sizes ...int) string {
	if r.Intn(2) == 0 {
		return value
	}
	return group(value, separator, sizes...)
}
