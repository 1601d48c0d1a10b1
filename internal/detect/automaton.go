package detect

import (
	"regexp/syntax"
	"unicode/utf8"
)

// automaton is the nondeterministic automaton of one pattern or of several, over
// the classes that these tell apart.
type automaton struct {
	steps  []nstep
	starts []uint32
	// patternOf tells of which source each step is, and rules which rule that is,
	// in order.
	patternOf []int32
	rules     []int
	sides     []sides // of each source
	// ascii has the class of each ASCII character and other the class of each
	// class of the alphabet.
	ascii    [utf8.RuneSelf]uint8
	other    []uint16
	classes  int
	alphabet *alphabet
	kinds    []uint32 // of classes: the flags of states behind them
	takes    []bitset // of sets: the classes in them
	// asked are the assertions that can stand at the beginning of a match.
	asked syntax.EmptyOp
}

// nstep is an instruction of regexp/syntax: arg is the second way of an
// alternative, the assertion, the set of a character, or the rule that matches.
type nstep struct {
	op       syntax.InstOp
	out, arg uint32
	// reach are the assertions that can be asked for from here on without a
	// character between.
	reach syntax.EmptyOp
}

// source is a pattern of an automaton. Its matches bear the rule's number.
type source struct {
	program *syntax.Prog
	rule    int
	// before and after are what must stand next to a match, as far as that is a
	// single character.
	before, after []neighbour
}

// register makes the sets of a program known to the alphabet.
func (a *alphabet) register(p *syntax.Prog) {
	for i := range p.Inst {
		if isRune(p.Inst[i].Op) {
			a.set(setOf(&p.Inst[i]))
		}
	}
}

func isRune(op syntax.InstOp) bool {
	return op == syntax.InstRune || op == syntax.InstRune1 || op == syntax.InstRuneAny || op == syntax.InstRuneAnyNotNL
}

func newAutomaton(a *alphabet, sources ...source) *automaton {
	n := &automaton{alphabet: a}
	var sets []int // of the alphabet
	number := map[int]uint32{}
	var asks syntax.EmptyOp
	for i, src := range sources {
		n.rules = append(n.rules, src.rule)
		sets = n.addSides(sets, number, src)
		for range src.program.Inst {
			n.patternOf = append(n.patternOf, int32(i))
		}
		base := uint32(len(n.steps))
		n.starts = append(n.starts, base+uint32(src.program.Start))
		for i := range src.program.Inst {
			inst := &src.program.Inst[i]
			s := nstep{op: inst.Op, out: inst.Out + base, arg: inst.Arg}
			switch inst.Op {
			case syntax.InstAlt, syntax.InstAltMatch:
				s.op, s.arg = syntax.InstAlt, inst.Arg+base
			case syntax.InstCapture:
				s.op = syntax.InstNop
			case syntax.InstEmptyWidth:
				asks |= syntax.EmptyOp(inst.Arg)
			case syntax.InstMatch:
				s.arg = uint32(src.rule)
			case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
				set := a.set(setOf(inst))
				local, ok := number[set]
				if !ok {
					local = uint32(len(sets))
					number[set] = local
					sets = append(sets, set)
				}
				s.op, s.arg = syntax.InstRune, local
			}
			n.steps = append(n.steps, s)
		}
	}
	n.sort(sets, asks)
	n.findReach()
	for _, start := range n.starts {
		n.asked |= n.steps[start].reach
	}
	return n
}

const (
	asksWord    = syntax.EmptyWordBoundary | syntax.EmptyNoWordBoundary
	asksNewline = syntax.EmptyBeginLine | syntax.EmptyEndLine
)

