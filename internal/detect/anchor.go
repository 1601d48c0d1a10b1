package detect

import "sync/atomic"

// anchored is [dfa.begin] for a match that begins nowhere but there.
func (d *dfa) anchored(class uint32) (*table, uint32) {
	t := d.table.Load()
	if at := t.start(t.stride + class); at != 0 {
		return t, at
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	s := state{flags: d.place(class)}
	d.maker.reset()
	if d.sides[0].holdBefore(s.flags) {
		d.maker.follow(d.starts[0], unknown, true)
		s.steps = d.maker.list
	}
	at := d.intern(s) &^ special
	t = d.table.Load()
	atomic.StoreUint32(&t.starts[t.stride+class], at)
	return t, at
}

// underWay returns a table and the state in it of a search that is in a state of t
// and looks for nothing more than what is under way.
func (d *dfa) underWay(t *table, at uint32) (*table, uint32) {
	s := t.states[at/t.stride]
	alone := atomic.LoadUint32(&s.alone)
	if now := d.table.Load(); alone != 0 && now.born == t.born {
		return now, alone
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	alone = d.intern(state{steps: s.steps, flags: s.flags &^ flagSearch}) &^ special
	now := d.table.Load()
	if now.born == t.born {
		atomic.StoreUint32(&s.alone, alone)
	}
	return now, alone
}
