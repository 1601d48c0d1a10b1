// Package why tells people why a rule has found something in a text or has not,
// in words. It says what the engine says and decides nothing itself.
package why

import (
	"fmt"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/detect"
	"github.com/krakend-redact/krakend-redact/internal/detector"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/redact"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/exchange"
)

// Rule says what a rule found, and why it did not find what its pattern
// describes.
type Rule struct {
	Name string `json:"rule"`
	// Found is how many findings it has, repeats of values included.
	Found int `json:"found"`
	// Misses are the matches of its pattern that are no findings of it. Without
	// any of them and of findings, the pattern did not match.
	Misses []Miss `json:"misses"`
}

// Miss is a match that is no finding.
type Miss struct {
	Text string `json:"text"`
	// Path is the JSON field that it stands in.
	Path   string `json:"path,omitempty"`
	Reason string `json:"reason"`
	// Lost names the rule that has it.
	Lost string `json:"lost_to,omitempty"`
	Say  string `json:"say"`
}

// Of says for each rule of the policy what became of it.
func Of(p *policy.Policy, m *exchange.Masked) []Rule {
	list := make([]Rule, len(p.Rules))
	for i, rule := range p.Rules {
		list[i] = Rule{Name: rule.Name, Misses: []Miss{}}
	}
	for _, c := range m.Changes {
		list[c.Rule].Found++
	}
	for _, rule := range m.Watched {
		list[rule].Found++
	}
	counts := func(x redact.Explanation) bool { return x.Reason <= detect.Cut || x.Reason == detect.Watched }
	for i, x := range m.Why {
		if counts(x) {
			continue
		}
		known := false
		for j, other := range m.Why {
			// Behind a refused match the engine looks again, so parts of it show
			// up too; and what one way of looking refuses, another may find.
			known = known || other.Rule == x.Rule && other.Path == x.Path &&
				(counts(other) || j < i) && strings.Contains(other.Text[other.Start:other.End], x.Text[x.Start:x.End])
		}
		if !known {
			list[x.Rule].Misses = append(list[x.Rule].Misses, MissOf(p, x))
		}
	}
	return list
}

// MissOf says why a match is no finding.
func MissOf(p *policy.Policy, x redact.Explanation) Miss {
	rule := p.Rules[x.Rule]
	m := Miss{Text: x.Text[x.Start:x.End], Path: x.Path}
	switch x.Reason {
	case detect.Lost:
		m.Reason, m.Lost = "overlap", p.Rules[x.By].Name
		m.Say = fmt.Sprintf("rule %q has it: where findings overlap, the leftmost wins, then the longest, then the earlier rule", m.Lost)
	case detect.NoGroup:
		m.Reason, m.Say = "group", fmt.Sprintf("capture group %d takes no part in the match", rule.Group)
	case detect.NotBehind:
		m.Reason, m.Say = "look-behind", "what stands before it is not what the pattern's look-behind asks for"
	case detect.NotAhead:
		m.Reason, m.Say = "look-ahead", "what stands behind it is not what the pattern's look-ahead asks for"
	case detect.Invalid:
		m.Reason, m.Say = "validator", "the validator refuses it"
		if d, ok := detector.Lookup(rule.Detector); ok && d.Validation != "" {
			m.Say += " (" + d.Validation + ")"
		}
	case detect.OutOfContext:
		m.Reason, m.Say = contextReason(rule.Context, x)
	case detect.Allowed:
		m.Reason, m.Say = "allow", `"allow" lists it`
	case detect.OutOfScope:
		m.Reason, m.Say = "fields", `it stands outside of the rule's "fields"`
	}
	return m
}

// contextReason tells a forbidden word from a missing one.
func contextReason(c *detector.Context, x redact.Explanation) (reason, say string) {
	forbidden := *c
	forbidden.Words = nil
	if !forbidden.Accepts(x.Text, x.Start, x.End) {
		return "forbidden word", "one of these words stands near: " + words(c.Forbid)
	}
	return "context", fmt.Sprintf("none of these words stands within %d bytes before or %d behind: %s", c.Before, c.After, words(c.Words))
}

// words lists some words.
func words(list []string) string {
	const some = 8
	if len(list) > some {
		return strings.Join(list[:some], ", ") + ", …"
	}
	return strings.Join(list, ", ")
}
