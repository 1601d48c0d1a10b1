package detect

import "sync/atomic"

// watch goes over a streamed text with an automaton of many rules and tells
// which of them can have a match under way.
type watch struct {
	dfa    *dfa
	walker walker
}

func newWatch(d *dfa) watch {
	w := watch{dfa: d}
	w.begin()
	return w
}

// begin begins a text.
func (w *watch) begin() {
	w.walker.table, w.walker.state = w.dfa.begin(w.dfa.end())
	w.walker.at = 0
}

// over goes on up to a place and adds to live the rules that have a match under
// way somewhere on the way. Places are counted from the beginning of the text,
// of which text begins at base.
func (w *watch) over(text string, base, limit int, live bitset) {
	d, t, state, at := w.dfa, w.walker.table, w.walker.state, w.walker.at-base
	for at < limit-base {
		class, width := d.class(text, at)
		to := atomic.LoadUint32(&t.next[state+class])
		if to == 0 {
			t, to = d.step(t, state, class)
		}
		state = to &^ special
		for i, bits := range t.states[state/t.stride].live {
			live[i] |= bits
		}
		at += width
	}
	w.walker.table, w.walker.state, w.walker.at = t, state, at+base
}
