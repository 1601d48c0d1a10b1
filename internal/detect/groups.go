package detect

import (
	"regexp/syntax"
	"unicode/utf8"
)

// groups finds where a capture group of a match is. It simulates the pattern as
// Go's regexp does, from the match's beginning to its end, both of which are
// known, and keeps no more than the one group.
type groups struct {
	list, next []groupThread
	seen       marks
	stack      []groupThread
	group      uint32
}

// groupThread is a way through the match that waits at a step.
type groupThread struct {
	step     uint32
	from, to int
}

// find returns the group's place, -1 if it takes no part in the match.
func (g *groups) find(p *program, text string, start, end, group int) (from, to int) {
	if len(g.seen.of) < len(p.steps) {
		g.seen = marks{of: make([]uint32, len(p.steps))}
	}
	g.group = uint32(group)
	before := rune(endOfText)
	if start > 0 {
		before = rune(text[start-1]) // conditions ask for ASCII only
	}
	g.list = append(g.list[:0], groupThread{p.start, -1, -1})
	for at := start; ; {
		r, width := rune(endOfText), 0
		if at < len(text) {
			if r, width = rune(text[at]), 1; r >= utf8.RuneSelf {
				r, width = utf8.DecodeRuneInString(text[at:])
			}
		}
		var conditions syntax.EmptyOp
		if p.asks {
			conditions = syntax.EmptyOpContext(before, r)
		}
		g.seen.reset()
		g.next = g.next[:0]
		for _, t := range g.list {
			if g.follow(p, t, at, conditions) {
				break
			}
		}
		g.list = g.list[:0]
		for _, t := range g.next {
			s := &p.steps[t.step]
			if s.Op == syntax.InstMatch {
				if at == end {
					return t.from, t.to
				}
				break
			}
			if at < end && s.takes(r) {
				g.list = append(g.list, groupThread{s.Out, t.from, t.to})
			}
		}
		if at >= end || len(g.list) == 0 {
			return -1, -1
		}
		before, at = r, at+width
	}
}

// follow appends to next where a thread comes to without a character. It tells
// whether that is a match.
func (g *groups) follow(p *program, t groupThread, at int, conditions syntax.EmptyOp) bool {
	stack := append(g.stack[:0], t)
	for len(stack) > 0 {
		t := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for g.seen.add(t.step) {
			s := &p.steps[t.step]
			switch s.Op {
			case syntax.InstAlt, syntax.InstAltMatch:
				stack = append(stack, groupThread{s.Arg, t.from, t.to})
				t.step = s.Out
				continue
			case syntax.InstCapture:
				switch s.Arg {
				case 2 * g.group:
					t.from, t.to = at, -1
				case 2*g.group + 1:
					t.to = at
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
				g.next = append(g.next, t)
				if s.Op == syntax.InstMatch {
					g.stack = stack
					return true
				}
			}
			break
		}
	}
	g.stack = stack
	return false
}
