package detect

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/strictjson"
)

// sampleNumbers hold every digit alone, in front and at the end.
var sampleNumbers = []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 42, 999, 1234567, 987654321}

// Compile compiles the rules for requests. It refuses a policy whose
// placeholders could be masked again or mistaken for each other.
func Compile(p *policy.Policy) (*Engine, error) {
	return compile(p, p.Rules, nil)
}

// CompileResponse compiles the rules for answers, of which there may be none.
// Their placeholders stand in answers beside those for requests, so it refuses
// those that could be mistaken for each other too.
func CompileResponse(p *policy.Policy) (*Engine, error) {
	e, err := compile(p, p.ResponseRules, p.Rules)
	if err == nil && len(e.slow) > 0 {
		return nil, mistake(p, p.ResponseRules[e.slow[0].number], "engine", "backtracks, which needs all of a text, but answers arrive in pieces", "write the pattern without backtracking")
	}
	return e, err
}

// compile compiles rules whose placeholders stand beside those of others.
func compile(p *policy.Policy, rules, others []policy.Rule) (*Engine, error) {
	list := make([]Rule, len(rules))
	for i, rule := range rules {
		list[i] = ruleOf(rule)
	}
	e, err := New(list)
	if err != nil {
		wrong := err.(*RuleError)
		return nil, mistake(p, rules[wrong.Rule], "pattern", wrong.Reason, wrong.Remedy)
	}
	for i, rule := range rules {
		if e.matchesItsOwn(i, rule.Placeholder) {
			return nil, mistake(p, rule, "replacement", "is matched by the rule's own pattern, so it would be masked again", "choose another replacement or a narrower pattern")
		}
		if placeholder.Confusable(rule.Placeholder, rule.Placeholder) {
			return nil, mistake(p, rule, "replacement", "can be misread where two of them stand side by side", "begin it with an opening bracket and end it with the closing one")
		}
		for _, list := range [][]policy.Rule{others, rules[:i]} {
			for _, earlier := range list {
				if placeholder.Confusable(earlier.Placeholder, rule.Placeholder) {
					return nil, mistake(p, rule, "replacement", fmt.Sprintf("can be mistaken for the one of rule %q", earlier.Name), "make them differ at the beginning, and end them with a closing bracket")
				}
			}
		}
	}
	return e, nil
}

// matchesItsOwn tells whether a rule finds its own placeholder.
func (e *Engine) matchesItsOwn(rule int, stem placeholder.Stem) bool {
	for _, number := range sampleNumbers {
		s, err := e.matches(stem.Format(number))
		if s == nil {
			continue
		}
		own := slices.ContainsFunc(s.matches, func(f Finding) bool { return f.Rule == rule })
		e.scratch.Put(s)
		if own || err != nil {
			return true
		}
	}
	return false
}

func ruleOf(rule policy.Rule) Rule {
	expression := rule.Pattern
	if rule.Literal {
		expression = regexp.QuoteMeta(expression)
	}
	if !rule.CaseSensitive {
		// A group would not close after an open \Q.
		expression = "(?i)" + expression
	}
	return Rule{Name: rule.Name, Expression: expression, Open: rule.Placeholder.Open()}
}

func mistake(p *policy.Policy, rule policy.Rule, field, reason, remedy string) error {
	return &strictjson.Error{File: p.Source, Rule: rule.Name, Field: field, Reason: reason, Remedy: remedy}
}
