package detect

import (
	"sync/atomic"
	"unicode/utf8"
)

// Each look-up of a pass has to wait for the one before it. So several pieces of
// a long text are gone through side by side, each from the state of a search that
// begins there, to learn what the automaton does in them. Wherever the pass itself
// comes to a place in a state that a piece was gone through in, it does the same
// from there on, and need not go.

// lanes is the number of pieces.
const lanes = 4

// A piece has about usualPiece bytes at most. In less than a shortest part of that,
// going alone takes no longer.
const (
	usualPiece = 512
	shortest   = 8
)

// long tells whether so many bytes are enough for lanes.
func (e *Engine) long(bytes int) bool { return bytes >= lanes*e.piece/shortest }

// point is a place in a piece, counted from its beginning, and the state there, in
// which a pass can fall into step. If the state has special, it is the one behind the
// character at the place, over which the automaton told of what ends before it.
type point struct{ at, state uint32 }

// maxPoints bounds the points of a piece.
const maxPoints = 40

// lane is on the way through a piece.
type lane struct {
	start, limit int
	at           int
	state        uint32
	count        int
	points       [maxPoints]point
}

// note takes note of a point where the lane is, if the state is known and there is room.
func (l *lane) note(state uint32) (ok bool) {
	if state == 0 || l.count == maxPoints {
		return false
	}
	l.points[l.count] = point{uint32(l.at - l.start), state}
	l.count++
	return true
}

// field is several lanes through a text, with one table.
type field struct {
	dfa   *dfa
	table *table
	text  string
	size  int // of a piece
	// patience is how many more characters may take longer.
	patience int
	// many counts characters of two bytes, and wide tells that they are so many that
	// goWide is faster.
	many  int
	wide  bool
	lanes [lanes]lane
}

// enter puts the first lane where a pass is and the others at places behind it, as
// far as stop. It fails if there is too little text, or no table for all.
func (f *field) enter(w *walker, stop, usual int) (ok bool) {
	stop = min(stop, len(f.text)-1)
	f.size = min(usual, (stop-w.at)/lanes)
	if f.size < usual/shortest || f.size <= 0 {
		return false
	}
	f.table, f.many, f.wide, f.patience = w.table, 0, false, 32
	at := w.at
	for i := range f.lanes {
		l := &f.lanes[i]
		l.start, l.at, l.count = at, at, 0
		if i == 0 {
			l.state = w.state
		} else if f.table, l.state = f.dfa.begin(f.dfa.placeAt(f.text, at)); f.table.born != w.table.born {
			return false
		}
		l.note(l.state)
		if i < lanes-1 {
			at = apart(f.text, at+f.size, f.size/8)
		} else {
			at = min(at+f.size, stop)
		}
		l.limit = at
	}
	return f.lanes[lanes-1].start < stop
}

// apart returns a place at or behind another where a character begins: behind what
// is no part of a word, if that is near. There, passes are in few different states.
func apart(text string, at, near int) int {
	last := min(at+near, len(text))
	for i := at; i < last; i++ {
		if text[i] < '0' {
			return i + 1
		}
	}
	return boundary(text, at, 0)
}

// run goes through the lanes until one of them is at its end. The pass gets the
// chance to fall into step with a lane at its beginning, once later, and where the
// automaton tells something.
func (f *field) run() {
	for _, share := range [...]int{f.size / 8, 2 * f.size} {
		for n := f.left(share); n > 0; n = f.left(share) {
			if !f.wide {
				if stopped := f.goNarrow(n); stopped < lanes && !f.step(&f.lanes[stopped]) {
					return
				}
				continue
			}
			f.goWide(n)
			for i := range f.lanes {
				if !f.step(&f.lanes[i]) {
					return
				}
			}
		}
		for i := range f.lanes {
			if l := &f.lanes[i]; !l.note(l.state) {
				return
			}
		}
	}
}

// More characters of two bytes than a few, and one for so many bytes of a lane, make
// it worth while to expect one everywhere, instead of stopping at each.
const (
	few    = 4
	sparse = 16
)

