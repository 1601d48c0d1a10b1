package detect

import (
	"regexp/syntax"
	"slices"
	"unicode/utf8"
)

// tail is what follows the rare beginning of most keys: so many characters of a set,
// often with a \b behind them. They are counted, which takes much less time than to go
// over them with an automaton.
type tail struct {
	of          [256]bool
	least, most int // most can be less than 0 for any number
	// ascii tells that no other characters are in the set.
	ascii bool
	// word tells that there is a \b behind them.
	word bool
}

// longestTail bounds in bytes what is counted. Walks go over more than that, since they
// know where others have gone in vain (trail.go).
const longestTail = 256

// tailOf returns what follows the first n characters of a pattern's matches, nil if it
// is something else or depends on them.
func tailOf(p *syntax.Prog, n int) *tail {
	at, ok := comesTo(p, n)
	if !ok || !isRune(p.Inst[at].Op) {
		return nil
	}
	set := setOf(&p.Inst[at])
	takes := func(at uint32) bool { return isRune(p.Inst[at].Op) && slices.Equal(setOf(&p.Inst[at]), set) }
	t := &tail{ascii: true}
	for ; takes(at); at = through(p, p.Inst[at].Out) {
		t.least++
	}
	t.most = t.least
	exit := at
	var optional []uint32
	for p.Inst[at].Op == syntax.InstAlt {
		if slices.Contains(optional, at) {
			t.most, at = -1, exit
			break
		}
		more, out := through(p, p.Inst[at].Out), through(p, p.Inst[at].Arg)
		if !takes(more) || len(optional) > 0 && out != exit {
			return nil
		}
		t.most++
		optional = append(optional, at)
		exit, at = out, through(p, p.Inst[more].Out)
	}
	if at != exit {
		return nil
	}
	if inst := &p.Inst[exit]; inst.Op == syntax.InstEmptyWidth && syntax.EmptyOp(inst.Arg) == syntax.EmptyWordBoundary && ofWords(set) {
		t.word, exit = true, through(p, inst.Out)
	}
	if p.Inst[exit].Op != syntax.InstMatch {
		return nil
	}
	for i := 0; i+1 < len(set); i += 2 {
		for r := set[i]; r <= min(set[i+1], utf8.RuneSelf-1); r++ {
			t.of[r] = true
		}
		t.ascii = t.ascii && set[i+1] < utf8.RuneSelf
	}
	return t
}

// comesTo returns the instruction that all matches come to with their first n characters,
// if there is one.
func comesTo(p *syntax.Prog, n int) (at uint32, ok bool) {
	list := []uint32{uint32(p.Start)}
	for range n {
		seen := marks{of: make([]uint32, len(p.Inst))}
		seen.reset()
		var next []uint32
		for _, at := range list {
			walkEmpty(p, at, &seen, func(at uint32) {
				if to := through(p, p.Inst[at].Out); isRune(p.Inst[at].Op) && !slices.Contains(next, to) {
					next = append(next, to)
				}
			})
		}
		list = next
	}
	if len(list) != 1 {
		return 0, false
	}
	return list[0], true
}

// through returns the next instruction that does something.
func through(p *syntax.Prog, at uint32) uint32 {
	for p.Inst[at].Op == syntax.InstCapture || p.Inst[at].Op == syntax.InstNop {
		at = p.Inst[at].Out
	}
	return at
}

// end returns the end of the match whose rare beginning ends at q, -1 without any, and
// how far it went for that. It fails if it takes an automaton to tell.
func (t *tail) end(text string, q int) (end, reached int, ok bool) {
	last := min(len(text), q+longestTail)
	if t.most >= 0 {
		last = min(last, q+t.most)
	}
	for end = q; end < last && t.of[text[end]]; end++ {
	}
	reached = end + 1
	if end == q+longestTail || end < last && !t.ascii && text[end] >= utf8.RuneSelf {
		return 0, 0, false
	}
	if end-q < t.least || t.word && end < len(text) && syntax.IsWordChar(rune(text[end])) {
		end = -1
	}
	return end, reached, true
}
