package detect

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
	"sync"
	"sync/atomic"
	"unicode/utf8"
)

// capture finds where a capture group of a match is. It goes the ways through the
// pattern that Go's regexp goes, from the match's beginning to its end, both of
// which are known. Which ways these are, and which of them go on where, depends on
// the characters only. So it simulates that once for each state and class, and
// looks it up from then on. All who use it share what is known.
type capture struct {
	*program
	classes *automaton
	group   uint32
	// tail is how many bytes of a match stand behind the group, -1 if that differs. Else
	// the group does not begin again, either.
	tail  int
	begin [captureKinds]atomic.Pointer[captureState] // behind each kind of character

	mu    sync.Mutex
	limit int // of bytes of the states and hops, beyond which they are begun anew
	bytes int
	known map[string]*captureState
	// What follows is for a simulation only.
	list, next []groupThread
	seen       marks
	stack      []groupThread
	key        []byte
}

// captureState is the steps that the ways wait at, in the order of preference, and
// what kind of character is the last one.
type captureState struct {
	steps []uint32
	kind  uint8
	hops  []atomic.Pointer[hop] // over each class, nil for what is not known yet
}

// hop is where a class leads.
type hop struct {
	to *captureState // nil if no way goes on
	// moves tell of each way in to where it comes from, nil if all stay what they are.
	moves []place
	// match is the preferred way that ends before the class, if matched.
	match   place
	matched bool
}

// place is where the group begins and ends on a way: here, or where it does on the way
// of that number.
type place struct{ from, to int32 }

const here = -1

// groupThread is a way through the match that waits at a step.
type groupThread struct {
	step uint32
	place
}

// groups is where the group is on each way through a match.
type groups struct{ now, then []interval }

type interval struct{ from, to int }

// The kinds of characters that conditions tell apart.
const (
	kindOther = iota
	kindWord
	kindNewline
	kindNone // there is none
	captureKinds
)

func newCapture(classes *automaton, p *program, group, limit int) *capture {
	c := &capture{
		program: p, classes: classes, group: uint32(group), limit: limit, tail: -1,
		known: map[string]*captureState{}, seen: marks{of: make([]uint32, len(p.steps))},
	}
	closes := 0
	for i := range p.steps {
		if s := &p.steps[i]; s.Op == syntax.InstCapture && s.Arg == 2*c.group+1 {
			c.tail = p.rest(s.Out, 0)
			closes++
		}
	}
	if closes != 1 {
		c.tail = -1
	}
	return c
}

// rest returns how many bytes a match has from a step on, -1 if that differs or there
// are more steps than are worth looking at.
func (p *program) rest(at uint32, depth int) int {
	const most = 16
	if depth == most {
		return -1
	}
	s := &p.steps[at]
	switch s.Op {
	case syntax.InstMatch:
		return 0
	case syntax.InstCapture, syntax.InstNop, syntax.InstEmptyWidth:
		return p.rest(s.Out, depth+1)
	case syntax.InstAlt, syntax.InstAltMatch:
		if n := p.rest(s.Out, depth+1); n >= 0 && n == p.rest(s.Arg, depth+1) {
			return n
		}
	case syntax.InstRune, syntax.InstRune1:
		if n := p.rest(s.Out, depth+1); n >= 0 && isASCII(setOf(&s.Inst)) {
			return n + 1
		}
	}
	return -1
}

func isASCII(s runeSet) bool { return len(s) > 0 && s[len(s)-1] < utf8.RuneSelf }

// find returns the group's place, -1 if it takes no part in the match.
func (c *capture) find(g *groups, text string, start, end int) (from, to int) {
	s := c.start(text, start)
	g.now = append(g.now[:0], interval{-1, -1})
	for at := start; ; {
		if from := g.now[0].from; c.tail >= 0 && from >= 0 && g.same(from) {
			return from, end - c.tail
		}
		class, width := c.classes.end(), 0
		if at < len(text) {
			class, width = c.classes.class(text, at)
		}
		h := s.hops[class].Load()
		if h == nil {
			h = c.hop(s, class, text, at)
		}
		if at >= end {
			if !h.matched {
				return -1, -1
			}
			value := g.at(h.match, at)
			return value.from, value.to
		}
		if h.to == nil {
			return -1, -1
		}
		if h.moves != nil {
			g.then = g.then[:0]
			for _, m := range h.moves {
				g.then = append(g.then, g.at(m, at))
			}
			g.now, g.then = g.then, g.now
		}
		s, at = h.to, at+width
	}
}

