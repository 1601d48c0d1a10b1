package check

import (
	"fmt"
	"slices"

	"github.com/krakend-redact/krakend-redact/internal/detect"
	"github.com/krakend-redact/krakend-redact/internal/policy"
)

// overlaps reports rules that always lose to others, and pairs of rules that find
// each other's values.
func (p *policyCheck) overlaps(all *detect.Engine) {
	rules := p.policy.Rules
	alone := &soloEngines{policy: p.policy, all: all, engines: make([]*detect.Engine, len(rules))}
	lost := map[int]bool{}
	for i, rule := range rules {
		if winners := p.losesTo(all, i); len(winners) > 0 && !p.ofPack(rule.Name) {
			lost[i] = true
			p.atRule("KR018", rule.Name, "name", fmt.Sprintf("rule %q never comes to bear on its own examples: %s find the same and win", rule.Name, names(rules, winners)))
		}
	}
	for i, a := range rules {
		for j := i + 1; j < len(rules); j++ {
			b := rules[j]
			if p.ofPack(a.Name) && p.ofPack(b.Name) || lost[i] || lost[j] || len(a.Fields)+len(b.Fields) > 0 || !a.Action.Changes() || !b.Action.Changes() {
				continue
			}
			if alone.findEachOther(i, j) {
				written := a
				if p.ofPack(a.Name) {
					written = b
				}
				p.atRule("KR017", written.Name, "name", fmt.Sprintf("rules %q and %q find each other's examples", a.Name, b.Name))
			}
		}
	}
}

func names(rules []policy.Rule, list []int) string {
	text := ""
	for n, i := range list {
		if n > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%q", rules[i].Name)
	}
	return text
}

// losesTo returns the rules that win in each of a rule's examples, none if the
// rule has a finding in one of them.
func (p *policyCheck) losesTo(all *detect.Engine, rule int) []int {
	var winners []int
	if len(p.policy.Rules[rule].Fields) > 0 || !p.policy.Rules[rule].Action.Changes() {
		return nil
	}
	for _, text := range examplesOf(p.policy.Rules[rule]) {
		for _, f := range all.Find(nil, text) {
			if f.Rule == rule {
				return nil
			}
			if !slices.Contains(winners, f.Rule) && p.policy.Rules[f.Rule].Action.Changes() {
				winners = append(winners, f.Rule)
			}
		}
	}
	slices.Sort(winners)
	return winners
}

// soloEngines are engines of one rule each, made when they are needed.
type soloEngines struct {
	policy  *policy.Policy
	all     *detect.Engine
	engines []*detect.Engine
}

// find returns what a rule finds by itself.
func (s *soloEngines) find(rule int, text string) []detect.Finding {
	if s.engines[rule] == nil {
		one := *s.policy
		one.Rules = s.policy.Rules[rule : rule+1]
		engine, err := detect.Compile(&one)
		if err != nil {
			return nil // all together they compile, so each one does
		}
		s.engines[rule] = engine
	}
	return s.engines[rule].Find(nil, text)
}

// findEachOther tells whether two rules find overlapping values in an example of
// each. A rule without examples counts if it finds all of the other's, unless
// the other one wins there: something special in front of something general.
func (s *soloEngines) findEachOther(a, b int) bool {
	ofA, ofB := examplesOf(s.policy.Rules[a]), examplesOf(s.policy.Rules[b])
	switch {
	case len(ofA) == 0 && len(ofB) == 0:
		return false
	case len(ofA) == 0:
		return s.meetings(b, a, ofB) == len(ofB) && !s.wins(b, ofB)
	case len(ofB) == 0:
		return s.meetings(a, b, ofA) == len(ofA) && !s.wins(a, ofA)
	}
	return s.meetings(a, b, ofA) > 0 && s.meetings(b, a, ofB) > 0
}

// meetings counts the examples of a rule in which another one finds an
// overlapping value.
func (s *soloEngines) meetings(rule, other int, examples []string) int {
	n := 0
	for _, text := range examples {
		found := s.find(other, text)
		if len(found) == 0 {
			continue
		}
		if slices.ContainsFunc(s.find(rule, text), func(f detect.Finding) bool {
			return slices.ContainsFunc(found, func(g detect.Finding) bool { return f.Start < g.End && g.Start < f.End })
		}) {
			n++
		}
	}
	return n
}

// wins tells whether a rule comes to bear in each of the examples.
func (s *soloEngines) wins(rule int, examples []string) bool {
	return !slices.ContainsFunc(examples, func(text string) bool {
		return !slices.ContainsFunc(s.all.Find(nil, text), func(f detect.Finding) bool { return f.Rule == rule })
	})
}
