package detect

import (
	"regexp/syntax"

	"github.com/krakend-redact/krakend-redact/internal/pattern"
)

// Many patterns, such as those for numbers, match words as they are: nothing but their
// characters, with a \b at both ends. Where the pass tells that a match of such a
// pattern ends, the match is the word that ends there, and no automaton is needed to
// find its beginning.

// matchesWords tells whether a pattern is one of them, if it matches nothing empty,
// which it could prefer to the word. The pass must not heed less of it than its matches'
// length tells.
func (c *compiled) matchesWords() bool {
	if c.forward.StartCond()&c.backward.StartCond()&syntax.EmptyWordBoundary == 0 || !lengthTells(c.Tree) {
		return false
	}
	for i := range c.forward.Inst {
		if inst := &c.forward.Inst[i]; isRune(inst.Op) && !ofWords(setOf(inst)) {
			return false
		}
	}
	return true
}

// ofWords tells whether all characters of a set are those that \b takes for a word's.
func ofWords(s runeSet) bool {
	for i := 0; i+1 < len(s); i += 2 {
		for r := s[i]; r <= s[i+1]; r++ {
			if !syntax.IsWordChar(r) {
				return false
			}
		}
	}
	return true
}

// lengthTells tells whether what [relax] makes of an expression matches no more texts
// of the expression's lengths than the expression itself.
func lengthTells(tree *syntax.Regexp) bool { return !relaxes(tree) || repeatsOne(tree) }

// repeatsOne tells whether nothing but how often one thing is repeated tells apart
// the lengths of an expression's matches.
func repeatsOne(tree *syntax.Regexp) bool {
	switch tree.Op {
	case syntax.OpCapture:
		return repeatsOne(tree.Sub[0])
	case syntax.OpRepeat:
		return fixed(tree.Sub[0])
	case syntax.OpConcat:
		var varies []*syntax.Regexp
		for _, part := range tree.Sub {
			if !fixed(part) {
				varies = append(varies, part)
			}
		}
		return len(varies) == 0 || len(varies) == 1 && repeatsOne(varies[0])
	}
	return fixed(tree)
}

// fixed tells whether all matches of an expression have one length.
func fixed(tree *syntax.Regexp) bool {
	least, most := pattern.Width(tree)
	return least == most
}

// word returns the match that ends at q, where the pass tells of one, of a pattern that
// matches words.
func (f *finder) word(p *progress, text string, q int) (start int, ok bool) {
	start = f.reach(text, p.pos, q)
	if start > 0 && syntax.IsWordChar(rune(text[start-1])) {
		p.pos = q
		return 0, false
	}
	return start, true
}
