package detect

import (
	"slices"

	"github.com/krakend-redact/krakend-redact/internal/normalize"
	"github.com/krakend-redact/krakend-redact/internal/policy"
)

// Unchecked compiles rules without looking at their placeholders, so that tests
// can use any pattern.
func Unchecked(rules ...policy.Rule) (*Engine, error) {
	var list []Rule
	for _, rule := range rules {
		r, err := ruleOf(rule)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return New(list)
}

// NewStreamOf begins a stream with another bound than MaxHeld.
func (e *Engine) NewStreamOf(bound int) *Stream {
	s := e.NewStream()
	s.bound = bound
	return s
}

// NewWithLimits compiles rules with tables of as many bytes, which are begun
// anew and split all the time if that is little.
func NewWithLimits(rules []Rule, bytes int) (*Engine, error) {
	return newEngine(rules, limits{bytes, bytes, rare, longestPrefix})
}

// NewWithPrefixes compiles rules of which the pass looks for nothing but the
// beginning, as far as that gets rarer with each character.
func NewWithPrefixes(rules []Rule) (*Engine, error) {
	return newEngine(rules, limits{16 << 20, 64 << 10, 1, 0})
}

// Passes returns the number of passes over a text.
func (e *Engine) Passes() int { return len(*e.passes.list.Load()) }

// Reads makes the engine search texts as their readers see them, too.
func (e *Engine) Reads() { e.asRead = true }

// MatchesInAll returns what [Engine.Find] resolves, and the same from searching all
// of the text twice.
func (e *Engine) MatchesInAll(text string) (got, want []Finding) {
	list := func(s *scratch) (matches []Finding) {
		if s != nil {
			matches = once(slices.Clone(s.matches))
			e.scratch.Put(s)
		}
		return matches
	}
	s, _ := e.allMatches(text)
	got = list(s)
	s, _ = e.matches(text)
	want = list(s)
	var t normalize.Text
	if t.Reset(text) {
		s, _ = e.matches(t.String())
		for _, m := range list(s) {
			m.Start, m.End = t.Span(m.Start, m.End)
			want = append(want, m)
		}
	}
	return got, once(want)
}
