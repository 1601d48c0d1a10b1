package detect

// trail remembers of the walks of one rule in one text where they led to no
// longer match. The next walk that comes there in the same state need not go on.
// Without it, a pattern such as a(?:.*z)? would look for a z in all of the rest
// of the line behind every a.
type trail struct {
	born  *birth
	first int // the stride of the first mark
	marks []mark
	begun int // the stride that the current walk came to first
}

// mark is the state that a walk was in at a place.
type mark struct {
	at    int
	state uint32 // 0 for none
}

// trailStride is how many bytes lie between marks.
const trailStride = 64

// begin begins a walk that has a match.
func (t *trail) begin(at int) { t.begun = at/trailStride + 1 }

// forget takes the current walk's marks back: it came to a longer match.
func (t *trail) forget(at int) {
	for i := max(t.begun-t.first, 0); i < len(t.marks) && i <= at/trailStride-t.first; i++ {
		t.marks[i].state = 0
	}
	t.begin(at)
}

// known tells whether a walk that stopped at a stride leads nowhere, and
// remembers it if that is new.
func (t *trail) known(w *walker) bool {
	if t.born != w.table.born {
		t.born, t.marks = w.table.born, t.marks[:0]
	}
	stride := w.at / trailStride
	if len(t.marks) == 0 {
		t.first = stride
	}
	i := stride - t.first
	if i < 0 {
		return false
	}
	now := mark{w.at, w.state}
	if i < len(t.marks) && t.marks[i] == now {
		return true
	}
	for len(t.marks) <= i {
		t.marks = append(t.marks, mark{})
	}
	t.marks[i] = now
	return false
}
