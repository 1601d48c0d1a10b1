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
	// Before until, lanes have proved to be of no use, for alone bytes. Only passes have any.
	until, alone int
}

// walk goes on until a transition tells something, but reads no character from
// stop on: it returns the rules that have a match which ends before the
// character just read, and where that is. over tells that nothing can follow,
// which takes a stop beyond the text's end.
func (w *walker) walk(d *dfa, text string, stop int) (rules []uint32, end int, over bool) {
	t, state, at := w.table, w.state, w.at
	next, ascii := t.next, &d.ascii
	last, none := min(stop, len(text)), d.none()
	for at < last {
		class, width := uint32(0), 1
		if b := text[at]; b < utf8.RuneSelf {
			class = uint32(ascii[b])
		} else if c := d.ofTwo(text, at); c != none {
			class, width = c, 2
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

// ofTwo returns the class of the character at a place if it is one of two bytes,
// in the pass over a text, else none.
func (d *dfa) ofTwo(text string, at int) uint32 {
	first := text[at]
	if first >= firstLeading+blocks-2 || d.columns == nil || at+1 == len(text) {
		return d.none()
	}
	return uint32(d.columns[column(first, text[at+1])])
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