// same tells whether the group begins at a place on all ways.
func (g *groups) same(from int) bool {
	for _, i := range g.now {
		if i.from != from {
			return false
		}
	}
	return true
}

// at returns the places that are told.
func (g *groups) at(p place, at int) interval {
	value := interval{at, at}
	if p.from != here {
		value.from = g.now[p.from].from
	}
	if p.to != here {
		value.to = g.now[p.to].to
	}
	return value
}

// start returns the state of a match that begins at a place.
func (c *capture) start(text string, at int) *captureState {
	kind := uint8(kindOther)
	if c.asks {
		kind = kindNone
		if at > 0 {
			kind = kindOf(rune(text[at-1])) // conditions ask for ASCII only
		}
	}
	if s := c.begin[kind].Load(); s != nil {
		return s
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.state([]uint32{c.program.start}, kind)
	c.begin[kind].Store(s)
	return s
}

func kindOf(r rune) uint8 {
	switch {
	case r == '\n':
		return kindNewline
	case syntax.IsWordChar(r):
		return kindWord
	}
	return kindOther
}

// examples are characters of each kind.
var examples = [captureKinds]rune{' ', 'a', '\n', endOfText}

// state returns the state with some steps.
func (c *capture) state(steps []uint32, kind uint8) *captureState {
	c.key = append(c.key[:0], kind)
	for _, step := range steps {
		c.key = binary.AppendUvarint(c.key, uint64(step))
	}
	if c.bytes > c.limit { // of which hops to known states take a part, too
		c.bytes = 0
		clear(c.known)
		for i := range c.begin {
			c.begin[i].Store(nil)
		}
	}
	if s, ok := c.known[string(c.key)]; ok {
		return s
	}
	s := &captureState{slices.Clone(steps), kind, make([]atomic.Pointer[hop], c.classes.end()+1)}
	c.known[string(c.key)] = s
	c.bytes += 128 + 8*len(s.hops) + 4*len(steps) + len(c.key)
	return s
}

// hop simulates what a class leads to, of which the character at a place is.
func (c *capture) hop(s *captureState, class uint32, text string, at int) *hop {
	r := rune(endOfText)
	if at < len(text) {
		r, _ = utf8.DecodeRuneInString(text[at:])
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if h := s.hops[class].Load(); h != nil {
		return h
	}
	var conditions syntax.EmptyOp
	kind := uint8(kindOther)
	if c.asks {
		conditions = syntax.EmptyOpContext(examples[s.kind], r)
		kind = kindOf(r)
	}
	c.seen.reset()
	c.next = c.next[:0]
	for i, step := range s.steps {
		if c.follow(groupThread{step, place{int32(i), int32(i)}}, conditions) {
			break
		}
	}
	h := &hop{}
	c.list = c.list[:0]
	stay := true
	for _, t := range c.next {
		next := &c.steps[t.step]
		if next.Op == syntax.InstMatch {
			h.match, h.matched = t.place, true
			break
		}
		if r != endOfText && next.takes(r) {
			own := int32(len(c.list))
			stay = stay && t.place == place{own, own}
			c.list = append(c.list, groupThread{next.Out, t.place})
		}
	}
	if len(c.list) > 0 {
		steps := make([]uint32, len(c.list))
		for i, t := range c.list {
			steps[i] = t.step
			if !stay {
				h.moves = append(h.moves, t.place)
			}
		}
		h.to = c.state(steps, kind)
	}
	c.bytes += 64 + 8*len(h.moves)
	s.hops[class].Store(h)
	return h
}

// follow appends to next where a thread comes to without a character. It tells
// whether that is a match.
func (c *capture) follow(t groupThread, conditions syntax.EmptyOp) bool {
	stack := append(c.stack[:0], t)
	for len(stack) > 0 {
		t := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for c.seen.add(t.step) {
			s := &c.steps[t.step]
			switch s.Op {
			case syntax.InstAlt, syntax.InstAltMatch:
				stack = append(stack, groupThread{s.Arg, t.place})
				t.step = s.Out
				continue
			case syntax.InstCapture:
				switch s.Arg {
				case 2 * c.group:
					t.from = here
				case 2*c.group + 1:
					t.to = here
				}
				t.step = s.Out
				continue
			case syntax.InstNop:
				t.step = s.Out
				continue
			case syntax.InstEmptyWidth:
				if syntax.EmptyOp(s.Arg)&^conditions == 0 {
					t.step = s.Out
					continue
				}
			case syntax.InstFail:
			default:
				c.next = append(c.next, t)
				if s.Op == syntax.InstMatch {
					c.stack = stack
					return true
				}
			}
			break
		}
	}
	c.stack = stack
	return false
}
