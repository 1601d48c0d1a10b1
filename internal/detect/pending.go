package detect

import (
	"unicode/utf8"
	"unsafe"
)

// pending is the part of a text that is not decided yet. Places are counted
// from the beginning of the whole text.
//
// It keeps the text twice: in one piece to search in, and in the pieces that
// arrived, so that what nothing is found in is handed on as it came.
type pending struct {
	bytes  []byte // from base on
	base   int
	start  int      // what lies before it is decided; not before base
	last   rune     // the character before base, as far as conditions need it
	pieces []string // from start on
	piece  int      // the first piece that is not handed on
}

func (t *pending) reset() {
	*t = pending{bytes: t.bytes[:0], pieces: t.pieces[:0], last: endOfText}
}

func (t *pending) add(text string) {
	t.bytes = append(t.bytes, text...)
	t.pieces = append(t.pieces, text)
}

func (t *pending) end() int { return t.base + len(t.bytes) }

func (t *pending) byteAt(at int) byte { return t.bytes[at-t.base] }

func (t *pending) slice(from, to int) []byte { return t.bytes[from-t.base : to-t.base] }

func (t *pending) runeAt(at int) (r rune, width int) {
	if b := t.byteAt(at); b < utf8.RuneSelf {
		return rune(b), 1
	}
	return utf8.DecodeRune(t.bytes[at-t.base:])
}

// before returns the character before a place. Conditions ask for ASCII only,
// so all others are one.
func (t *pending) before(at int) rune {
	if at == t.base {
		return t.last
	}
	if b := t.byteAt(at - 1); b < utf8.RuneSelf {
		return rune(b)
	}
	return utf8.RuneError
}

// view returns the text from base to a place. It is good until text is added.
func (t *pending) view(to int) string {
	if to == t.base {
		return ""
	}
	return unsafe.String(&t.bytes[0], to-t.base)
}

// complete returns the place up to which the characters are there in full.
func (t *pending) complete() int {
	for i := len(t.bytes) - 1; i >= 0 && i > len(t.bytes)-utf8.UTFMax; i-- {
		if utf8.RuneStart(t.bytes[i]) {
			if !utf8.FullRune(t.bytes[i:]) {
				return t.base + i
			}
			break
		}
	}
	return t.end()
}

// pass hands on the text up to a place as what no rule describes.
func (t *pending) pass(parts []Part, to int) []Part {
	for t.start < to {
		parts = append(parts, Part{t.cut(to - t.start), NoRule})
	}
	return parts
}

// take hands on the text up to a place as a finding.
func (t *pending) take(parts []Part, to, rule int) []Part {
	text := t.cut(to - t.start)
	if t.start < to {
		whole := make([]byte, 0, len(text)+to-t.start)
		whole = append(whole, text...)
		for t.start < to {
			whole = append(whole, t.cut(to-t.start)...)
		}
		text = string(whole)
	}
	return append(parts, Part{text, rule})
}

// cut takes at most n bytes of the first piece away.
func (t *pending) cut(n int) string {
	piece := t.pieces[t.piece]
	if n < len(piece) {
		t.pieces[t.piece] = piece[n:]
		piece = piece[:n]
	} else {
		t.pieces[t.piece] = ""
		t.piece++
	}
	t.start += len(piece)
	return piece
}

// tidy lets go of the text before a place, unless that is little beside the
// rest: then moving the rest would cost more than it is worth.
func (t *pending) tidy(to int) {
	if to > t.base {
		to = t.base + boundary(t.view(t.end()), to-t.base, 0)
	}
	if n := to - t.base; n > 0 && n >= len(t.bytes)/2 {
		t.last = t.before(to)
		t.bytes = t.bytes[:copy(t.bytes, t.bytes[n:])]
		t.base = to
	}
	if t.piece > 0 && t.piece >= len(t.pieces)/2 {
		rest := copy(t.pieces, t.pieces[t.piece:])
		clear(t.pieces[rest:])
		t.pieces, t.piece = t.pieces[:rest], 0
	}
}
