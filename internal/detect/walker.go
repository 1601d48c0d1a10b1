package detect

import (
	"sync/atomic"
	"unicode/utf8"
)

// walker is somebody on the way through a text with an automaton.
type walker struct {
	table *table
	state uint32
	at    int // the character to read next
}

// walk goes on until a transition tells something, but reads no character from
// stop on: it returns the rules that have a match which ends before the
// character just read, and where that is. over tells that nothing can follow,
// which takes a stop beyond the text's end.
func (w *walker) walk(d *dfa, text string, stop int) (rules []uint32, end int, over bool) {
	t, state, at := w.table, w.state, w.at
	next, ascii, two := t.next, &d.ascii, d.two
	last := min(stop, len(text))
	for at < last {
		class, width := uint32(0), 1
		if b := text[at]; b < utf8.RuneSelf {
			class = uint32(ascii[b])
		} else if r, ok := ofTwo(text, at); ok && r < len(two) {
			class, width = uint32(two[r]), 2
		} else {
			class, width = d.class(text, at)
		}
		to := atomic.LoadUint32(&next[state+class])
		if int32(to) <= 0 {
			if to == 0 {
				t, to = d.step(t, state, class)
				next = t.next
			}
			if to&special != 0 {
				w.table, w.state, w.at = t, to&^special, at+width
				s := t.states[w.state/t.stride]
				return s.accepts, at, s.dead
			}
		}
		state = to
		at += width
	}
	if at > len(text) {
		return nil, len(text), true
	}
	if at >= stop {
		w.table, w.state, w.at = t, state, at
		return nil, at, false
	}
	to := atomic.LoadUint32(&next[state+d.end()])
	if to == 0 {
		t, to = d.step(t, state, d.end())
	}
	w.table, w.state, w.at = t, to&^special, len(text)+1
	return t.states[w.state/t.stride].accepts, len(text), true
}

// ofTwo decodes the character at a place if it is one of two bytes.
func ofTwo(text string, at int) (r int, ok bool) {
	b := text[at]
	if b < 0xC2 || b > 0xDF || at+1 == len(text) || text[at+1]&0xC0 != 0x80 {
		return 0, false
	}
	return int(b&0x1F)<<6 | int(text[at+1]&0x3F), true
}

// back goes from text[:w.at] to the left, over the character before limit at
// the most, and returns where the longest match begins, -1 without any. With
// first, any match will do.
func (w *walker) back(d *dfa, text string, limit int, first bool) int {
	t, state, at := w.table, w.state, w.at
	next, ascii := t.next, &d.ascii
	start := -1
	for {
		class, width := d.end(), 1
		if at > 0 {
			if b := text[at-1]; b < utf8.RuneSelf {
				class = uint32(ascii[b])
			} else {
				class, width = d.classBefore(text, at)
			}
		}
		to := atomic.LoadUint32(&next[state+class])
		if int32(to) <= 0 {
			if to == 0 {
				t, to = d.step(t, state, class)
				next = t.next
			}
			if to&special != 0 {
				to &^= special
				s := t.states[to/t.stride]
				if len(s.accepts) > 0 {
					start = at
					if first {
						return start
					}
				}
				if s.dead {
					return start
				}
			}
		}
		if at <= limit {
			return start
		}
		state = to
		at -= width
	}
}
