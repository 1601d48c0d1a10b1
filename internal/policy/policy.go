// Package policy reads policies: named, versioned sets of rules that say what
// to look for and what to put in its place. The format is that of the AI
// Security Gateway's redaction policies, of which ours is a superset.
//
// The package parses, sets defaults and validates. It detects nothing and
// knows nothing of requests.
package policy

import (
	"os"
	"path/filepath"
	"regexp/syntax"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/strictjson"
)

// Policy is a validated policy with all defaults filled in.
type Policy struct {
	// Name is what logs and audit call the policy. Default: the file's name
	// without its ending, or "inline".
	Name string
	// Version is free text for people. Default: empty.
	Version string
	// Rules are the enabled rules in the order of the file, at least one.
	Rules []Rule
	// ResponseRules are the enabled rules for what is new in answers, in the
	// order of the file. None of them unmasks. Default: none.
	ResponseRules []Rule
	// Source is the file the policy was read from, or a word for its place.
	Source string
}

// Rule is one thing to find and what to do with it.
type Rule struct {
	// Name is what logs and audit call the rule; unique in its policy, over both
	// lists.
	Name string
	// Pattern is an RE2 expression (https://github.com/google/re2/wiki/Syntax),
	// or plain text when Literal is set. Never empty.
	Pattern string
	// Literal takes Pattern as plain text. Default: false.
	Literal bool
	// CaseSensitive is false by default, which finds more.
	CaseSensitive bool
	// Placeholder is the shape of what stands in for a finding. Default:
	// [REDACTED_<NAME>], made from the rule's name.
	Placeholder placeholder.Stem
	// Unmask restores the value in the answer. Default: the policy's
	// unmask_for_user, which is false by default.
	Unmask bool
}

// maxReplacement bounds a replacement in bytes: a streamed answer may have to
// hold back that much.
const maxReplacement = 128

// Load reads a policy file. Relative paths start at KrakenD's working folder.
func Load(file string) (*Policy, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, &strictjson.Error{
			File: file, Reason: "cannot be read: " + reasonOf(err),
			Remedy: "check the path (relative paths start at KrakenD's working folder) and its permissions",
		}
	}
	name := filepath.Base(file)
	return Parse(file, strings.TrimSuffix(name, filepath.Ext(name)), text)
}

// Parse reads the text of a policy. source and name are used where the policy
// does not name itself.
func Parse(source, name string, text []byte) (*Policy, error) {
	o, err := strictjson.Parse(source, text)
	if err != nil {
		return nil, err
	}
	return read(o, name)
}

func read(o *strictjson.Object, name string) (*Policy, error) {
	p := &Policy{Name: name, Source: o.File()}
	unmask := false
	o.String("name", &p.Name)
	if p.Name == "" {
		o.Fail("name", "is empty", "name the policy, or leave the field out for the file's name")
	}
	o.String("version", &p.Version)
	o.Bool("unmask_for_user", &unmask)
	names := map[string]bool{}
	p.Rules = readRules(o, "redaction_rules", names, &unmask)
	p.ResponseRules = readRules(o, "response_rules", names, nil)
	if err := o.Close(); err != nil {
		return nil, err
	}
	if len(p.Rules) == 0 {
		o.Fail("redaction_rules", "holds no enabled rule, so nothing would be masked", "enable or add a rule, or take redact-request out of the configuration")
	}
	return p, o.Close()
}

// readRules returns the enabled rules of a list. names are those of the rules
// so far; unmask is the default of unmask_for_user, nil where nothing is ever
// given back.
func readRules(o *strictjson.Object, list string, names map[string]bool, unmask *bool) []Rule {
	var rules []Rule
	for _, ro := range o.Objects(list) {
		rule, enabled := readRule(ro, unmask)
		if names[rule.Name] {
			ro.Fail("name", "stands on an earlier rule too", "give every rule its own name")
		}
		names[rule.Name] = true
		if enabled {
			rules = append(rules, rule)
		}
	}
	return rules
}

func readRule(o *strictjson.Object, unmask *bool) (rule Rule, enabled bool) {
	enabled = true
	o.String("name", &rule.Name)
	o.SetRule(rule.Name)
	if strings.TrimSpace(rule.Name) == "" {
		o.Fail("name", "is missing", "name the rule; logs and audit speak of it by this name")
	}
	o.String("pattern", &rule.Pattern)
	o.Bool("literal", &rule.Literal)
	o.Bool("enabled", &enabled)
	o.Bool("case_sensitive", &rule.CaseSensitive)
	if unmask != nil {
		rule.Unmask = *unmask
		o.Bool("unmask_for_user", &rule.Unmask)
	} else if o.Has("unmask_for_user") {
		o.Fail("unmask_for_user", "does not apply to response rules, whose findings are never given back", "remove it")
	}
	replacement := defaultReplacement(rule.Name)
	o.String("replacement", &replacement)
	switch {
	case replacement == "":
		o.Fail("replacement", "is empty", `write a placeholder such as "[REDACTED_EMAIL]", or leave the field out for one made from the rule's name`)
	case replacement[0] >= '0' && replacement[0] <= '9':
		o.Fail("replacement", "begins with a digit, which would read as the number of a placeholder before it", "begin it with a bracket or a letter")
	case len(replacement) > maxReplacement:
		o.Fail("replacement", "is longer than 128 bytes", "shorten it")
	case strings.ContainsFunc(replacement, isControl):
		o.Fail("replacement", "holds control characters", "use printable text")
	}
	rule.Placeholder = placeholder.NewStem(replacement)
	if rule.Pattern == "" {
		o.Fail("pattern", "is missing", "write what to look for")
	} else if reason, remedy := patternMistake(rule); reason != "" {
		o.Fail("pattern", reason, remedy)
	}
	_ = o.Close() // the mistake is recorded; the policy's own Close returns it
	return rule, enabled
}

// patternMistake checks a pattern without ever quoting it.
func patternMistake(rule Rule) (reason, remedy string) {
	if rule.Literal {
		return "", ""
	}
	_, err := syntax.Parse(rule.Pattern, syntax.Perl)
	if err == nil {
		return "", ""
	}
	reason = "is not a valid regular expression"
	if se, ok := err.(*syntax.Error); ok {
		reason += ": " + se.Code.String()
		if isLookAround(rule.Pattern) {
			return reason, "look-around is not RE2 syntax: use \\b, anchors or a second rule instead"
		}
	}
	return reason, `see https://github.com/google/re2/wiki/Syntax, or set "literal": true for plain text`
}

func isLookAround(pattern string) bool {
	for _, opening := range []string{"(?=", "(?!", "(?<=", "(?<!"} {
		if strings.Contains(pattern, opening) {
			return true
		}
	}
	return false
}

func defaultReplacement(ruleName string) string {
	word := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return '_'
	}, ruleName)
	if len(word) > 64 {
		word = word[:64]
	}
	if strings.Trim(word, "_") == "" {
		return "[REDACTED]"
	}
	return "[REDACTED_" + strings.Trim(word, "_") + "]"
}

func isControl(r rune) bool { return r < 0x20 || r == 0x7f }

// reasonOf leaves out the path, which the message names already.
func reasonOf(err error) string {
	if os.IsNotExist(err) {
		return "no such file"
	}
	if os.IsPermission(err) {
		return "permission denied"
	}
	return "not a readable file"
}
