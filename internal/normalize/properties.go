package normalize

import "unicode/utf8"

// property is what the tables say of a character. The kinds stand in order: 0
// is for those that nothing happens to; up to lastPlain are compositions that
// stay; up to lastMark marks that stay, if they are in order; up to lastBack
// what may be composed with what stands before it; beyond are those that become
// another text, and dropped.
type property struct {
	offset uint16 // of the text in texts: what it becomes, or its parts if it stays
	length uint8
	class  uint8 // Canonical_Combining_Class
}

func (p *property) text() string { return texts[p.offset:][:p.length] }

// valueOf returns the place of a character's property, or dropped.
func valueOf(char rune) uint16 {
	if block := uint(char) >> 6; block < uint(len(index)) {
		return blocks[index[block]][char&63]
	}
	// Tags, variation selectors and those that are to come.
	if char>>12 == 0xE0 {
		return dropped
	}
	return 0
}

// lookup returns the value and the length of the character that s begins with.
// A byte that is not UTF-8 is a character that nothing happens to.
func lookup(s string) (value uint16, size int) {
	if s == "" {
		return 0, 0
	}
	// A byte of UTF-8 carries six bits, just as many as there are characters in
	// a block. What is not as usual is left to the library. (Surrogates are not
	// UTF-8, but nothing happens to them either.)
	switch b := s[0]; {
	case b < utf8.RuneSelf:
		return 0, 1
	case 0xC2 <= b && b < 0xE0 && len(s) >= 2 && s[1]&0xC0 == 0x80:
		return blocks[index[b&0x1F]][s[1]&0x3F], 2
	case 0xE0 < b && b < 0xF0 && len(s) >= 3 && s[1]&0xC0 == 0x80 && s[2]&0xC0 == 0x80:
		return blocks[index[uint(b&0x0F)<<6|uint(s[1]&0x3F)]][s[2]&0x3F], 3
	}
	char, size := utf8.DecodeRuneInString(s)
	return valueOf(char), size
}
