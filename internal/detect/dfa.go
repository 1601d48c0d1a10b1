package detect

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
	"sync"
	"sync/atomic"
)

// mode is what a deterministic automaton looks for.
type mode uint8

const (
	// modeAny tells every place where a match of any rule ends, wherever it began.
	modeAny mode = iota
	// modeFirst tells the end of the match that Go's regexp finds first.
	modeFirst
	// modeFixed tells every place where a match ends that began at the start.
	modeFixed
)

// dfa is a deterministic automaton that is built while it is used. All who walk
// it share what is built: they read the table without a lock, and take one only
// for what is missing.
//
// A match that ends before a character is told with the transition over that
// character, which alone decides whether a \b or $ holds there. So texts end
// with a transition over [automaton.end].
type dfa struct {
	*automaton
	mode mode
	// columns are for the pass over a text only.
	columns *columns
	table   atomic.Pointer[table]

	mu    sync.Mutex
	limit int // of bytes of a table, beyond which it is begun anew
	maker maker
	// full tells that the table had to be begun anew, and lost is what it was.
	full atomic.Bool
	lost *table
}

// table has a row for each state: where each class leads. States are known by
// where their row begins. A table that grows keeps the states that it has; one
// that is begun anew does not.
type table struct {
	stride uint32
	// next holds 0 for what is not known yet, and the state with special where
	// there is more to know than where to go on.
	next   []uint32
	states []*state // of each row
	// starts are the states of a search that begins behind each class, and then
	// those of a match that does.
	starts []uint32
	// born is the same for tables that know the same states.
	born *birth
}

// birth is what tables share that grew from one another. The dfa's lock guards it.
type birth struct {
	known map[string]uint32
	rows  int
	bytes int
}

// special marks transitions to states that accept or are dead.
const special = 1 << 31

// state is a set of steps under way, in the order of preference where that counts.
type state struct {
	steps   []uint32
	accepts []uint32 // the rules whose matches ended before the last character
	flags   uint32
	dead    bool
	live    bitset // the rules with steps under way, nil without any
	// alone is the state of a search from here on that nothing more begins in, 0
	// as long as it is not known.
	alone uint32
}

// flags of states.
const (
	flagWord    = 1 << iota // the last character is one of a word
	flagNewline             // it is the end of a line
	flagBegin               // there is none
	flagSearch              // matches can still begin
	flagSide                // and on: the last character is one that a rule asks for before a match
)

func newDFA(n *automaton, m mode, limit int) *dfa {
	d := &dfa{automaton: n, mode: m, limit: limit}
	d.maker.init(n)
	if m == modeAny {
		d.columns = newColumns(n)
	}
	d.table.Store(d.newTable(16))
	return d
}

func (d *dfa) newTable(rows int) *table {
	stride := uint32(d.classes + 1)
	if d.columns != nil {
		stride = d.none() + 1
	}
	return &table{
		stride: stride,
		next:   make([]uint32, rows*int(stride)),
		states: make([]*state, rows),
		starts: make([]uint32, 2*stride),
		born:   &birth{known: map[string]uint32{}, rows: 1, bytes: 4 * rows * int(stride)},
	}
}

// start returns a state of starts, 0 if that is not known yet. What has grown from
// the table meanwhile can have one that the table has no row for.
func (t *table) start(i uint32) uint32 {
	if at := atomic.LoadUint32(&t.starts[i]); int(at) < len(t.next) {
		return at
	}
	return 0
}

