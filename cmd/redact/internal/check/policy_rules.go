package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/config"
	"github.com/krakend-redact/krakend-redact/internal/detect"
	"github.com/krakend-redact/krakend-redact/internal/detector"
	"github.com/krakend-redact/krakend-redact/internal/pattern"
	"github.com/krakend-redact/krakend-redact/internal/policy"
)

// placeholders reports rules that find what other rules put in a value's place.
func (p *policyCheck) placeholders(requests, answers *detect.Engine) {
	all := append(slices.Clone(p.policy.Rules), p.policy.ResponseRules...)
	for _, side := range []struct {
		engine *detect.Engine
		rules  []policy.Rule
	}{{requests, p.policy.Rules}, {answers, p.policy.ResponseRules}} {
		if len(side.rules) == 0 {
			continue
		}
		for _, issuer := range all {
			// In an answer, what is restored is not looked into.
			if !issuer.Action.UsesPlaceholder() || issuer.Unmask && side.engine == answers {
				continue
			}
			told := map[int]bool{}
			for _, number := range []int{1, 12, 123} {
				for _, f := range side.engine.Find(nil, issuer.Placeholder.Format(number)) {
					finder := side.rules[f.Rule]
					if told[f.Rule] || finder.Name == issuer.Name {
						continue
					}
					told[f.Rule] = true
					p.atRule("KR015", finder.Name, "pattern", fmt.Sprintf("rule %q finds the placeholder of rule %q", finder.Name, issuer.Name))
				}
			}
		}
	}
}

// atRule notes a finding at a field of a rule, or at the rule.
func (p *policyCheck) atRule(code, rule, field, reason string) {
	n := p.node(p.whole, rule)
	if inner := n.Get(field); inner != nil {
		n = inner
	}
	p.at(code, p.doc, n, reason, "")
}

// slow reports rules that cost much more time than others.
func (p *policyCheck) slow(requests *detect.Engine) {
	for _, s := range requests.Slow() {
		rule := p.policy.Rules[s.Rule]
		if p.ofPack(rule.Name) {
			continue
		}
		p.at("KR021", p.doc, p.node(p.whole, rule.Name).Find("pattern"), fmt.Sprintf("rule %q is slow: it %s", rule.Name, s.Reason), s.Remedy)
	}
}

// patterns reports what the rules' patterns and conditions come to.
func (p *policyCheck) patterns() {
	for _, rule := range append(slices.Clone(p.policy.Rules), p.policy.ResponseRules...) {
		if p.ofPack(rule.Name) {
			continue
		}
		if reason, field := neverFinds(rule); reason != "" {
			p.atRule("KR019", rule.Name, field, fmt.Sprintf("rule %q can never find anything: %s", rule.Name, reason))
		} else if matchesEmpty(rule) {
			p.atRule("KR020", rule.Name, "pattern", fmt.Sprintf("the pattern of rule %q matches the empty text, too", rule.Name))
		}
		if rule.Backtracking && catastrophic(rule) {
			p.atRule("KR022", rule.Name, "pattern", fmt.Sprintf("the pattern of rule %q takes more than 100 milliseconds for a text of a few dozen characters", rule.Name))
		}
		n := p.node(p.whole, rule.Name)
		if n.Parent.Key == "redaction_rules" && p.policy.Mode == policy.Enforce && p.whole.Get("unmask_for_user").True() && rule.Action.Changes() && rule.Action != policy.Mask {
			p.atRule("KR023", rule.Name, "action", fmt.Sprintf("the policy unmasks, but what rule %q finds is not given back: its action is %q", rule.Name, rule.Action))
		}
		if reason := caseTrap(rule); reason != "" && rule.Detector == "" {
			p.atRule("KR025", rule.Name, "pattern", fmt.Sprintf("rule %q %s", rule.Name, reason))
		}
	}
}

// parsed takes the pattern of a rule apart, nil if there is none in RE2 syntax.
func parsed(rule policy.Rule) *pattern.Pattern {
	if rule.Literal || rule.Backtracking || len(rule.Terms) > 0 {
		return nil
	}
	p, err := pattern.Parse(rule.Pattern)
	if err != nil {
		return nil
	}
	return p
}

