// Package detect finds what the rules of a policy describe, in a text that is
// all there ([Engine.Find]) or arrives in pieces ([Stream]). Both find the same.
//
// It knows nothing of where the text comes from and changes nothing.
package detect

import (
	"fmt"
	"regexp"
	"regexp/syntax"

	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/strictjson"
)

// Engine is a compiled list of rules. It is safe for concurrent use.
type Engine struct {
	patterns []*regexp.Regexp
	programs []*program // the same patterns, for streams
	open     []bool     // the rule's placeholder must not be followed by a digit
}

// Finding is a part of a text, text[Start:End], that a rule describes. Rule is
// the rule's index in the list that the engine was compiled from.
type Finding struct {
	Start, End int
	Rule       int
}

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
	return compile(p, p.ResponseRules, p.Rules)
}

// compile compiles rules whose placeholders stand beside those of others.
func compile(p *policy.Policy, rules, others []policy.Rule) (*Engine, error) {
	e := &Engine{}
	for i, rule := range rules {
		if err := e.add(rule); err != nil {
			return nil, mistake(p, rule, "pattern", "is too large once compiled", "use smaller repeat counts")
		}
		for _, number := range sampleNumbers {
			for _, at := range e.patterns[i].FindAllStringIndex(rule.Placeholder.Format(number), -1) {
				if at[0] < at[1] {
					return nil, mistake(p, rule, "replacement", "is matched by the rule's own pattern, so it would be masked again", "choose another replacement or a narrower pattern")
				}
			}
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

// add compiles a rule's pattern for whole texts and for streams, the latter in
// the very steps that regexp takes.
func (e *Engine) add(rule policy.Rule) error {
	expression := rule.Pattern
	if rule.Literal {
		expression = regexp.QuoteMeta(expression)
	}
	if !rule.CaseSensitive {
		// A group would not close after an open \Q.
		expression = "(?i)" + expression
	}
	pattern, err := regexp.Compile(expression)
	if err != nil {
		return err
	}
	tree, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return err
	}
	compiled, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return err
	}
	e.patterns = append(e.patterns, pattern)
	e.programs = append(e.programs, newProgram(compiled))
	e.open = append(e.open, rule.Placeholder.Open())
	return nil
}

func mistake(p *policy.Policy, rule policy.Rule, field, reason, remedy string) error {
	return &strictjson.Error{File: p.Source, Rule: rule.Name, Field: field, Reason: reason, Remedy: remedy}
}

// Find appends the findings in text to dst, in order and without overlaps. Of
// overlapping matches the leftmost wins, then the longest, then the earlier
// rule. What a losing match holds beyond the winners is a finding of its own:
// no byte that a rule describes is left over.
func (e *Engine) Find(dst []Finding, text string) []Finding {
	first := len(dst)
	for i, pattern := range e.patterns {
		for _, at := range pattern.FindAllStringIndex(text, -1) {
			if at[0] < at[1] {
				dst = append(dst, Finding{at[0], at[1], i})
			}
		}
	}
	found := resolve(dst[first:], 0)
	for i, f := range found {
		if e.open[f.Rule] {
			found[i].End += digits(text[f.End:followed(len(text), found[i+1:])])
		}
	}
	return append(dst[:first], found...)
}
