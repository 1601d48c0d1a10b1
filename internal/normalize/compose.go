package normalize

import (
	"slices"
	"unicode/utf8"
)

// cluster composes a letter and its marks, in the steps of the Unicode
// Standard, section 3.11: decompose, sort the marks, compose.
type cluster struct {
	chars   []rune
	classes []uint8 // Canonical_Combining_Class of each; 0 does not change its place
	text    []byte
}

func (c *cluster) reset() {
	c.chars, c.classes, c.text = c.chars[:0], c.classes[:0], c.text[:0]
}

// add appends a character that stays or may be composed with the one before,
// decomposed, each mark behind those of its class.
func (c *cluster) add(char rune) {
	value := valueOf(char)
	if value <= lastPlain || properties[value].length == 0 {
		c.decompose(char)
		return
	}
	for _, part := range properties[value].text() {
		c.decompose(part)
	}
}

// The Hangul syllables are computed: the Unicode Standard, section 3.12.
const (
	hangulS, hangulL, hangulV, hangulT                     = 0xAC00, 0x1100, 0x1161, 0x11A7
	hangulCountL, hangulCountV, hangulCountT, hangulCountS = 19, 21, 28, hangulCountL * hangulCountV * hangulCountT
)

func (c *cluster) decompose(char rune) {
	value := valueOf(char)
	switch s := char - hangulS; {
	case 0 <= s && s < hangulCountS:
		c.insert(hangulL+s/(hangulCountV*hangulCountT), 0)
		c.insert(hangulV+s/hangulCountT%hangulCountV, 0)
		if t := s % hangulCountT; t > 0 {
			c.insert(hangulT+t, 0)
		}
	case 0 < value && value <= lastPlain:
		for _, part := range properties[value].text() {
			c.insert(part, class(part))
		}
	default:
		c.insert(char, class(char))
	}
}

func class(char rune) uint8 {
	if value := valueOf(char); value <= lastBack {
		return properties[value].class
	}
	return 0
}

func (c *cluster) insert(char rune, class uint8) {
	i := len(c.chars)
	c.chars, c.classes = append(c.chars, char), append(c.classes, class)
	for class > 0 && i > 0 && c.classes[i-1] > class {
		c.chars[i], c.classes[i] = c.chars[i-1], c.classes[i-1]
		i--
	}
	c.chars[i], c.classes[i] = char, class
}

// composed returns the text; it is valid until the next one.
func (c *cluster) composed() []byte {
	const none = -1
	starter, last, n := none, none, 0 // last is the class of what follows the starter
	for i, char := range c.chars {
		class := int(c.classes[i])
		if starter != none && last < class {
			if both := pair(c.chars[starter], char); both != 0 {
				c.chars[starter] = both
				continue
			}
		}
		if last = class; class == 0 {
			starter, last = n, none
		}
		c.chars[n] = char
		n++
	}
	for _, char := range c.chars[:n] {
		c.text = utf8.AppendRune(c.text, char)
	}
	return c.text
}

// pair returns what a and b are composed to, 0 if they are not.
func pair(a, b rune) rune {
	switch l, v, s, t := a-hangulL, b-hangulV, a-hangulS, b-hangulT; {
	case 0 <= l && l < hangulCountL && 0 <= v && v < hangulCountV:
		return hangulS + (l*hangulCountV+v)*hangulCountT
	case 0 <= s && s < hangulCountS && s%hangulCountT == 0 && 0 < t && t < hangulCountT:
		return a + t
	}
	key := uint64(a)<<40 | uint64(b)<<20
	if i, _ := slices.BinarySearch(compositions[:], key); i < len(compositions) && compositions[i]>>20 == key>>20 {
		return rune(compositions[i] & 0xFFFFF)
	}
	return 0
}
