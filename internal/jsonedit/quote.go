package jsonedit

import (
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/krakend-redact/krakend-redact/internal/scratch"
)

// CodeUnit reads the UTF-16 code unit of a \uXXXX escape at the beginning of s.
func CodeUnit(s string) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	var r rune
	for i := 2; i < 6; i++ {
		c := s[i]
		switch {
		case isDigit(c):
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// simple are the characters that escapes of one letter stand for, 0 for no such
// escape.
var simple = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unescape decodes the escape at the beginning of s. Half of a surrogate pair
// on its own is no character; it is decoded to the three bytes that UTF-8
// would have for it, which [AppendQuoted] turns back into the same escape.
//
// What is no valid escape is decoded to itself: a text that comes in pieces may
// be broken.
func unescape(dst []byte, s string) (out []byte, size int) {
	if len(s) >= 2 && simple[s[1]] != 0 {
		return append(dst, simple[s[1]]), 2
	}
	r, ok := CodeUnit(s)
	if !ok {
		return append(dst, s[0]), 1
	}
	if low, ok := CodeUnit(s[6:]); ok {
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			return utf8.AppendRune(dst, pair), 12
		}
	}
	if utf16.IsSurrogate(r) {
		return append(dst, 0xe0|byte(r>>12), 0x80|byte(r>>6)&0xbf, 0x80|byte(r)&0xbf), 6
	}
	return utf8.AppendRune(dst, r), 6
}

// Unquote decodes the escapes of a text that [Walk] has visited.
func Unquote(raw string) string {
	if strings.IndexByte(raw, '\\') < 0 {
		return raw
	}
	var small [256]byte
	if len(raw) <= len(small) {
		return string(AppendUnquoted(small[:0], raw))
	}
	var text scratch.Text
	plain := strings.Clone(text.Build(func(room []byte) []byte { return AppendUnquoted(room, raw) }))
	text.Release()
	return plain
}

// AppendUnquoted appends what [Unquote] returns.
func AppendUnquoted(dst []byte, raw string) []byte {
	dst = slices.Grow(dst, len(raw)) // no escape is shorter than what it stands for
	for {
		next := strings.IndexByte(raw, '\\')
		if next < 0 {
			return append(dst, raw...)
		}
		dst = append(dst, raw[:next]...)
		size := 0
		dst, size = unescape(dst, raw[next:])
		raw = raw[next+size:]
	}
}

// RawOffsets turns offsets in Unquote(raw), in ascending order, into offsets in
// raw, in place. An offset inside of an escape becomes the escape's beginning,
// or its end when atEnd says that the offset ends a range.
func RawOffsets(raw string, offsets []int, atEnd func(i int) bool) {
	var scratch [4]byte
	rawAt, at, i := 0, 0, 0
	for i < len(offsets) {
		next := strings.IndexByte(raw[rawAt:], '\\')
		if next < 0 {
			next = len(raw) - rawAt
		}
		for i < len(offsets) && offsets[i] <= at+next {
			offsets[i] += rawAt - at
			i++
		}
		rawAt, at = rawAt+next, at+next
		if rawAt == len(raw) {
			return
		}
		decoded, size := unescape(scratch[:0], raw[rawAt:])
		for i < len(offsets) && offsets[i] < at+len(decoded) {
			offsets[i] = rawAt
			if atEnd(i) {
				offsets[i] += size
			}
			i++
		}
		rawAt, at = rawAt+size, at+len(decoded)
	}
}

// AppendQuoted appends s as it must stand between the quotes of a JSON string.
// Only what must be escaped is; invalid UTF-8 stays as it is.
func AppendQuoted(dst []byte, s string) []byte {
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if plain[c] && !(c == 0xed && isHalfPair(s[i:])) {
			continue
		}
		dst = append(dst, s[start:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		case 0xed:
			unit := uint16(0xd)<<12 | uint16(s[i+1]&0x3f)<<6 | uint16(s[i+2]&0x3f)
			dst = appendUnit(dst, unit)
			i += 2
		default:
			dst = appendUnit(dst, uint16(c))
		}
		start = i + 1
	}
	return append(dst, s[start:]...)
}

// Quote returns s as it must stand between the quotes of a JSON string, which is
// s itself if nothing must be escaped.
func Quote(s string) string {
	if plainUpTo(s, 0) < len(s) || strings.IndexByte(s, 0xed) >= 0 {
		return string(AppendQuoted(nil, s))
	}
	return s
}

// isHalfPair tells whether s begins with the three bytes of half a surrogate
// pair.
func isHalfPair(s string) bool {
	return len(s) >= 3 && s[1] >= 0xa0 && s[1] <= 0xbf && s[2] >= 0x80 && s[2] <= 0xbf
}

func appendUnit(dst []byte, unit uint16) []byte {
	const hex = "0123456789abcdef"
	return append(dst, '\\', 'u', hex[unit>>12], hex[unit>>8&0xf], hex[unit>>4&0xf], hex[unit&0xf])
}
