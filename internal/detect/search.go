package detect

import (
	"regexp/syntax"
	"slices"
	"unicode/utf8"

	"github.com/krakend-redact/krakend-redact/internal/pattern"
)

// finder finds the matches of one rule, exactly as Go's regexp does, near where
// the engine's pass over the text says that there is one.
type finder struct {
	rule *Rule
	// least and most are the bytes of a match; most can be [pattern.Unbounded].
	least, most int
	// bytes tells what each byte can be to a match, in one table for all, since it is
	// seldom in the cache.
	bytes    [256]uint8
	forward  *dfa
	backward *dfa
	groups   *capture // nil if no group is asked for
	before   []look
	after    []look
	// conditional tells that not every match is a finding as it is; behind and
	// ahead are the bytes around it that decide.
	conditional   bool
	behind, ahead int
	// jumps tells that the pass does not heed matches behind whose end the search
	// goes on, although they are refused.
	jumps bool
	// prefix is how many characters of a match the pass looks for, 0 for all.
	prefix int
	// words tells that matches are words, see [compiled.matchesWords].
	words bool
	// straight, unless nil, tells the same as forward.
	straight straight
}

// What a byte can be to a match. Each may be told of too many.
const (
	byteWithin = 1 << iota // it is in the match
	byteFirst              // it begins the match
	byteBefore             // it stands before a match that the pass heeds
)

// progress is how far a rule has got in a text.
type progress struct {
	round uint64 // of the scratch; what is older means nothing
	pos   int    // before it no match begins any more
	trail trail
}

// match returns the first match that begins at p.pos or behind, but before q,
// where the pass tells of one that ends there.
func (f *finder) match(p *progress, text string, q int) (start, end int, ok bool) {
	if f.least == f.most && !f.jumps {
		start = q - f.least
		return start, q, start >= p.pos
	}
	if f.words {
		start, ok = f.word(p, text, q)
		return start, q, ok
	}
	from := f.begins(text, f.reach(text, p.pos, q), q)
	p.pos = max(p.pos, from)
	if from >= q {
		return 0, 0, false
	}
	if f.straight != nil {
		for ; from < q; from = f.begins(text, next(text, from), q) {
			if end, _ = f.straight.end(text, from); end >= 0 {
				return from, end, true
			}
		}
		p.pos = from
		return 0, 0, false
	}
	// Most matches begin where one can begin at the earliest.
	w := walker{at: from}
	w.table, w.state = f.forward.anchored(f.forward.placeAt(text, from))
	if end = f.end(p, &w, text, -1); end >= 0 {
		return from, end, true
	}
	from = f.begins(text, next(text, from), q)
	p.pos = from
	if from >= q {
		return 0, 0, false
	}
	w.table, w.state = f.forward.begin(f.forward.placeAt(text, from))
	w.at = from
	if end = f.search(p, &w, text, q); end < 0 {
		p.pos = q
		return 0, 0, false
	}
	w = walker{at: end}
	w.table, w.state = f.backward.begin(f.backward.placeBefore(text, end))
	return max(w.back(f.backward, text, from, false), from), end, true
}

// search returns the end of the first match that begins before q, -1 without any.
// It may end behind q, even if it is refused then.
func (f *finder) search(p *progress, w *walker, text string, q int) int {
	rules, end, _ := w.walk(f.forward, text, q)
	if len(rules) == 0 {
		end = -1
		w.table, w.state = f.forward.underWay(w.table, w.state)
	}
	return f.end(p, w, text, end)
}

// end walks on to the end of the match that is under way, of which one that is
// less preferred ends at end, unless that is -1.
func (f *finder) end(p *progress, w *walker, text string, end int) int {
	p.trail.begin(w.at)
	// Most matches end before it is worth while to ask the trail.
	for ahead := 2; ; ahead = 1 {
		stop := min((w.at/trailStride+ahead)*trailStride, len(text)+1)
		rules, at, over := w.walk(f.forward, text, stop)
		if len(rules) > 0 {
			p.trail.forget(w.at)
			end = at
		} else if !over && p.trail.known(w) {
			return end
		}
		if over {
			return end
		}
	}
}

