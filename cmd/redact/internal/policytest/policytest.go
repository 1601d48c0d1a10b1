// Package policytest tests a policy: the examples of its rules, those of its
// detectors, and tables of cases.
//
// What it says about failures holds places, rules and masked texts. Values stand
// in the details only, which are for those who ask.
package policytest

import (
	"fmt"
	"slices"

	"github.com/krakend-redact/krakend-redact/internal/detect"
	"github.com/krakend-redact/krakend-redact/internal/detector"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/redact"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/why"
)

// Result is the outcome of one test.
type Result struct {
	// Kind is "example", "detector" or "case".
	Kind string `json:"kind"`
	// Name tells the test from others of its kind.
	Name     string    `json:"name"`
	Passed   bool      `json:"passed"`
	Failures []Failure `json:"failures,omitempty"`
}

// Failure is one thing that is not as it should be.
type Failure struct {
	Say string `json:"say"`
	// Detail quotes texts. It is empty unless values are asked for.
	Detail string `json:"detail,omitempty"`
}

func (r *Result) fail(detail, format string, args ...any) {
	r.Failures = append(r.Failures, Failure{fmt.Sprintf(format, args...), detail})
}

// Tester tests one policy.
type Tester struct {
	policy *policy.Policy
	cases  cases
	// touched has the rules that a test has had a finding of.
	touched map[string]bool
}

// New begins to test a policy. It fails if the policy cannot be compiled, but not
// because of its examples.
func New(p *policy.Policy) (*Tester, error) {
	bare := *p
	bare.Rules, bare.ResponseRules = withoutExamples(p.Rules), withoutExamples(p.ResponseRules)
	t := &Tester{policy: p, cases: cases{policy: &bare}, touched: map[string]bool{}}
	_, err := t.cases.exchange("")
	return t, err
}

func withoutExamples(rules []policy.Rule) []policy.Rule {
	rules = slices.Clone(rules)
	for i := range rules {
		rules[i].Examples = policy.Examples{}
	}
	return rules
}

// Untouched returns the names of the rules that no test has had a finding of, in
// the order of the policy.
func (t *Tester) Untouched() []string {
	names := []string{}
	for _, r := range append(slices.Clone(t.policy.Rules), t.policy.ResponseRules...) {
		if !t.touched[r.Name] {
			names = append(names, r.Name)
		}
	}
	return names
}

// Examples tests the examples of all rules and, with detectors, those of the
// detectors that they name.
func (t *Tester) Examples(detectors bool) ([]Result, error) {
	bare := t.cases.policy
	engine, err := detect.Compile(bare)
	if err != nil {
		return nil, err
	}
	results, err := t.examplesOf(engine, t.policy.Rules, detectors)
	if err != nil {
		return nil, err
	}
	if engine, err = detect.CompileResponse(bare); err != nil {
		return nil, err
	}
	more, err := t.examplesOf(engine, t.policy.ResponseRules, detectors)
	return append(results, more...), err
}

func (t *Tester) examplesOf(engine *detect.Engine, rules []policy.Rule, detectors bool) ([]Result, error) {
	x, err := engine.Explainer()
	if err != nil {
		return nil, err
	}
	var results []Result
	for i, rule := range rules {
		e := examples{t, x, rules, i}
		for n, text := range rule.Examples.Match {
			r := Result{Kind: "example", Name: fmt.Sprintf("rule %q: match[%d]", rule.Name, n)}
			e.match(&r, text, true)
			results = append(results, done(r))
		}
		for n, text := range rule.Examples.NoMatch {
			r := Result{Kind: "example", Name: fmt.Sprintf("rule %q: no_match[%d]", rule.Name, n)}
			e.noMatch(&r, text)
			results = append(results, done(r))
		}
		d, known := detector.Lookup(rule.Detector)
		if !known || !detectors {
			continue
		}
		for n, example := range d.Examples.Match {
			r := Result{Kind: "detector", Name: fmt.Sprintf("rule %q: match[%d] of the detector %s", rule.Name, n, d.Name)}
			e.match(&r, example.Text, false)
			results = append(results, done(r))
		}
		for n, text := range d.Examples.NoMatch {
			r := Result{Kind: "detector", Name: fmt.Sprintf("rule %q: no_match[%d] of the detector %s", rule.Name, n, d.Name)}
			e.noMatch(&r, text)
			results = append(results, done(r))
		}
	}
	return results, nil
}

func done(r Result) Result {
	r.Passed = len(r.Failures) == 0
	return r
}

// examples are those of one rule.
type examples struct {
	tester    *Tester
	explainer *detect.Explainer
	rules     []policy.Rule
	rule      int
}

// own returns the matches of the rule's pattern in a text.
func (e examples) own(r *Result, text string) (found, refused []detect.Candidate) {
	candidates, err := e.explainer.Explain(text, detect.Scope{})
	if err != nil {
		r.fail(quoted(text), "a backtracking rule takes too long")
		return nil, nil
	}
	for _, c := range candidates {
		switch {
		case c.Rule != e.rule:
		case c.Reason.Refused():
			refused = append(refused, c)
		default:
			found = append(found, c)
		}
	}
	return found, refused
}

// match tests a text in which the rule must find something. strictly, other rules
// must leave it something: otherwise it is enough that the text is found, as
// detectors overlap.
func (e examples) match(r *Result, text string, strictly bool) {
	found, refused := e.own(r, text)
	if len(r.Failures) > 0 {
		return
	}
	if len(found) == 0 {
		say := "the pattern does not match"
		if len(refused) > 0 {
			say = why.MissOf(&policy.Policy{Rules: e.rules}, redact.Explanation{Candidate: refused[0], Text: text}).Say
		}
		r.fail(quoted(text), "is not found: %s", say)
		return
	}
	if i := slices.IndexFunc(found, func(c detect.Candidate) bool { return c.Reason != detect.Lost }); i >= 0 {
		e.tester.touched[e.rules[e.rule].Name] = true
	} else if strictly {
		r.fail(quoted(text), "is found, but rule %q has it: where findings overlap, the leftmost wins, then the longest, then the earlier rule", e.rules[found[0].By].Name)
	}
}

func (e examples) noMatch(r *Result, text string) {
	found, _ := e.own(r, text)
	for _, c := range found {
		r.fail(quoted(text), "is found, from byte %d to %d", c.Start, c.End)
	}
}

func quoted(text string) string { return fmt.Sprintf("%q", text) }
