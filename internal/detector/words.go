package detector

import (
	"math/bits"
	"strings"
	"unicode/utf8"
)

// wordList are words in a form in which they are found fast.
type wordList struct {
	list []string
	// may has a bit for each word, which words can share: whether one of them can
	// have a byte as its first, second or third one. They rule out most places.
	may [3][256]uint64
	// short has the bits of words of less than three bytes.
	short uint64
}

const wordBits = 64

func newWords(list []string) *wordList {
	if len(list) == 0 {
		return nil
	}
	w := &wordList{list: list}
	for i, word := range list {
		bit := uint64(1) << (i % wordBits)
		if len(word) < len(w.may) {
			w.short |= bit
		}
		ascii := strings.IndexFunc(word, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
		known := true // the bytes of a text stand where those of the word do
		for n := range w.may {
			for c := range w.may[n] {
				wide := c >= utf8.RuneSelf
				ok := true
				switch {
				case n >= len(word) || !known:
				case word[n] == ' ' && n > 0:
					ok = c == ' ' || c == '_' || c == '-'
				case word[n] < utf8.RuneSelf:
					// Two letters have upper or lower cases that take more bytes.
					ok = !wide && lower(byte(c)) == lower(word[n]) || wide && n > 0 && !ascii && varies(word[n])
				default:
					ok = wide || n > 0 && varies(byte(c))
				}
				if ok {
					w.may[n][c] |= bit
				}
			}
			known = known && n < len(word) && (ascii || word[n] < utf8.RuneSelf && (n == 0 || !varies(word[n])))
		}
	}
	return w
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		c |= 0x20
	}
	return c
}

// varies tells of a letter that its upper or lower case may take more bytes: the
// long s and the sign of Kelvin are letters of these.
func varies(c byte) bool { return c|0x20 == 's' || c|0x20 == 'k' }

func (w *wordList) in(text string, from, to int) bool {
	if w == nil {
		return false
	}
	var one, two uint64 // those that can begin one and two bytes before
	for at, c := range []byte(text[from:max(from, to)]) {
		if three := two & w.may[2][c]; three != 0 && w.at(text, from+at-2, to, three) {
			return true
		}
		two, one = one&w.may[1][c], w.may[0][c]
	}
	two, one = two&w.short, one&w.short
	return two != 0 && w.at(text, to-2, to, two) || one != 0 && w.at(text, to-1, to, one)
}

// at tells whether one of some words stands at a place.
func (w *wordList) at(text string, at, to int, some uint64) bool {
	if !utf8.RuneStart(text[at]) || !beginsWord(text, at) {
		return false
	}
	for ; some != 0; some &= some - 1 {
		for i := bits.TrailingZeros64(some); i < len(w.list); i += wordBits {
			word := w.list[i]
			if end := at + len(word); end <= to && alike(text[at:end], word) && endsWord(text, end) {
				return true
			}
		}
	}
	return false
}
