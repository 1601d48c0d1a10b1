package detect

import (
	"slices"
	"sync"

	"github.com/krakend-redact/krakend-redact/internal/pattern"
)

// Engine is a compiled list of rules. It is safe for concurrent use.
type Engine struct {
	rules   []Rule
	finders []*finder  // of rules with an expression in linear time
	streams []*program // of the same rules
	sources []source   // of all of their patterns
	passes  passes
	terms   []int // the rules with terms
	slow    []backtracker
	watches bool // some rule has Watch
	allows  bool // some rule has Allow
	asRead  bool // texts are also searched as their readers see them
	around  surroundings
	piece   int // usualPiece
	scratch sync.Pool
}

// limits bound the tables of automata in bytes.
type limits struct {
	passes int // all of them together
	rule   int // each automaton of a rule
	// beginnings of patterns take part in the pass alone, if they are no likelier
	// than rare and what follows can have rest bytes.
	rare float64
	rest int
}

// New compiles rules. Its errors are of type [*RuleError].
func New(rules []Rule) (*Engine, error) {
	return newEngine(rules, limits{
		passes: 16 << 20,
		rule:   max(64<<10, min(512<<10, 16<<20/(len(rules)+1))),
		rare:   rare,
		rest:   longestPrefix,
	})
}

func newEngine(rules []Rule, limits limits) (*Engine, error) {
	e := &Engine{
		rules:   slices.Clone(rules),
		piece:   usualPiece,
		finders: make([]*finder, len(rules)),
		streams: make([]*program, len(rules)),
	}
	e.scratch.New = func() any { return &scratch{progress: make([]progress, len(rules))} }
	a := newAlphabet()
	patterns := make([]*compiled, len(rules))
	for i := range e.rules {
		rule := &e.rules[i]
		e.watches = e.watches || rule.Watch
		e.allows = e.allows || rule.Allow != nil
		var err error
		switch {
		case rule.Condition.Window > MaxWindow:
			err = &pattern.Error{Reason: "has a window of more than 1024 bytes", Remedy: "make it smaller"}
		case rule.Terms != nil:
			e.terms = append(e.terms, i)
		case rule.Backtracking:
			var b backtracker
			b, err = newBacktracker(rule, i)
			e.slow = append(e.slow, b)
		default:
			patterns[i], err = compileRule(rule)
		}
		if err != nil {
			reason, ok := err.(*pattern.Error)
			if !ok {
				reason = &pattern.Error{Reason: "is too large once compiled", Remedy: "use smaller repeat counts"}
			}
			return nil, &RuleError{i, reason.Reason, reason.Remedy}
		}
		if patterns[i] != nil {
			for _, p := range patterns[i].programs() {
				a.register(p)
			}
			for _, list := range patterns[i].beside {
				for _, n := range list {
					a.set(n.set)
				}
			}
		}
	}
	a.finish()
	var inPass []source
	for i, p := range patterns {
		if p != nil {
			e.streams[i] = newProgram(p.forward)
			e.finders[i] = newFinder(a, &e.rules[i], i, p, &e.streams[i].first, limits)
			e.sources = append(e.sources, source{p.forward, i, p.beside[0], p.beside[1]})
			inPass = append(inPass, e.finders[i].inPass(p, i))
		}
	}
	e.passes.init(a, inPass, limits.passes)
	e.survey()
	return e, nil
}

var fewGroups = &pattern.Error{Reason: "has fewer capture groups than the rule's group", Remedy: "count the opening brackets that no question mark follows"}

func compileRule(rule *Rule) (*compiled, error) {
	p, err := pattern.Parse(rule.Expression)
	if err != nil {
		return nil, err
	}
	if rule.Group > p.Groups {
		return nil, fewGroups
	}
	return compilePattern(p)
}

// scratch is what a search needs for a moment only.
type scratch struct {
	round uint64
	// floor is a place before which all matches are known, see passAgain.
	floor int
	// reached is how far those went in the current pass who looked closer at what
	// begins where, see passAgain.
	reached  int
	progress []progress
	groups   groups
	matches  []Finding
	resolver resolver
	runes    runes
}

// Find appends the findings in text to dst, in order and without overlaps. Of
// overlapping matches the leftmost wins, then the longest, then the earlier
// rule. What a losing match holds beyond the winners is a finding of its own:
// no byte that a rule describes is left over.
//
// Where [Engine.Search] fails, all of the text is a finding of the rule at fault.
func (e *Engine) Find(dst []Finding, text string) []Finding {
	found, err := e.Search(dst, text)
	if err != nil {
		return append(found[:len(dst)], Finding{0, len(text), err.(*TimeoutError).Rule})
	}
	return found
}

// Search is Find for those who can refuse a text. It fails with a
// [*TimeoutError] if a backtracking rule takes too long.
func (e *Engine) Search(dst []Finding, text string) ([]Finding, error) {
	return e.SearchIn(dst, text, Scope{})
}

