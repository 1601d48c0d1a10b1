package detector

import "github.com/krakend-redact/krakend-redact/internal/checksum"

// Patterns of numbers stand between these: what follows or precedes a digit
// with a point or a dash in between is part of a longer identifier. A sign makes
// it a quantity.
const (
	numberBegins = `(?<![0-9A-Za-z_+]|[0-9][.-]|[ $(=,\[]-)`
	numberEnds   = `(?![0-9A-Za-z_]|[.-][0-9])`
)

// number is the letters and digits of a value without its separators, letters
// in upper case.
type number struct {
	text [40]byte
	n    int
}

// bare takes the ASCII letters and digits of a value. Of one that has more
// than 40, nothing is left.
func bare(value string) (v number) {
	for i := 0; i < len(value); i++ {
		c := value[i]
		switch {
		case c >= 'a' && c <= 'z':
			c -= 'a' - 'A'
		case c >= '0' && c <= '9', c >= 'A' && c <= 'Z':
		default:
			continue
		}
		if v.n == len(v.text) {
			return number{}
		}
		v.text[v.n] = c
		v.n++
	}
	return v
}

// at is the digit at position i.
func (v *number) at(i int) int { return int(v.text[i]) - '0' }

// number reads n digits at position i.
func (v *number) read(i, n int) int {
	x := 0
	for _, c := range v.text[i : i+n] {
		x = x*10 + int(c-'0')
	}
	return x
}

// weigh sums up the leading digits, each times its weight.
func (v *number) weigh(weights ...int) int {
	sum := 0
	for i, w := range weights {
		sum += v.at(i) * w
	}
	return sum
}

// same tells whether all characters are the same, as in numbers that people
// make up.
func (v *number) same() bool {
	for _, c := range v.text[:v.n] {
		if c != v.text[0] {
			return false
		}
	}
	return true
}

// whole accepts all of a value or nothing.
func whole(value string, ok bool) int {
	if ok {
		return len(value)
	}
	return 0
}

// string is the letters and digits as a string.
func (v *number) string() string { return string(v.text[:v.n]) }

// luhn tells whether a value's digits end with the check digit of ISO 7812.
func luhn(v *number) bool { return checksum.Luhn(v.string()) }

// day tells whether there may be such a day in a year that is not known.
func day(month, day int) bool {
	if month < 1 || month > 12 || day < 1 {
		return false
	}
	return day <= [...]int{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
}

// plain tells of a value that it has nothing but digits.
func plain(value string) bool {
	for i := 0; i < len(value); i++ {
		if value[i] < '0' || value[i] > '9' {
			return false
		}
	}
	return true
}
