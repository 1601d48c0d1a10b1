package check

import (
	"regexp/syntax"
	"unicode"

	"github.com/krakend-redact/krakend-redact/internal/pattern"
)

// The kinds of neighbours that assertions such as \b and $ tell apart.
const (
	edge = 1 << iota // of the text
	newline
	word // ASCII letters, digits and underscore
	other
	anything = edge | newline | word | other
)

// emptyLanguage tells whether no text matches an expression. It walks through
// the compiled program with what stood before, and what may follow.
func emptyLanguage(tree *syntax.Regexp) bool {
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return false
	}
	type state struct {
		pc           uint32
		before, next int
	}
	seen := map[state]bool{}
	var todo []state
	push := func(s state) {
		if s.next != 0 && !seen[s] {
			seen[s] = true
			todo = append(todo, s)
		}
	}
	for _, before := range []int{edge, newline, word, other} {
		push(state{uint32(prog.Start), before, anything})
	}
	for len(todo) > 0 {
		s := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		inst := &prog.Inst[s.pc]
		switch inst.Op {
		case syntax.InstMatch:
			return false
		case syntax.InstAlt, syntax.InstAltMatch:
			push(state{inst.Out, s.before, s.next})
			push(state{inst.Arg, s.before, s.next})
		case syntax.InstCapture, syntax.InstNop:
			push(state{inst.Out, s.before, s.next})
		case syntax.InstEmptyWidth:
			push(state{inst.Out, s.before, s.next & follows(syntax.EmptyOp(inst.Arg), s.before)})
		case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
			for kind := newline; kind <= other; kind <<= 1 {
				if s.next&kind != 0 && takes(inst, kind) {
					push(state{inst.Out, kind, anything})
				}
			}
		}
	}
	return true
}

// follows returns what may follow where an assertion holds behind a neighbour.
func follows(op syntax.EmptyOp, before int) int {
	next := anything
	if op&syntax.EmptyBeginText != 0 && before != edge || op&syntax.EmptyBeginLine != 0 && before&(edge|newline) == 0 {
		return 0
	}
	if op&syntax.EmptyEndText != 0 {
		next &= edge
	}
	if op&syntax.EmptyEndLine != 0 {
		next &= edge | newline
	}
	boundary := word
	if before == word {
		boundary = anything &^ word
	}
	if op&syntax.EmptyWordBoundary != 0 {
		next &= boundary
	}
	if op&syntax.EmptyNoWordBoundary != 0 {
		next &^= boundary
	}
	return next
}

// takes tells whether an instruction takes a character of a kind.
func takes(inst *syntax.Inst, kind int) bool {
	switch kind {
	case newline:
		return inst.MatchRune('\n')
	case word:
		for r := rune('0'); r <= 'z'; r++ {
			if syntax.IsWordChar(r) && inst.MatchRune(r) {
				return true
			}
		}
		return false
	}
	for r := rune(0); r < unicode.MaxASCII; r++ {
		if r != '\n' && !syntax.IsWordChar(r) && inst.MatchRune(r) {
			return true
		}
	}
	switch inst.Op {
	case syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		return true
	}
	// Beyond ASCII. Folding case leads there from k and s, and back.
	return len(inst.Rune) > 0 && inst.Rune[len(inst.Rune)-1] > unicode.MaxASCII || inst.MatchRune('\u212a') || inst.MatchRune('\u017f')
}

// groupIsEmpty tells whether a capture group can hold nothing.
func groupIsEmpty(tree *syntax.Regexp, group int) bool {
	if group == 0 {
		return false
	}
	if tree.Op == syntax.OpCapture && tree.Cap == group {
		_, most := pattern.Width(tree)
		return most == 0
	}
	for _, sub := range tree.Sub {
		if groupIsEmpty(sub, group) {
			return true
		}
	}
	return false
}
