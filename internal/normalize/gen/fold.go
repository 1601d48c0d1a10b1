package main

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// unicodeVersion is the one that the tables are made from. x/text and the
// standard library choose theirs by the version of Go.
const unicodeVersion = "15.0.0"

// invisible are the characters that show nothing: Default_Ignorable_Code_Point
// of Unicode's DerivedCoreProperties.txt, without U+E0000–U+E0FFF, for which
// normalize needs no table.
var invisible = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x00AD, 0x00AD, 1}, // soft hyphen
		{0x034F, 0x034F, 1}, // combining grapheme joiner
		{0x061C, 0x061C, 1}, // Arabic letter mark
		{0x115F, 0x1160, 1}, // Hangul fillers
		{0x17B4, 0x17B5, 1}, // Khmer inherent vowels
		{0x180B, 0x180F, 1}, // Mongolian variation selectors, vowel separator
		{0x200B, 0x200F, 1}, // zero-width space, non-joiner, joiner, direction marks
		{0x202A, 0x202E, 1}, // direction embeddings and overrides
		{0x2060, 0x206F, 1}, // word joiner, invisible operators, direction isolates
		{0x3164, 0x3164, 1}, // Hangul filler
		{0xFE00, 0xFE0F, 1}, // variation selectors
		{0xFEFF, 0xFEFF, 1}, // byte order mark, zero-width no-break space
		{0xFFA0, 0xFFA0, 1}, // half-width Hangul filler
		{0xFFF0, 0xFFF8, 1},
	},
	R32: []unicode.Range32{
		{0x1BCA0, 0x1BCA3, 1}, // shorthand format controls
		{0x1D173, 0x1D17A, 1}, // musical format controls
	},
}

// around are signs that are drawn around or between others and are no part of
// them: enclosing marks (a digit on a key is U+0031 U+FE0F U+20E3) and
// annotation characters.
var around = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x20DD, 0x20E0, 1},
		{0x20E2, 0x20E4, 1},
		{0xFFF9, 0xFFFB, 1},
	},
}

// like are the characters, beyond NFKC, that stand for an ASCII character in
// numbers and addresses.
var like = map[rune]rune{
	// hyphens and dashes
	0x2010: '-', 0x2011: '-', 0x2012: '-', 0x2013: '-', 0x2014: '-', 0x2015: '-',
	0x2043: '-', // hyphen bullet
	0x2212: '-', // minus sign
	// full stops
	0x3002: '.', // ideographic full stop; separates labels of a host name (UTS #46)
	// slashes and colons
	0x2044: '/', // fraction slash
	0x2215: '/', // division slash
	0x2236: ':', // ratio
	0xA789: ':', // modifier letter colon
	// spaces and line ends
	0x1680: ' ', // Ogham space mark
	0x2800: ' ', // Braille pattern blank
	0x0085: '\n', 0x2028: '\n', 0x2029: '\n',
}

// series are digits and letters in circles and squares that have no
// decomposition: the first one, how many there are, and what it stands for.
var series = []struct {
	first rune
	count int
	ascii rune
}{
	{0x24F5, 9, '1'}, // double circled
	{0x24FF, 1, '0'}, // white on black
	{0x2776, 9, '1'},
	{0x2780, 9, '1'},
	{0x278A, 9, '1'},
	{0x1F10B, 1, '0'},
	{0x1F10C, 1, '0'},
	{0x1F150, 26, 'A'},
	{0x1F170, 26, 'A'},
}

// everyday are letters of Thai and Lao whose NFKC form nobody writes.
var everyday = map[rune]bool{0x0E33: true, 0x0EB3: true}

// fold maps one character of a decomposed text, -1 if it is left out.
func fold(r rune) rune {
	if unicode.Is(invisible, r) || r>>12 == 0xE0 || unicode.Is(around, r) {
		return -1
	}
	if ascii, ok := like[r]; ok {
		return ascii
	}
	for _, s := range series {
		if i := int(r - s.first); i >= 0 && i < s.count {
			return s.ascii + rune(i)
		}
	}
	if r >= utf8.RuneSelf && unicode.Is(unicode.Nd, r) {
		return '0' + digit(r)
	}
	return r
}

// digit is the value of a decimal digit. Unicode assigns them in ascending
// runs of ten, so it follows from how many stand before it.
func digit(r rune) rune {
	first := r
	for unicode.Is(unicode.Nd, first-1) {
		first--
	}
	return (r - first) % 10
}

// normal is what normalize makes of a character that stands alone.
func normal(r rune) string {
	if everyday[r] {
		return string(r)
	}
	var folded []rune
	for _, d := range norm.NFKD.String(string(r)) {
		if d = fold(d); d >= 0 {
			folded = append(folded, d)
		}
	}
	if text := norm.NFC.String(string(folded)); len(text) <= maxGrowth*utf8.RuneLen(r) {
		return text
	}
	return string(r)
}

// maxGrowth is how many times as long a character may become. It bounds the
// memory for a hostile text, and leaves alone one Arabic phrase and some of the
// squared Japanese words.
const maxGrowth = 4