// left returns how many bytes are left in each lane of the first ones of a piece.
func (f *field) left(share int) int {
	n := share
	for i := range f.lanes {
		l := &f.lanes[i]
		n = min(n, min(l.limit, l.start+share)-l.at)
	}
	return n
}

// step reads any character. It fails if the lanes should not go on.
func (f *field) step(l *lane) (ok bool) {
	if l.at >= l.limit {
		return true
	}
	class, width := f.dfa.class(f.text, l.at)
	to := atomic.LoadUint32(&f.table.next[l.state+class])
	if to == 0 || width > 2 {
		if f.patience--; f.patience < 0 {
			return false
		}
	}
	if to == 0 {
		var t *table
		if t, to = f.dfa.step(f.table, l.state, class); t.born != f.table.born {
			return false
		}
		f.table = t
	}
	if width > 1 {
		f.many++
		f.wide = f.wide || f.many > few+(l.at-l.start)/sparse
	}
	if to&special != 0 && !l.note(to) {
		return false
	}
	l.at += width
	l.state = to &^ special
	return true
}

// goNarrow reads up to n bytes in each lane, as long as each is a character that is
// known to lead somewhere. It returns the lane that stopped before one that is not, or
// [lanes].
func (f *field) goNarrow(n int) int {
	l := &f.lanes
	next, columns := f.table.next, f.dfa.columns
	inA, inB, inC, inD := l[0].state, l[1].state, l[2].state, l[3].state
	for {
		a, b := f.text[l[0].at:l[0].at+n], f.text[l[1].at:l[1].at+n]
		c, d := f.text[l[2].at:l[2].at+n], f.text[l[3].at:l[3].at+n]
		i, stopped := 0, lanes
		for ; i < len(a) && i < len(b) && i < len(c) && i < len(d); i++ {
			toA := atomic.LoadUint32(&next[inA+uint32(columns[a[i]])])
			if int32(toA) <= 0 {
				stopped = 0
				break
			}
			inA = toA
			toB := atomic.LoadUint32(&next[inB+uint32(columns[b[i]])])
			if int32(toB) <= 0 {
				stopped = 1
				break
			}
			inB = toB
			toC := atomic.LoadUint32(&next[inC+uint32(columns[c[i]])])
			if int32(toC) <= 0 {
				stopped = 2
				break
			}
			inC = toC
			toD := atomic.LoadUint32(&next[inD+uint32(columns[d[i]])])
			if int32(toD) <= 0 {
				stopped = 3
				break
			}
			inD = toD
		}
		// Those before the one that stopped have read one more. The others follow.
		in := [lanes]uint32{inA, inB, inC, inD}
		for j := range l {
			l[j].at += i
			if j < stopped%lanes {
				l[j].at++
			}
		}
		for ; stopped < lanes; stopped++ {
			l := &l[stopped]
			to := atomic.LoadUint32(&next[in[stopped]+uint32(columns[f.text[l.at]])])
			if int32(to) <= 0 && !l.note(to) {
				break
			}
			l.at++
			in[stopped] = to &^ special
		}
		if n -= i + 1; n <= 0 || stopped < lanes {
			for j := range l {
				l[j].state = in[j]
			}
			return stopped
		}
		inA, inB, inC, inD = in[0], in[1], in[2], in[3]
	}
}