// SearchIn is [Engine.Search] with some of the rules.
func (e *Engine) SearchIn(dst []Finding, text string, in Scope) ([]Finding, error) {
	s, err := e.allMatches(text)
	if s == nil {
		return dst, err
	}
	defer e.scratch.Put(s)
	if err != nil {
		return dst, err
	}
	if e.watches || in.Skip != nil {
		s.matches = e.keep(s.matches, in)
	}
	return e.resolved(s, dst, text), nil
}

// resolved appends what comes of matches that overlap.
func (e *Engine) resolved(s *scratch, dst []Finding, text string) []Finding {
	first := len(dst)
	dst = append(dst, s.resolver.resolve(s.matches, 0)...)
	found := dst[first:]
	for i, f := range found {
		if e.rules[f.Rule].Open {
			found[i].End += digits(text[f.End:followed(len(text), found[i+1:])])
		}
	}
	return dst
}

// matches finds what each rule finds by itself. It returns nil if that is
// nothing, else it is up to the caller to give the scratch back.
func (e *Engine) matches(text string) (*scratch, error) {
	var s *scratch
	for _, pass := range *e.passes.list.Load() {
		s = e.pass(pass, s, text)
	}
	return e.otherMatches(s, text)
}

// otherMatches adds what is found without an automaton, and drops what the rules
// allow.
func (e *Engine) otherMatches(s *scratch, text string) (*scratch, error) {
	for _, rule := range e.terms {
		s = e.findTerms(rule, s, text)
	}
	for i := range e.slow {
		if s = e.borrow(s); i == 0 {
			s.runes.set(text)
		}
		if err := e.slow[i].find(s, text); err != nil {
			return s, err
		}
	}
	if s != nil && e.allows {
		s.matches = e.withoutAllowed(s.matches, 0, text, 0)
	}
	return s, nil
}

func (e *Engine) borrow(s *scratch) *scratch {
	if s == nil {
		s = e.scratch.Get().(*scratch)
		s.round++
		s.floor, s.reached = 0, 0
		s.matches = s.matches[:0]
	}
	return s
}

// pass goes over a text with the automaton of a list of rules and looks closer
// wherever that tells that a match ends. Without any it needs no scratch.
func (e *Engine) pass(d *dfa, s *scratch, text string) *scratch {
	w := walker{}
	w.table, w.state = d.begin(d.end())
	if stop := len(text) + 1; e.long(stop) {
		s, _ = e.passTo(d, &w, s, text, stop, 0)
	} else {
		s, _ = e.passPlainly(d, &w, s, text, stop, 0)
	}
	if d.full.Load() {
		e.passes.split(d)
	}
	return s
}

// findTerms finds the terms of a rule.
func (e *Engine) findTerms(rule int, s *scratch, text string) *scratch {
	r := &e.rules[rule]
	for at := 0; ; {
		start, end, _ := r.Terms.find(text, at, true)
		if start < 0 {
			return s
		}
		s = e.borrow(s)
		if value, ok := r.accept(text, Finding{start, end, rule}); ok {
			s.matches = append(s.matches, value)
			at = value.End
		} else {
			at = next(text, start)
		}
	}
}

// look looks closer at the matches of rules that end at q, of which the pass tells.
// Of what begins before floor, all is known.
func (e *Engine) look(s *scratch, text string, rules []uint32, q, floor int) *scratch {
	s = e.borrow(s)
	s.floor = floor
	for _, rule := range rules {
		e.verify(s, text, int(rule), q)
	}
	return s
}

// verify finds the matches of a rule that end at q, where there is one unless it
// overlaps an earlier one of the same rule, and those that come of them.
func (e *Engine) verify(s *scratch, text string, rule, q int) {
	p := &s.progress[rule]
	if p.round != s.round {
		*p = progress{round: s.round, trail: trail{marks: p.trail.marks[:0]}}
	}
	p.pos = max(p.pos, s.floor)
	f := e.finders[rule]
	if f.prefix > 0 {
		start, end, reached := f.begun(p, text, q)
		s.reached = max(s.reached, reached)
		if end >= 0 {
			e.judge(s, p, text, rule, start, end)
		}
		return
	}
	for p.pos < q {
		start, end, ok := f.match(p, text, q)
		if !ok {
			return
		}
		if start == end {
			p.pos = next(text, end)
			continue
		}
		e.judge(s, p, text, rule, start, end)
	}
}

// judge settles what becomes of a match and where the search goes on.
func (e *Engine) judge(s *scratch, p *progress, text string, rule, start, end int) {
	f := e.finders[rule]
	if !f.conditional {
		s.matches = append(s.matches, Finding{start, end, rule})
		p.pos = end
	} else if value, ok := f.accept(&s.groups, text, start, end); ok {
		value.Rule = rule
		s.matches = append(s.matches, value)
		p.pos = value.End
	} else if end-start <= maxRetry {
		p.pos = next(text, start)
	} else {
		p.pos = end
	}
}
