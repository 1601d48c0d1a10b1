package detect

import (
	"regexp"
	"slices"
	"sync"

	"github.com/dlclark/regexp2"

	"github.com/krakend-redact/krakend-redact/internal/normalize"
	"github.com/krakend-redact/krakend-redact/internal/pattern"
)

// Reason says what became of a match of a rule's pattern.
type Reason uint8

const (
	// Found is a finding, or part of a larger one of the same rule.
	Found Reason = iota
	// Cut is a finding of which other rules have a part.
	Cut
	// Lost is one that other rules have all of.
	Lost
	// Watched is one of a rule that changes nothing.
	Watched
	// NoGroup was refused: the rule's capture group takes no part.
	NoGroup
	// NotBehind was refused by the pattern's look-behind.
	NotBehind
	// NotAhead was refused by the pattern's look-ahead.
	NotAhead
	// Invalid was refused by the rule's check.
	Invalid
	// OutOfContext was refused by the rule's condition.
	OutOfContext
	// Allowed was left as it is.
	Allowed
	// OutOfScope would count, but the rule takes no part here.
	OutOfScope
)

// Refused tells that the match is no finding of its rule.
func (r Reason) Refused() bool { return r >= NoGroup }

// Candidate is a match of a rule's pattern and what became of it. Its place is
// that of the value, or of the match where no value was made of it.
type Candidate struct {
	Finding
	Reason Reason
	// By is the rule that a Cut or Lost one lost to, else [NoRule].
	By int
}

// Explainer tells what [Engine.SearchIn] makes of a text, and why. It is slow and
// meant for people who write policies.
type Explainer struct {
	engine  *Engine
	sources []matcher // of rules
}

// matcher returns the place of the first match that begins at a place or behind,
// and that of the rule's capture group, which is -1 if it takes no part. Nil is
// no match.
type matcher func(text string, from int) (place []int, err error)

// Explainer makes an explainer. Its errors are of type [*RuleError].
func (e *Engine) Explainer() (*Explainer, error) {
	x := &Explainer{engine: e, sources: make([]matcher, len(e.rules))}
	for i := range e.rules {
		var err error
		if x.sources[i], err = e.matcher(i); err != nil {
			return nil, &RuleError{i, "cannot be explained", "simplify the pattern"}
		}
	}
	return x, nil
}

func (e *Engine) matcher(number int) (matcher, error) {
	rule := &e.rules[number]
	switch {
	case rule.Terms != nil:
		return func(text string, from int) ([]int, error) {
			start, end, _ := rule.Terms.find(text, from, true)
			if start < 0 {
				return nil, nil
			}
			return []int{start, end, start, end}, nil
		}, nil
	case rule.Backtracking:
		i := slices.IndexFunc(e.slow, func(b backtracker) bool { return b.number == number })
		return e.slow[i].matcher(), nil
	}
	p, err := pattern.Parse(rule.Expression)
	if err != nil {
		return nil, err
	}
	return plainMatcher(p.Tree.String(), rule.Group)
}

// plainMatcher is what the engine is defined by: Go's regexp.
func plainMatcher(expression string, group int) (matcher, error) {
	first, err := regexp.Compile(expression)
	if err != nil {
		return nil, err
	}
	// One character before the place is read over, so that \b sees it.
	later := sync.OnceValues(func() (*regexp.Regexp, error) {
		return regexp.Compile(`\A(?s:.)(?s:.*?)(` + expression + `)`)
	})
	return func(text string, from int) ([]int, error) {
		if from == 0 {
			m := first.FindStringSubmatchIndex(text)
			if m == nil {
				return nil, nil
			}
			return []int{m[0], m[1], m[2*group], m[2*group+1]}, nil
		}
		re, err := later()
		if err != nil {
			return nil, err
		}
		before := boundary(text, from-1, 0)
		m := re.FindStringSubmatchIndex(text[before:])
		if m == nil {
			return nil, nil
		}
		place := []int{m[2], m[3], m[2+2*group], m[3+2*group]}
		for i := range place {
			if place[i] >= 0 {
				place[i] += before
			}
		}
		return place, nil
	}, nil
}

