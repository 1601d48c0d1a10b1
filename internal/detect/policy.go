package detect

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/krakend-redact/krakend-redact/internal/normalize"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/strictjson"
)

// sampleNumbers hold every digit alone, in front and at the end.
var sampleNumbers = []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 42, 999, 1234567, 987654321}

// Compile compiles the rules for requests. It refuses a policy whose
// placeholders could be masked again or mistaken for each other. Texts are
// searched as they are written and as their readers see them: see package
// normalize.
func Compile(p *policy.Policy) (*Engine, error) {
	return compile(p, p.Rules, nil, true)
}

// CompileResponse compiles the rules for answers, of which there may be none.
// Their placeholders stand in answers beside those for requests, so it refuses
// those that could be mistaken for each other too. Answers are searched as they
// are written, so that streams find the same.
func CompileResponse(p *policy.Policy) (*Engine, error) {
	e, err := compile(p, p.ResponseRules, p.Rules, false)
	if err == nil && len(e.slow) > 0 {
		return nil, mistake(p, p.ResponseRules[e.slow[0].number], "engine", "backtracks, which needs all of a text, but answers arrive in pieces", "write the pattern without backtracking")
	}
	return e, err
}

// compile compiles rules whose placeholders stand beside those of others.
func compile(p *policy.Policy, rules, others []policy.Rule, asRead bool) (*Engine, error) {
	list := make([]Rule, len(rules))
	for i, rule := range rules {
		var err error
		if list[i], err = ruleOf(rule); err != nil {
			return nil, mistake(p, rule, "terms", err.Error(), "shorten the list or its terms")
		}
	}
	e, err := New(list)
	if err != nil {
		wrong := err.(*RuleError)
		return nil, mistake(p, rules[wrong.Rule], "pattern", wrong.Reason, wrong.Remedy)
	}
	e.asRead = asRead
	for i, rule := range rules {
		if err := e.checkExamples(p, i, rule); err != nil {
			return nil, err
		}
		if !rule.Action.UsesPlaceholder() {
			continue
		}
		switch number := e.findsItsOwn(i, rule.Placeholder); {
		case number == sampleNumbers[0]:
			return nil, mistake(p, rule, "replacement", "is matched by the rule's own pattern, so it would be masked again", "choose another replacement or a narrower pattern")
		case number > 0:
			return nil, mistake(p, rule, "replacement", fmt.Sprintf("is matched by the rule's own pattern when its number is one like %d, so it would be masked again", number),
				`narrow the pattern: with \b around it, it finds no number behind the underscore`)
		}
		if placeholder.Confusable(rule.Placeholder, rule.Placeholder) {
			return nil, mistake(p, rule, "replacement", "can be misread where two of them stand side by side", "begin it with an opening bracket and end it with the closing one")
		}
		for _, list := range [][]policy.Rule{others, rules[:i]} {
			for _, earlier := range list {
				if earlier.Action.UsesPlaceholder() && placeholder.Confusable(earlier.Placeholder, rule.Placeholder) {
					return nil, mistake(p, rule, "replacement", fmt.Sprintf("can be mistaken for the one of rule %q", earlier.Name), "make them differ at the beginning, and end them with a closing bracket")
				}
			}
		}
	}
	return e, nil
}

// checkExamples refuses a rule that does not find what it should, or finds what
// it should not. Its errors do not quote the examples.
func (e *Engine) checkExamples(p *policy.Policy, i int, rule policy.Rule) error {
	for _, list := range []struct {
		field string
		texts []string
		want  bool
		say   string
	}{
		{"match", rule.Examples.Match, true, "is not found by the rule"},
		{"no_match", rule.Examples.NoMatch, false, "is found by the rule"},
	} {
		for n, text := range list.texts {
			if e.finds(i, text) != list.want {
				return mistake(p, rule, fmt.Sprintf("examples.%s[%d]", list.field, n), list.say, "correct the example or the rule")
			}
		}
	}
	return nil
}

// findsItsOwn returns the first number with which a rule finds its own placeholder,
// 0 if it does with none.
func (e *Engine) findsItsOwn(rule int, stem placeholder.Stem) int {
	for _, number := range sampleNumbers {
		if e.finds(rule, stem.Format(number)) {
			return number
		}
	}
	return 0
}

// finds tells whether a rule finds something in a text, or fails.
func (e *Engine) finds(rule int, text string) bool {
	s, err := e.allMatches(text)
	if s == nil {
		return false
	}
	defer e.scratch.Put(s)
	return err != nil || slices.ContainsFunc(s.matches, func(f Finding) bool { return f.Rule == rule })
}

func ruleOf(rule policy.Rule) (Rule, error) {
	expression := rule.Pattern
	if rule.Literal {
		expression = regexp.QuoteMeta(expression)
	}
	if !rule.CaseSensitive {
		// A group would not close after an open \Q.
		expression = "(?i)" + expression
	}
	r := Rule{
		Name: rule.Name, Expression: expression, Group: rule.Group, Check: rule.Check, Condition: conditionOf(rule), Allow: allowOf(rule.Allow),
		Backtracking: rule.Backtracking, Open: rule.Action.UsesPlaceholder() && rule.Placeholder.Open(), Watch: !rule.Action.Changes(),
	}
	var err error
	if len(rule.Terms) > 0 {
		r.Terms, err = NewTerms(asReadToo(rule.Terms), !rule.CaseSensitive, rule.WholeWords)
	}
	return r, err
}

// asReadToo adds the normal forms of terms, which stand in texts as their readers
// see them.
func asReadToo(terms []string) []string {
	all := slices.Clone(terms)
	var t normalize.Text
	for _, term := range terms {
		if t.Reset(term) {
			all = append(all, strings.Clone(t.String()))
		}
	}
	return all
}

// conditionOf is what a rule asks of what stands near a value.
func conditionOf(rule policy.Rule) Condition {
	context := rule.Context
	if context == nil {
		return Condition{}
	}
	// Whether a word ends there is told by one character more.
	return Condition{Window: max(context.Before, context.After) + utf8.UTFMax, Holds: context.Prepare()}
}

// allowOf is what a rule leaves as it is, nil for nothing.
func allowOf(list []policy.Allowed) func(value string) bool {
	if len(list) == 0 {
		return nil
	}
	return func(value string) bool {
		return slices.ContainsFunc(list, func(a policy.Allowed) bool { return a.Holds(value) })
	}
}

func mistake(p *policy.Policy, rule policy.Rule, field, reason, remedy string) error {
	return &strictjson.Error{File: p.Source, Rule: rule.Name, Field: field, Reason: reason, Remedy: remedy}
}