// begin returns a table and the state in it of a search that begins behind a
// class.
func (d *dfa) begin(class uint32) (*table, uint32) {
	t := d.table.Load()
	if at := t.start(class); at != 0 {
		return t, at
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	s := state{flags: d.place(class)}
	d.maker.reset()
	if d.mode == modeFixed {
		d.maker.follow(d.starts[0], unknown, false)
		s.steps = d.maker.list
	} else {
		s.flags |= flagSearch
	}
	at := d.intern(s)
	t = d.table.Load()
	atomic.StoreUint32(&t.starts[class], at&^special)
	return t, at &^ special
}

// step returns where a class leads from a state of t, which the table does not
// tell yet, and the table in which that is to be read.
func (d *dfa) step(t *table, from, class uint32) (*table, uint32) {
	d.mu.Lock()
	defer d.mu.Unlock()
	source := t.states[from/t.stride]
	now := d.table.Load()
	if now.born != t.born {
		from = d.intern(*source) &^ special
		now = d.table.Load()
	}
	if to := atomic.LoadUint32(&now.next[from+class]); to != 0 {
		return now, to
	}
	to := d.intern(d.maker.move(d.mode, source, class))
	if last := d.table.Load(); last.born == now.born {
		atomic.StoreUint32(&last.next[from+class], to)
	} // or else the table was begun anew, without the state that we come from
	return d.table.Load(), to
}

// intern returns the number of a state in the current table, which it makes
// larger or begins anew if need be.
func (d *dfa) intern(s state) uint32 {
	s.flags = d.maker.needed(&s)
	key := d.maker.keyOf(&s)
	t := d.table.Load()
	if at, ok := t.born.known[string(key)]; ok {
		return at
	}
	if t.born.rows == len(t.states) {
		t = d.grow(t)
	}
	kept := &state{
		steps:   slices.Clone(s.steps),
		accepts: slices.Clone(s.accepts),
		flags:   s.flags,
		dead:    len(s.steps) == 0 && s.flags&flagSearch == 0,
	}
	if d.mode == modeAny && len(s.steps) > 0 {
		kept.live = newBitset(d.rules[len(d.rules)-1] + 1)
		for _, at := range s.steps {
			kept.live.add(d.rules[d.patternOf[at]])
		}
	}
	at := uint32(t.born.rows) * t.stride
	t.states[t.born.rows] = kept
	t.born.rows++
	t.born.bytes += 128 + len(key) + 4*len(s.steps) + 4*len(s.accepts)
	if kept.dead || len(kept.accepts) > 0 {
		at |= special
	}
	t.born.known[string(key)] = at
	return at
}

func (d *dfa) grow(t *table) *table {
	bytes := 4 * len(t.next)
	if t.born.bytes+bytes > d.limit {
		d.lost = t
		d.full.Store(true)
		t = d.newTable(16)
		d.table.Store(t)
		return t
	}
	grown := &table{
		stride: t.stride,
		next:   make([]uint32, 2*len(t.next)),
		states: make([]*state, 2*len(t.states)),
		starts: t.starts,
		born:   t.born,
	}
	copy(grown.next, t.next)
	copy(grown.states, t.states)
	grown.born.bytes += bytes
	d.table.Store(grown)
	return grown
}

// maker makes states. It is what a dfa needs for a moment only.
type maker struct {
	*automaton
	seen    marks
	list    []uint32
	other   []uint32
	accepts []uint32
	stack   []uint32
	key     []byte
}

func (m *maker) init(n *automaton) {
	m.automaton = n
	m.seen.of = make([]uint32, len(n.steps))
}

func (m *maker) reset() {
	m.seen.reset()
	m.list = m.list[:0]
}

// move returns where a class leads from a state. The result is good until the
// next call.
func (m *maker) move(how mode, s *state, class uint32) state {
	conditions := m.conditions(s.flags, class)
	m.reset()
	cut, ended := how == modeFirst, false
	for _, at := range s.steps {
		if ended = m.follow(at, conditions, cut); ended {
			break
		}
	}
	if s.flags&flagSearch != 0 && !ended {
		own := len(m.list)
		for i, start := range m.starts {
			if m.sides[i].holdBefore(s.flags) {
				m.follow(start, conditions, cut)
			}
		}
		if how == modeAny {
			m.dropMatches(own)
		}
	}
	here := append(m.other[:0], m.list...)
	m.other = here
	m.accepts = m.accepts[:0]
	m.reset()
	to := state{}
	if class != m.end() {
		to.flags = m.place(class) | s.flags&flagSearch
	}
	for _, at := range here {
		step := &m.steps[at]
		if step.op == syntax.InstMatch {
			if m.holdAfter(m.patternOf[at], class) {
				m.accepts = append(m.accepts, step.arg)
			}
			if how == modeFirst {
				to.flags &^= flagSearch
				break
			}
			continue
		}
		if class != m.end() && m.takes[step.arg].has(int(class)) && m.follow(step.out, unknown, cut) {
			// What is left is less preferred than this match.
			to.flags &^= flagSearch
			break
		}
	}
	if how != modeFirst {
		slices.Sort(m.list)
		slices.Sort(m.accepts)
		m.accepts = slices.Compact(m.accepts)
	}
	to.steps, to.accepts = m.list, m.accepts
	return to
}

// dropMatches takes empty matches out of the list from a place on: they are no
// findings.
func (m *maker) dropMatches(from int) {
	kept := m.list[:from]
	for _, at := range m.list[from:] {
		if m.steps[at].op != syntax.InstMatch {
			kept = append(kept, at)
		}
	}
	m.list = kept
}

// conditions returns the assertions that hold between two characters.
func (m *maker) conditions(before uint32, class uint32) syntax.EmptyOp {
	var ops syntax.EmptyOp
	if before&flagBegin != 0 {
		ops |= syntax.EmptyBeginText | syntax.EmptyBeginLine
	}
	if before&flagNewline != 0 {
		ops |= syntax.EmptyBeginLine
	}
	word := before&flagWord != 0
	if class == m.end() {
		ops |= syntax.EmptyEndText | syntax.EmptyEndLine
	} else {
		if m.kinds[class]&flagNewline != 0 {
			ops |= syntax.EmptyEndLine
		}
		if m.kinds[class]&flagWord != 0 {
			word = !word
		}
	}
	if word {
		return ops | syntax.EmptyWordBoundary
	}
	return ops | syntax.EmptyNoWordBoundary
}

// follow appends to list where a step leads without a character, in the order
// of preference. With cut, everything less preferred gives way to a match that
// ends there, and follow tells that there is one. A step that leads to a
// condition that is unknown stays as it is then: which way is preferred can
// depend on it.
func (m *maker) follow(from uint32, conditions syntax.EmptyOp, cut bool) (ended bool) {
	before, asks := len(m.list), false
	stack := append(m.stack[:0], from)
	for len(stack) > 0 && !ended {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for m.seen.add(at) {
			s := &m.steps[at]
			switch s.op {
			case syntax.InstAlt:
				stack = append(stack, s.arg)
				at = s.out
				continue
			case syntax.InstNop:
				at = s.out
				continue
			case syntax.InstEmptyWidth:
				if conditions == unknown {
					asks = true
					m.list = append(m.list, at)
				} else if syntax.EmptyOp(s.arg)&^conditions == 0 {
					at = s.out
					continue
				}
			case syntax.InstFail:
			default:
				m.list = append(m.list, at)
				ended = cut && s.op == syntax.InstMatch
			}
			break
		}
	}
	m.stack = stack
	if asks && cut {
		m.list = append(m.list[:before], from)
	}
	return ended
}

// needed leaves the flags of a state that can make a difference.
func (m *maker) needed(s *state) uint32 {
	var asks syntax.EmptyOp
	if s.flags&flagSearch != 0 {
		asks = m.asked
	}
	for _, at := range s.steps {
		asks |= m.steps[at].reach
	}
	keep := uint32(flagSearch)
	if s.flags&flagSearch != 0 {
		keep = ^uint32(flagSide-1) | flagSearch
	}
	if asks&asksWord != 0 {
		keep |= flagWord
	}
	if asks&syntax.EmptyBeginLine != 0 {
		keep |= flagNewline | flagBegin
	}
	if asks&syntax.EmptyBeginText != 0 {
		keep |= flagBegin
	}
	return s.flags & keep
}

func (m *maker) keyOf(s *state) []byte {
	key := binary.AppendUvarint(m.key[:0], uint64(s.flags))
	key = binary.AppendUvarint(key, uint64(len(s.accepts)))
	for _, rule := range s.accepts {
		key = binary.AppendUvarint(key, uint64(rule))
	}
	for _, at := range s.steps {
		key = binary.AppendUvarint(key, uint64(at))
	}
	m.key = key
	return key
}