// matcher is the expression of a backtracking rule by itself.
func (b *backtracker) matcher() matcher {
	var r runes
	var of string
	return func(text string, from int) ([]int, error) {
		if of != text || r.places == nil {
			r.set(text)
			of = text
		}
		m, err := b.re.FindRunesMatchStartingAt(r.list, r.at(from))
		if err != nil {
			return nil, &TimeoutError{b.number}
		}
		if m == nil {
			return nil, nil
		}
		place := []int{r.places[m.Index], r.places[m.Index+m.Length], -1, -1}
		if g := m.GroupByNumber(b.rule.Group); hasCaptured(g) {
			place[2], place[3] = r.places[g.Index], r.places[g.Index+g.Length]
		}
		return place, nil
	}
}

func hasCaptured(g *regexp2.Group) bool { return g != nil && len(g.Captures) > 0 }

// Explain returns what became of each match of each rule's pattern in a text, by
// rule and place.
func (x *Explainer) Explain(text string, in Scope) ([]Candidate, error) {
	e := x.engine
	final, err := e.SearchIn(nil, text, Scope{Skip: in.Skip})
	if err != nil {
		return nil, err
	}
	candidates, err := x.candidates(text)
	if err != nil {
		return nil, err
	}
	if e.asRead && normalize.Needed(text) {
		var t normalize.Text
		if t.Reset(text) {
			asRead, err := x.candidates(t.String())
			if err != nil {
				return nil, err
			}
			for _, c := range asRead {
				c.Start, c.End = t.Span(c.Start, c.End)
				candidates = append(candidates, c)
			}
		}
	}
	for i := range candidates {
		if c := &candidates[i]; c.Reason == Found {
			c.settle(e, final, in)
		}
	}
	slices.SortStableFunc(candidates, func(a, b Candidate) int {
		for _, d := range []int{a.Rule - b.Rule, a.Start - b.Start, a.End - b.End, int(a.Reason) - int(b.Reason)} {
			if d != 0 {
				return d
			}
		}
		return 0
	})
	return slices.Compact(candidates), nil
}

// settle tells what the other rules have left of what a rule finds by itself.
func (c *Candidate) settle(e *Engine, final []Finding, in Scope) {
	switch {
	case in.Skip != nil && in.Skip[c.Rule]:
		c.Reason = OutOfScope
		return
	case e.rules[c.Rule].Watch:
		c.Reason = Watched
		return
	}
	kept := false
	for _, f := range final {
		if f.End <= c.Start || f.Start >= c.End {
			continue
		}
		if f.Rule == c.Rule {
			kept = true
		} else if c.By == NoRule {
			c.By = f.Rule
		}
	}
	switch {
	case c.By == NoRule:
	case kept:
		c.Reason = Cut
	default:
		c.Reason = Lost
	}
}

// candidates goes through the matches of each rule as the engine does.
func (x *Explainer) candidates(text string) ([]Candidate, error) {
	var list []Candidate
	for i, match := range x.sources {
		for at := 0; at < len(text); {
			place, err := match(text, at)
			if err != nil {
				return nil, err
			}
			if place == nil {
				break
			}
			start, end := place[0], place[1]
			if start == end {
				at = next(text, end)
				continue
			}
			c := x.judge(i, text, place)
			list = append(list, c)
			switch {
			case !c.Reason.Refused() || c.Reason == Allowed:
				at = c.End
			case end-start <= maxRetry || x.engine.rules[i].Terms != nil:
				at = next(text, start)
			default:
				at = end
			}
		}
	}
	return list, nil
}

// judge asks the questions of accept one by one.
func (x *Explainer) judge(number int, text string, place []int) Candidate {
	rule, f := &x.engine.rules[number], x.engine.finders[number]
	start, end := place[0], place[1]
	c := Candidate{Finding: Finding{start, end, number}, By: NoRule}
	if rule.Group > 0 && place[2] < 0 {
		c.Reason = NoGroup
		return c
	}
	if place[2] < place[3] {
		c.Start, c.End = place[2], place[3]
	}
	if f != nil {
		for i := range f.before {
			if !f.before[i].behind(text, start) {
				c.Reason = NotBehind
				return c
			}
		}
		for i := range f.after {
			if !f.after[i].ahead(text, end) {
				c.Reason = NotAhead
				return c
			}
		}
	}
	checked := Rule{Check: rule.Check}
	value, ok := checked.accept(text, c.Finding)
	if !ok {
		c.Reason = Invalid
		return c
	}
	if value, ok = rule.accept(text, c.Finding); !ok {
		c.Reason = OutOfContext
		return c
	}
	c.Start, c.End = value.Start, value.End
	if rule.Allow != nil && rule.Allow(text[c.Start:c.End]) {
		c.Reason = Allowed
	}
	return c
}