// neverFinds tells why a rule cannot find anything, and in which field that is.
func neverFinds(rule policy.Rule) (reason, field string) {
	if p := parsed(rule); p != nil {
		_, most := pattern.Width(p.Tree)
		switch {
		case most == 0:
			return "its pattern matches nothing but the empty text, which does not count", "pattern"
		case emptyLanguage(p.Tree):
			return "no text matches its pattern", "pattern"
		case groupIsEmpty(p.Tree, rule.Group):
			return fmt.Sprintf("group %d of its pattern is always empty", rule.Group), "group"
		}
	}
	if reason := contextImpossible(rule.Context); reason != "" && rule.Detector == "" {
		return reason, "context"
	}
	if texts := examplesOf(rule); len(texts) > 0 && rule.Detector != "" && allAllowed(rule) {
		return "allow lets through every value", "allow"
	}
	if slices.ContainsFunc(probes, func(value string) bool { return !allowed(rule, value) }) {
		return "", ""
	}
	return "allow lets through every value", "allow"
}

// probes are values of which nobody allows all.
var probes = []string{"a", "Zq9", "jane.doe@example.com", "4111 1111 1111 1111", "-", "\u00e9\u4e2d"}

func allowed(rule policy.Rule, value string) bool {
	return slices.ContainsFunc(rule.Allow, func(a policy.Allowed) bool { return a.Holds(value) })
}

func allAllowed(rule policy.Rule) bool {
	d, ok := detector.Lookup(rule.Detector)
	return ok && !slices.ContainsFunc(d.Examples.Match, func(e detector.Example) bool { return !allowed(rule, e.Value) })
}

func contextImpossible(c *detector.Context) string {
	if c == nil || len(c.Words) == 0 {
		return ""
	}
	usable := func(word string) bool {
		return len(word) <= max(c.Before, c.After) && !slices.ContainsFunc(c.Forbid, func(f string) bool { return strings.EqualFold(f, word) })
	}
	if slices.ContainsFunc(c.Words, usable) {
		return ""
	}
	return "each required word is forbidden or longer than the window"
}

func matchesEmpty(rule policy.Rule) bool {
	p := parsed(rule)
	if p == nil {
		return false
	}
	least, _ := pattern.Width(p.Tree)
	return least == 0
}

// caseTrap tells what a rule says of upper and lower case and contradicts.
func caseTrap(rule policy.Rule) string {
	switch {
	case rule.Literal || len(rule.Terms) > 0:
		return ""
	case rule.CaseSensitive && strings.Contains(rule.Pattern, "(?i"):
		return `is "case_sensitive", but its pattern switches that off with (?i`
	case !rule.CaseSensitive && strings.Contains(rule.Pattern, "(?-i"):
		return `is not "case_sensitive", but its pattern switches that on with (?-i`
	}
	return ""
}

// twice reports rules that look for the same.
func (p *policyCheck) twice() {
	for _, list := range []string{"redaction_rules", "response_rules"} {
		seen := map[string]*config.Node{}
		for _, rule := range p.sound.Get(list).List() {
			if rule.Get("enabled") != nil && !rule.Get("enabled").True() {
				continue
			}
			field := "pattern"
			if rule.Get("detector") != nil {
				field = "detector"
			}
			// What narrows a rule down makes it another one.
			var same strings.Builder
			for _, name := range []string{field, "literal", "case_sensitive", "group", "engine", "validator", "context", "allow", "fields"} {
				same.WriteString(name + "=")
				if n := rule.Get(name); n != nil && n.Text != "false" {
					same.Write(p.doc.Write(n))
				}
			}
			if earlier := seen[same.String()]; earlier != nil {
				p.at("KR016", p.doc, rule.Get(field), fmt.Sprintf("rules %s and %s look for the same", quoted(earlier), quoted(rule)), "")
				continue
			}
			seen[same.String()] = rule
		}
	}
}

// examplesOf returns texts in which a rule finds something: its own, or its
// detector's.
func examplesOf(rule policy.Rule) []string {
	if len(rule.Examples.Match) > 0 {
		return rule.Examples.Match
	}
	var texts []string
	if d, ok := detector.Lookup(rule.Detector); ok {
		for _, e := range d.Examples.Match {
			texts = append(texts, e.Text)
		}
	}
	return texts
}
