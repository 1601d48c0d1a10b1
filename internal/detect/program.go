package detect

import (
	"regexp/syntax"
	"unicode/utf8"
)

// program is a pattern in the form that threads walk through: the compiled form
// of regexp/syntax, made fast for ASCII.
type program struct {
	steps []step
	start uint32
	asks  bool // something between characters
	// condition is what must hold where a match begins.
	condition syntax.EmptyOp
	// first tells the bytes that a match can begin with. It may tell too many.
	first [256]bool
}

type step struct {
	syntax.Inst
	ascii [2]uint64 // the ASCII characters that the step takes, a bit for each
}

func newProgram(p *syntax.Prog) *program {
	made := &program{steps: make([]step, len(p.Inst)), start: uint32(p.Start), condition: p.StartCond()}
	for i, instruction := range p.Inst {
		s := &made.steps[i]
		s.Inst = instruction
		made.asks = made.asks || s.Op == syntax.InstEmptyWidth
		for r := rune(0); r < utf8.RuneSelf; r++ {
			if takes(&s.Inst, r) {
				s.ascii[r>>6] |= 1 << (r & 63)
			}
		}
	}
	made.findFirst(made.start, make([]bool, len(p.Inst)))
	return made
}

// findFirst adds what can come first from a step on, whatever the conditions on
// the way.
func (p *program) findFirst(at uint32, seen []bool) {
	for !seen[at] {
		seen[at] = true
		s := &p.steps[at]
		switch s.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			p.findFirst(s.Arg, seen)
			at = s.Out
		case syntax.InstCapture, syntax.InstNop, syntax.InstEmptyWidth:
			at = s.Out
		case syntax.InstMatch, syntax.InstFail:
		default:
			for b := range p.first {
				// A byte beyond ASCII may begin any character.
				p.first[b] = p.first[b] || b >= utf8.RuneSelf || s.takes(rune(b))
			}
		}
	}
}

// takes tells whether the step moves a thread over r.
func (s *step) takes(r rune) bool {
	if r < utf8.RuneSelf {
		return s.ascii[r>>6]&(1<<(r&63)) != 0
	}
	return takes(&s.Inst, r)
}

func takes(i *syntax.Inst, r rune) bool {
	switch i.Op {
	case syntax.InstRune:
		return i.MatchRune(r)
	case syntax.InstRune1:
		return r == i.Rune[0]
	case syntax.InstRuneAny:
		return true
	case syntax.InstRuneAnyNotNL:
		return r != '\n'
	}
	return false
}
