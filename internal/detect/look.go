package detect

import (
	"regexp/syntax"

	"github.com/krakend-redact/krakend-redact/internal/pattern"
)

// look is a look-around.
type look struct {
	dfa   *dfa
	not   bool
	width int
	// first tells the bytes of which one must stand next to a match for the expression
	// to match there. It may tell too many.
	first [256]bool
	// empty tells that the expression can match where there is no character.
	empty bool
}

// newLook makes a look-around of its program, which goes away from the match.
func newLook(a *alphabet, l pattern.Look, program *syntax.Prog, limit int) look {
	least, _ := pattern.Width(l.Tree)
	return look{
		dfa:   newDFA(newAutomaton(a, source{program: program, rule: 0}), modeFixed, limit),
		not:   l.Not,
		width: l.Width,
		first: newProgram(program).first,
		empty: least == 0,
	}
}

// behind tells whether the look-around holds before a place.
func (l *look) behind(text string, at int) bool {
	if !l.empty && (at == 0 || !l.first[text[at-1]]) {
		return l.not
	}
	w := walker{at: at}
	w.table, w.state = l.dfa.begin(l.dfa.placeBefore(text, at))
	return w.back(l.dfa, text, max(0, at-l.width), true) >= 0 != l.not
}

// ahead tells whether the look-around holds behind a place.
func (l *look) ahead(text string, at int) bool {
	if !l.empty && (at == len(text) || !l.first[text[at]]) {
		return l.not
	}
	w := walker{at: at}
	w.table, w.state = l.dfa.begin(l.dfa.placeAt(text, at))
	for {
		rules, _, over := w.walk(l.dfa, text, len(text)+1)
		if len(rules) > 0 || over {
			return len(rules) > 0 != l.not
		}
	}
}