// begins returns the first place from a place on, but not beyond q, where the
// next character is one that a match can begin with, and behind one that it can.
func (f *finder) begins(text string, at, q int) int {
	for ; at < q; at++ {
		if b := text[at]; f.bytes[b]&byteFirst != 0 && (at == 0 || f.bytes[text[at-1]]&byteBefore != 0 || b >= utf8.RuneSelf) {
			return at
		}
	}
	return at
}

// reach returns from where on a match can begin that ends at q or behind, but
// not before low. It is the beginning of a character. Where no character could be
// in a match, no search jumps over either.
func (f *finder) reach(text string, low, q int) int {
	if f.most >= 0 && q-f.most > low && !f.jumps {
		low = boundary(text, q-f.most, low)
	}
	at := q
	for at > low && f.bytes[text[at-1]]&byteWithin != 0 {
		at--
	}
	return at
}

// boundary returns the last place from low to at where a character begins.
func boundary(text string, at, low int) int {
	if at >= len(text) {
		return at
	}
	for i := at; i > low && i > at-utf8.UTFMax; i-- {
		if utf8.RuneStart(text[i]) {
			return i
		}
	}
	if at-low < utf8.UTFMax {
		return low
	}
	return at // in a row of bytes that belong to no character
}

// next returns the place behind the character at a place.
func next(text string, at int) int {
	if at >= len(text) || text[at] < utf8.RuneSelf {
		return at + 1
	}
	_, width := utf8.DecodeRuneInString(text[at:])
	return at + width
}

// previous returns the place before the character that ends at a place.
func previous(text string, at int) int {
	if text[at-1] < utf8.RuneSelf {
		return at - 1
	}
	_, width := utf8.DecodeLastRuneInString(text[:at])
	return at - width
}

// newFinder makes the automata of a rule from its pattern.
func newFinder(a *alphabet, rule *Rule, number int, p *compiled, first *[256]bool, limits limits) *finder {
	f := &finder{rule: rule}
	for b, begins := range first {
		if begins {
			f.bytes[b] |= byteFirst
		}
	}
	f.least, f.most = pattern.Width(p.Tree)
	f.heed(p)
	if n := prefixOf(p.forward, limits.rare); f.most < 0 || f.most >= n+limits.rest {
		f.prefix = n
	}
	f.words = f.least > 0 && f.prefix == 0 && !f.jumps && p.matchesWords()
	if f.least > 0 && (f.prefix > 0 || f.most >= 0 && f.most <= maxTried) {
		f.straight = newStraight(p.Tree)
	}
	f.follow(p.beside[0])
	forward, backward := source{program: p.forward, rule: number}, source{program: p.backward, rule: number}
	if !f.jumps {
		forward.before, backward.after = p.beside[0], p.beside[0]
	}
	f.forward = newDFA(newAutomaton(a, forward), modeFirst, limits.rule)
	f.backward = newDFA(newAutomaton(a, backward), modeFixed, limits.rule)
	for i := range p.forward.Inst {
		if isRune(p.forward.Inst[i].Op) {
			f.admit(setOf(&p.forward.Inst[i]))
		}
	}
	if rule.Group > 0 {
		f.groups = newCapture(f.forward.automaton, newProgram(p.forward), rule.Group, limits.rule)
	}
	for i, l := range p.Before {
		f.before = append(f.before, newLook(a, l, p.before[i], limits.rule))
	}
	for i, l := range p.After {
		f.after = append(f.after, newLook(a, l, p.after[i], limits.rule))
	}
	f.conditional = f.groups != nil || len(f.before)+len(f.after) > 0 || rule.Check != nil || rule.Condition.Holds != nil
	if f.conditional {
		if rule.Condition.Holds != nil {
			f.behind, f.ahead = rule.Condition.Window, rule.Condition.Window
		}
		for _, l := range f.before {
			f.behind = max(f.behind, l.width)
		}
		for _, l := range f.after {
			f.ahead = max(f.ahead, l.width)
		}
		// A condition such as \b asks for one character more.
		f.behind += utf8.UTFMax
		f.ahead += utf8.UTFMax
	}
	return f
}

