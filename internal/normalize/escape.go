package normalize

import (
	"html"
	"sort"
	"unicode/utf16"
	"unicode/utf8"
)

// escape decodes the escape that s begins with and returns its length, 0 if it
// is none or does not stand for a character.
func escape(s string) (char rune, size int) {
	switch s[0] {
	case '%':
		return percent(s)
	case '&':
		return reference(s)
	default:
		return backslash(s)
	}
}

// percent decodes %XX, as many as make one character of UTF-8 (RFC 3986,
// section 2.1).
func percent(s string) (char rune, size int) {
	var octets [utf8.UTFMax]byte
	for n := range octets {
		if len(s) < 3*n+3 || s[3*n] != '%' {
			break
		}
		value, digits := number(s[3*n+1:3*n+3], 16, 2)
		if digits != 2 {
			break
		}
		octets[n] = byte(value)
		if char, size := utf8.DecodeRune(octets[:n+1]); char != utf8.RuneError || size > 1 {
			return char, 3 * (n + 1)
		}
	}
	return 0, 0
}

// Bounds of character references. The standard has none for digits; the
// longest name in the table is shorter.
const (
	maxDigits = 32
	maxName   = 32
)

type entity struct {
	name string
	char rune
}

// reference decodes an HTML character reference (HTML, section 13.2.5.72).
// Names need their semicolon: `a=1&copy=2` is more likely a query.
func reference(s string) (char rune, size int) {
	if len(s) < 3 {
		return 0, 0
	}
	if s[1] != '#' {
		end := 1
		for end < len(s) && end <= maxName && alphanumeric(s[end]) {
			end++
		}
		if end == len(s) || s[end] != ';' {
			return 0, 0
		}
		name := s[1:end]
		i := sort.Search(len(entities), func(i int) bool { return entities[i].name >= name })
		if i == len(entities) || entities[i].name != name {
			return 0, 0
		}
		return entities[i].char, end + 1
	}
	base, start := uint32(10), 2
	if s[2]|0x20 == 'x' {
		base, start = 16, 3
	}
	value, digits := number(s[start:], base, maxDigits)
	size = start + digits
	if digits == 0 || !valid(value) {
		return 0, 0
	}
	if 0x80 <= value && value < 0xA0 {
		// They are read as windows-1252, and the library has the table.
		char, _ = utf8.DecodeRuneInString(html.UnescapeString(s[:size] + ";"))
	} else {
		char = rune(value)
	}
	if size < len(s) && s[size] == ';' {
		size++
	}
	return char, size
}

// maxBackslashes bounds how often a string in a string is quoted: each time,
// the backslashes double.
const maxBackslashes = 8

// backslash decodes \u0040 (also halves of surrogate pairs), \u{40}, \U00000040
// and \x40, with the backslashes before them.
func backslash(s string) (char rune, size int) {
	n := 1
	for n < len(s) && n < maxBackslashes && s[n] == '\\' {
		n++
	}
	if n == len(s) {
		return 0, 0
	}
	digits := 0
	switch rest := s[n+1:]; s[n] {
	case 'x':
		digits = 2
	case 'U':
		digits = 8
	case 'u':
		digits = 4
		if rest != "" && rest[0] == '{' {
			value, digits := number(rest[1:], 16, 8)
			if digits == 0 || !valid(value) || len(rest) < digits+2 || rest[digits+1] != '}' {
				return 0, 0
			}
			return rune(value), n + digits + 3
		}
	default:
		return 0, 0
	}
	size = n + 1 + digits
	value, got := number(s[n+1:], 16, digits)
	if got != digits {
		return 0, 0
	}
	if utf16.IsSurrogate(rune(value)) {
		// The other half is written in the same way.
		if len(s) < 2*size || s[size:size+n+1] != s[:n+1] {
			return 0, 0
		}
		low, got := number(s[size+n+1:], 16, 4)
		if char := utf16.DecodeRune(rune(value), rune(low)); got == 4 && char != utf8.RuneError {
			return char, 2 * size
		}
		return 0, 0
	}
	if !valid(value) {
		return 0, 0
	}
	return rune(value), size
}

// valid says that a number is a character's.
func valid(value uint32) bool { return value <= utf8.MaxRune && utf8.ValidRune(rune(value)) }

// number reads at most max digits. A value beyond Unicode stays beyond it.
func number(s string, base uint32, max int) (value uint32, digits int) {
	for digits < len(s) && digits < max {
		d := digit(s[digits])
		if d >= base {
			break
		}
		if value <= utf8.MaxRune {
			value = value*base + d
		}
		digits++
	}
	return value, digits
}

// digit is the value of a hexadecimal digit, 16 if c is none.
func digit(c byte) uint32 {
	switch {
	case '0' <= c && c <= '9':
		return uint32(c - '0')
	case 'a' <= c && c <= 'f':
		return uint32(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return uint32(c-'A') + 10
	}
	return 16
}

func alphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}