// goWide is goNarrow for characters of one byte or two. Which it is, it does not
// ask: no processor could guess that.
func (f *field) goWide(n int) {
	l := &f.lanes
	next, columns, text := f.table.next, f.dfa.columns, f.text
	a, b, c, d := l[0].at, l[1].at, l[2].at, l[3].at
	inA, inB, inC, inD := l[0].state, l[1].state, l[2].state, l[3].state
	for i := (n + 1) / 2; i > 0; i-- {
		firstA := text[a]
		toA := atomic.LoadUint32(&next[inA+uint32(columns[column(firstA, text[a+1])])])
		if int32(toA) <= 0 {
			break
		}
		inA, a = toA, a+1+int(firstA>>7)
		firstB := text[b]
		toB := atomic.LoadUint32(&next[inB+uint32(columns[column(firstB, text[b+1])])])
		if int32(toB) <= 0 {
			break
		}
		inB, b = toB, b+1+int(firstB>>7)
		firstC := text[c]
		toC := atomic.LoadUint32(&next[inC+uint32(columns[column(firstC, text[c+1])])])
		if int32(toC) <= 0 {
			break
		}
		inC, c = toC, c+1+int(firstC>>7)
		firstD := text[d]
		toD := atomic.LoadUint32(&next[inD+uint32(columns[column(firstD, text[d+1])])])
		if int32(toD) <= 0 {
			break
		}
		inD, d = toD, d+1+int(firstD>>7)
	}
	l[0].at, l[1].at, l[2].at, l[3].at = a, b, c, d
	l[0].state, l[1].state, l[2].state, l[3].state = inA, inB, inC, inD
}

// columns has the class of each character of one byte or two, and none for what is
// no such character, which leads nowhere from any state. See [column].
type columns [blocks * 256]uint16

// The first block of columns is for characters of one byte and the last one for
// what is no character. Between them is one for each byte that begins a character
// of two.
const (
	blocks       = 32
	firstLeading = 0xC2
)

// leading has the block of each byte that begins a character of two bytes, and for
// all others the place itself.
var leading = func() (at [256]uint16) {
	for b := range at {
		switch {
		case b < utf8.RuneSelf:
			at[b] = uint16(b)
		case b < firstLeading || b >= firstLeading+blocks-2:
			at[b] = (blocks - 1) * 256
		default:
			at[b] = uint16(b-firstLeading+1) * 256
		}
	}
	return at
}()

// column returns where the class of a character stands that begins with two bytes,
// or consists of the first of them.
func column(first, second byte) uint {
	return (uint(leading[first]) + uint(second&uint8(int8(first)>>7))) % (blocks * 256)
}

// firstOfThree is the first character that takes three bytes in UTF-8.
const firstOfThree = 0x800

func newColumns(n *automaton) *columns {
	c := &columns{}
	for i := range c {
		c[i] = uint16(n.none())
	}
	for b, class := range n.ascii {
		c[b] = uint16(class)
	}
	for r := rune(utf8.RuneSelf); r < firstOfThree; r++ {
		c[column(0xC0|byte(r>>6), 0x80|byte(r&0x3F))] = n.other[n.alphabet.class(r)]
	}
	return c
}

// passInLanes goes on with a pass as long as that is of use. What it is of no use
// for, the pass has to go through alone, more of it each time.
func (e *Engine) passInLanes(d *dfa, w *walker, s *scratch, text string, stop, floor int) *scratch {
	f := field{dfa: d, text: text}
	for f.enter(w, stop, e.piece) {
		f.run()
		from, saved := w.at, 0
		for i := range f.lanes {
			var n int
			s, n = e.join(&f, &f.lanes[i], w, s, floor)
			saved += n
		}
		if saved < 2*f.size || 4*saved < 3*(w.at-from) {
			w.alone = max(2*w.alone, e.piece)
			w.until = w.at + w.alone
			return s
		}
		w.alone = 0
	}
	return s
}

// join goes on with a pass to where it falls into step with a lane, and with that to
// its end. It returns how many bytes the pass need not go through.
func (e *Engine) join(f *field, l *lane, w *walker, s *scratch, floor int) (_ *scratch, saved int) {
	points := l.points[:l.count]
	for i, p := range points {
		at := l.start + int(p.at)
		if p.state&special != 0 {
			at = next(f.text, at)
		}
		if w.at < at {
			s, _ = e.passPlainly(f.dfa, w, s, f.text, at, floor)
		}
		if w.at != at || w.state != p.state&^special || w.table.born != f.table.born {
			continue
		}
		for _, p := range points[i+1:] {
			if p.state&special != 0 {
				s = e.look(s, f.text, f.table.states[p.state&^special/f.table.stride].accepts, l.start+int(p.at), floor)
			}
		}
		w.table, w.state, w.at = f.table, l.state, l.at
		return s, l.at - at
	}
	return s, 0
}