// sort makes the automaton's classes: those of the alphabet that differ in one
// of its sets. Those of ASCII come first, so that their numbers are small.
func (n *automaton) sort(sets []int, asks syntax.EmptyOp) {
	asked := sets
	if asks&asksWord != 0 {
		asked = append(asked[:len(asked):len(asked)], setWord)
	}
	if asks&asksNewline != 0 {
		asked = append(asked[:len(asked):len(asked)], setNewline)
	}
	a := n.alphabet
	known := map[string]uint16{}
	signature := make([]byte, (len(asked)+7)/8)
	var members []int // a class of the alphabet for each of ours
	classify := func(class int) uint16 {
		clear(signature)
		for i, set := range asked {
			if a.in[set].has(class) {
				signature[i/8] |= 1 << (i % 8)
			}
		}
		ours, ok := known[string(signature)]
		if !ok {
			ours = uint16(len(members))
			known[string(signature)] = ours
			members = append(members, class)
		}
		return ours
	}
	for r, class := range a.ascii {
		n.ascii[r] = uint8(classify(int(class)))
	}
	n.other = make([]uint16, a.classes)
	for class := range n.other {
		n.other[class] = classify(class)
	}
	n.classes = len(members)
	n.kinds = make([]uint32, n.classes)
	for ours, class := range members {
		if asks&asksWord != 0 && a.in[setWord].has(class) {
			n.kinds[ours] |= flagWord
		}
		if asks&asksNewline != 0 && a.in[setNewline].has(class) {
			n.kinds[ours] |= flagNewline
		}
	}
	n.takes = make([]bitset, len(sets))
	for i, set := range sets {
		n.takes[i] = newBitset(n.classes)
		for ours, class := range members {
			if a.in[set].has(class) {
				n.takes[i].add(ours)
			}
		}
	}
	n.findSides()
}

// findReach finds what each step's assertions are, to a fixed point: an
// expression can go in circles without a character.
func (n *automaton) findReach() {
	for changed := true; changed; {
		changed = false
		for i := len(n.steps) - 1; i >= 0; i-- {
			s := &n.steps[i]
			reach := s.reach
			switch s.op {
			case syntax.InstAlt:
				reach |= n.steps[s.out].reach | n.steps[s.arg].reach
			case syntax.InstNop:
				reach |= n.steps[s.out].reach
			case syntax.InstEmptyWidth:
				reach |= syntax.EmptyOp(s.arg) | n.steps[s.out].reach
			}
			if reach != s.reach {
				s.reach, changed = reach, true
			}
		}
	}
}

// class returns the class of the character that begins text[at:], and its bytes.
func (n *automaton) class(text string, at int) (class uint32, width int) {
	if b := text[at]; b < utf8.RuneSelf {
		return uint32(n.ascii[b]), 1
	}
	r, width := utf8.DecodeRuneInString(text[at:])
	return uint32(n.other[n.alphabet.class(r)]), width
}

// classBefore returns the class of the character that ends text[:at].
func (n *automaton) classBefore(text string, at int) (class uint32, width int) {
	if b := text[at-1]; b < utf8.RuneSelf {
		return uint32(n.ascii[b]), 1
	}
	r, width := utf8.DecodeLastRuneInString(text[:at])
	return uint32(n.other[n.alphabet.class(r)]), width
}

// end is the class of what stands beyond the text.
func (n *automaton) end() uint32 { return uint32(n.classes) }

// none is a class that leads nowhere.
func (n *automaton) none() uint32 { return uint32(n.classes) + 1 }

// place returns the flags of a state behind a character of a class.
func (n *automaton) place(class uint32) uint32 {
	if class == n.end() {
		return flagBegin
	}
	return n.kinds[class]
}

// placeAt returns the class that one who goes forward from text[at:] leaves behind.
func (n *automaton) placeAt(text string, at int) uint32 {
	if at == 0 {
		return n.end()
	}
	class, _ := n.classBefore(text, at)
	return class
}

// placeBefore returns the class that one who goes backward from text[:at] leaves
// behind.
func (n *automaton) placeBefore(text string, at int) uint32 {
	if at == len(text) {
		return n.end()
	}
	class, _ := n.class(text, at)
	return class
}
