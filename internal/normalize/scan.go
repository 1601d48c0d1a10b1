package normalize

import (
	"math/bits"
	"unicode/utf8"
)

const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
	lows  = 0x7F * ones
)

// unusual has the high bit set in the bytes of x that are not ASCII or may begin
// an escape. Below the lowest of them it is exact, above it need not be.
func unusual(x uint64) uint64 {
	// Of the bytes below 0x80, 0 alone has no high bit when 0x7F is added.
	differ := (x ^ '%'*ones + lows) & (x ^ '&'*ones + lows) & (x ^ '\\'*ones + lows)
	return (^differ | x) & highs
}

// word reads eight bytes.
func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// scan returns where in s, at i or behind, the first character begins that may
// change; len(s) if there is none. Nothing before i is considered.
func scan(s string, i int) int {
	const longRun = 16 // after so many ASCII characters there will be more
	last := uint16(0)  // the value of the character before
	ascii := longRun
	for i < len(s) {
		if ascii >= longRun && s[i] < utf8.RuneSelf {
			for len(s)-i >= 32 && unusual(word(s[i:]))|unusual(word(s[i+8:]))|unusual(word(s[i+16:]))|unusual(word(s[i+24:])) == 0 {
				i += 32
			}
			for len(s)-i >= 8 {
				if found := unusual(word(s[i:])); found != 0 {
					i += bits.TrailingZeros64(found) / 8
					break
				}
				i += 8
			}
			if i == len(s) {
				break
			}
		}
		if b := s[i]; b < utf8.RuneSelf {
			if b == '%' || b == '&' || b == '\\' {
				if _, size := escape(s[i:]); size > 0 {
					return i
				}
			}
			i++
			ascii++
			last = 0
			continue
		}
		ascii = 0
		value, size := lookup(s[i:])
		if value > lastPlain && !stays(value, last) {
			return i
		}
		last = value
		if i += size; size == 2 && i < len(s) && s[i] >= utf8.RuneSelf {
			// There will be more of that script.
			for plainTwo(s, i) {
				i += 2
				last = 0
			}
		}
	}
	return i
}

// plain has a bit for each character of two bytes that nothing happens to.
var plain = func() (table [32]uint64) {
	for char := rune(utf8.RuneSelf); char < 0x800; char++ {
		if valueOf(char) == 0 {
			table[char>>6] |= 1 << (char & 63)
		}
	}
	return table
}()

// plainTwo says that the character at a place takes two bytes, and that nothing
// happens to it.
func plainTwo(s string, i int) bool {
	return i+1 < len(s) && s[i] >= 0xC2 && s[i] < 0xE0 && s[i+1]&0xC0 == 0x80 && plain[s[i]&0x1F]>>(s[i+1]&0x3F)&1 != 0
}

// stays says that a character that is more than a letter certainly does not
// change behind another one: a mark that is never composed and in order.
func stays(value, last uint16) bool {
	return value <= lastMark && (last == 0 || lastPlain < last && properties[last].class <= properties[value].class)
}