func (f *finder) admit(s runeSet) {
	for i := 0; i+1 < len(s); i += 2 {
		for r := s[i]; r <= min(s[i+1], utf8.RuneSelf-1); r++ {
			f.bytes[r] |= byteWithin
		}
		if s[i+1] >= utf8.RuneSelf {
			for b := utf8.RuneSelf; b < 256; b++ {
				f.bytes[b] |= byteWithin
			}
		}
	}
}

// compiled is a pattern with its programs, forward and backward.
type compiled struct {
	*pattern.Pattern
	forward, backward *syntax.Prog
	relaxed           *syntax.Prog // forward, see relax
	before, after     []*syntax.Prog
	beside            [2][]neighbour // before and after
}

func compilePattern(p *pattern.Pattern) (*compiled, error) {
	c := &compiled{Pattern: p, beside: [2][]neighbour{neighbours(p.Before), neighbours(p.After)}}
	var err error
	if c.forward, err = syntax.Compile(p.Tree.Simplify()); err != nil {
		return nil, err
	}
	if c.relaxed, err = syntax.Compile(relax(p.Tree).Simplify()); err != nil {
		return nil, err
	}
	if c.backward, err = syntax.Compile(reversed(p.Tree).Simplify()); err != nil {
		return nil, err
	}
	for _, l := range p.Before {
		prog, err := syntax.Compile(reversed(l.Tree).Simplify())
		if err != nil {
			return nil, err
		}
		c.before = append(c.before, prog)
	}
	for _, l := range p.After {
		prog, err := syntax.Compile(l.Tree.Simplify())
		if err != nil {
			return nil, err
		}
		c.after = append(c.after, prog)
	}
	return c, nil
}

// programs lists all that the alphabet has to know.
func (c *compiled) programs() []*syntax.Prog {
	return append(append([]*syntax.Prog{c.forward, c.relaxed, c.backward}, c.before...), c.after...)
}

// manyRepeats is how many more times than the least a repeat may go on whose upper
// bound is worth leaving out.
const manyRepeats = 8

func relaxed(tree *syntax.Regexp) bool {
	return tree.Op == syntax.OpRepeat && tree.Max-tree.Min >= manyRepeats
}

// relaxes tells whether an expression has such repeats.
func relaxes(tree *syntax.Regexp) bool {
	return relaxed(tree) || slices.ContainsFunc(tree.Sub, relaxes)
}

// relax returns an expression without the upper bounds of such repeats. It matches
// at least what tree does.
func relax(tree *syntax.Regexp) *syntax.Regexp {
	r := *tree
	if relaxed(tree) {
		r.Max = -1
	}
	r.Sub = make([]*syntax.Regexp, len(tree.Sub))
	for i, sub := range tree.Sub {
		r.Sub[i] = relax(sub)
	}
	return &r
}

// reversed returns an expression that matches what tree does, from right to left.
func reversed(tree *syntax.Regexp) *syntax.Regexp {
	r := *tree
	switch tree.Op {
	case syntax.OpBeginText:
		r.Op = syntax.OpEndText
	case syntax.OpEndText:
		r.Op = syntax.OpBeginText
	case syntax.OpBeginLine:
		r.Op = syntax.OpEndLine
	case syntax.OpEndLine:
		r.Op = syntax.OpBeginLine
	case syntax.OpLiteral:
		r.Rune = make([]rune, len(tree.Rune))
		for i, c := range tree.Rune {
			r.Rune[len(r.Rune)-1-i] = c
		}
	case syntax.OpCapture:
		return reversed(tree.Sub[0])
	default:
		r.Sub = make([]*syntax.Regexp, len(tree.Sub))
		for i, sub := range tree.Sub {
			if tree.Op == syntax.OpConcat {
				i = len(tree.Sub) - 1 - i
			}
			r.Sub[i] = reversed(sub)
		}
	}
	return &r
}
