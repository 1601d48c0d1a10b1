// Package normalize rewrites a text to how a reader understands it, so that a
// pattern finds what is only spelt otherwise, and keeps the way back to the
// bytes that were written.
//
// It knows nothing of patterns, policies or placeholders.
//
// What changes:
//   - Characters that show nothing are left out: Unicode's
//     Default_Ignorable_Code_Point (zero-width characters, soft hyphens,
//     direction controls, variation selectors, tags, Hangul fillers), enclosing
//     marks and annotation characters.
//   - NFKC: full-width and mathematical characters, ligatures, super- and
//     subscripts, characters in circles; letters with marks are composed.
//     Not so: Thai and Lao AM (U+0E33, U+0EB3), whose NFKC form nobody writes,
//     and what would become more than four times as long.
//   - Beyond NFKC: decimal digits of all scripts and the other circled ones
//     become ASCII digits; dashes (U+2010–U+2015), minus, U+3002 and the like
//     become the ASCII character that they stand for in numbers and addresses;
//     all spaces become U+0020, line separators a line feed.
//   - Escapes are decoded: %40 (if UTF-8 comes of it), &#64; &#x40; (also
//     without semicolon), &commat; (HTML's names of letters and of what becomes
//     ASCII), \u0040 \u{40} \U00000040 \x40 behind up to eight backslashes.
//
// What comes of an escape is rewritten in its turn, so escapes in escapes are
// decoded, four deep. Everything is linear in the length of the text, and no
// text becomes more than about four times as long.
//
// What stays: letters that only look alike (Cyrillic а), numbers in words, base64,
// quoted-printable, and bytes that are not UTF-8. Text that is written in tag
// characters is left out, not read.
package normalize

import (
	"slices"
	"unsafe"
)

//go:generate go run -C gen .

// maxPasses is how often a text is rewritten, and so how deep escapes in
// escapes are decoded.
const maxPasses = 4

// Needed says whether normalising may change s. It is fast, and false for ASCII
// without escapes and for ordinary text of most languages. It may be true where
// nothing changes; [Text.Reset] says for sure.
func Needed(s string) bool { return scan(s, 0) < len(s) }

// Text is a normalised text with the way back to the original. The zero value
// is an empty text. A Text can be used again; it is not safe for concurrent use.
type Text struct {
	text   string
	layers [maxPasses]layer
	depth  int // how many layers are in use
	out    [2][]byte
	work   cluster
}

// Reset makes t the normalised form of s, and says whether it differs from s.
// It keeps s, if it does not differ, and otherwise buffers of its own, which are
// used again: once they are large enough, nothing is allocated, and never for a
// text that does not need it. s must not be what String returned.
func (t *Text) Reset(s string) (changed bool) {
	t.text, t.depth = s, 0
	for t.depth < maxPasses {
		i := scan(t.text, 0)
		if i == len(t.text) {
			break
		}
		p := pass{src: t.text, layer: &t.layers[t.depth], out: slices.Grow(t.out[t.depth%2][:0], len(t.text)), work: &t.work}
		ok := p.run(i)
		t.out[t.depth%2] = p.out
		if !ok {
			break
		}
		// The buffer is written again in the next pass but one, when nothing
		// refers to this text any more, or after the next Reset.
		t.text = unsafe.String(unsafe.SliceData(p.out), len(p.out))
		t.depth++
	}
	return t.depth > 0
}

// String is the normalised text. It is valid until the next Reset.
func (t *Text) String() string { return t.text }

// Span is the smallest part of the original, original[from:to], that
// String()[start:end] was made of. What became one part of the text is not
// divided: escapes and composed letters belong to it as a whole. Characters that
// were left out belong to it if they stand inside, or at an end of the text that
// it reaches. Offsets between characters give offsets between characters, later
// ones never earlier ones; parts that do not overlap in the text may do so in
// the original, if they came of the same character.
func (t *Text) Span(start, end int) (from, to int) {
	for i := t.depth - 1; i >= 0; i-- {
		start, end = t.layers[i].span(start, end)
	}
	return start, end
}
