// Package detect finds what the rules of a policy describe in one text.
//
// It knows nothing of where the text comes from and changes nothing.
package detect

import (
	"fmt"
	"regexp"
	"sort"

	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/strictjson"
)

// Engine is a compiled policy. It is safe for concurrent use.
type Engine struct {
	patterns []*regexp.Regexp
	open     []bool // the rule's placeholder must not be followed by a digit
}

// Finding is a part of a text, text[Start:End], that a rule describes. Rule is
// the rule's index in the policy.
type Finding struct {
	Start, End int
	Rule       int
}

// sampleNumbers hold every digit alone, in front and at the end.
var sampleNumbers = []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 42, 999, 1234567, 987654321}

// Compile compiles the rules of a policy. It refuses a policy whose
// placeholders could be masked again or mistaken for each other.
func Compile(p *policy.Policy) (*Engine, error) {
	e := &Engine{}
	for i, rule := range p.Rules {
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
			return nil, mistake(p, rule, "pattern", "is too large once compiled", "use smaller repeat counts")
		}
		for _, number := range sampleNumbers {
			for _, at := range pattern.FindAllStringIndex(rule.Placeholder.Format(number), -1) {
				if at[0] < at[1] {
					return nil, mistake(p, rule, "replacement", "is matched by the rule's own pattern, so it would be masked again", "choose another replacement or a narrower pattern")
				}
			}
		}
		if placeholder.Confusable(rule.Placeholder, rule.Placeholder) {
			return nil, mistake(p, rule, "replacement", "can be misread where two of them stand side by side", "begin it with an opening bracket and end it with the closing one")
		}
		for _, earlier := range p.Rules[:i] {
			if placeholder.Confusable(earlier.Placeholder, rule.Placeholder) {
				return nil, mistake(p, rule, "replacement", fmt.Sprintf("can be mistaken for the one of rule %q", earlier.Name), "make them differ at the beginning, and end them with a closing bracket")
			}
		}
		e.patterns = append(e.patterns, pattern)
		e.open = append(e.open, rule.Placeholder.Open())
	}
	return e, nil
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
	found := resolve(dst[first:])
	for i, f := range found {
		if e.open[f.Rule] {
			found[i].End = digitsEnd(text, f.End, found[i+1:])
		}
	}
	return append(dst[:first], found...)
}

// resolve makes matches of several rules into findings without overlaps.
func resolve(matches []Finding) []Finding {
	if len(matches) < 2 {
		return matches
	}
	sort.Slice(matches, func(i, j int) bool {
		a, b := matches[i], matches[j]
		if a.Start != b.Start {
			return a.Start < b.Start
		}
		if a.End != b.End {
			return a.End > b.End
		}
		return a.Rule < b.Rule
	})
	winners := matches[:0:0]
	var losers []Finding
	for _, m := range matches {
		if len(winners) == 0 || m.Start >= winners[len(winners)-1].End {
			winners = append(winners, m)
		} else if m.End > winners[len(winners)-1].End {
			losers = append(losers, m)
		}
	}
	if len(losers) == 0 {
		return winners
	}
	all := append(winners[:len(winners):len(winners)], remainders(losers, winners)...)
	sort.Slice(all, func(i, j int) bool { return all[i].Start < all[j].Start })
	return all
}

// remainders returns what the losers hold outside of the winners, each byte
// once. Both lists are in order of their beginnings.
func remainders(losers, winners []Finding) []Finding {
	var rest []Finding
	covered, w := 0, 0
	for _, l := range losers {
		at := max(l.Start, covered)
		for at < l.End {
			for w < len(winners) && winners[w].End <= at {
				w++
			}
			end := l.End
			if w < len(winners) && winners[w].Start < end {
				end = winners[w].Start
			}
			if at < end {
				rest = append(rest, Finding{at, end, l.Rule})
			}
			at = end
			if w < len(winners) && at == winners[w].Start {
				at = winners[w].End
			}
		}
		covered = max(covered, l.End)
	}
	return rest
}

// digitsEnd takes the digits that follow a finding into it, because a
// placeholder without a closing bracket would read them as its number.
func digitsEnd(text string, end int, following []Finding) int {
	limit := len(text)
	if len(following) > 0 {
		limit = following[0].Start
	}
	for end < limit && text[end] >= '0' && text[end] <= '9' {
		end++
	}
	return end
}
