package policy

import (
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/detector"
	"github.com/krakend-redact/krakend-redact/internal/fieldpath"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/secret"
	"github.com/krakend-redact/krakend-redact/internal/strictjson"
)

// Rule is one thing to find and what to do with it.
type Rule struct {
	// Name is what logs and audit call the rule; unique in its policy, over both
	// lists.
	Name string
	// Pattern is an RE2 expression (https://github.com/google/re2/wiki/Syntax)
	// that may begin with a look-behind and end with a look-ahead, or plain text
	// when Literal is set. Empty for a rule with Terms only.
	Pattern string
	// Literal takes Pattern as plain text. Default: false.
	Literal bool
	// CaseSensitive is false by default, which finds more. Detectors decide for
	// themselves, so it is true for them.
	CaseSensitive bool
	// Backtracking takes Pattern as one of a backtracking engine, which knows
	// more and is slow. Default: false.
	Backtracking bool
	// Detector names the built-in detector that Pattern, Group, Check and Context
	// were taken from. Default: none.
	Detector string
	// Terms are plain texts to find instead of a pattern. Default: none.
	Terms []string
	// WholeWords finds Terms only where no letter, digit or underscore stands
	// beside them. Default: false, which finds more.
	WholeWords bool
	// Group is the capture group that is masked. Default: 0, the whole match.
	Group int
	// Check returns how many leading bytes of a match are the value, 0 when it is
	// none. Default: nil, which takes all.
	Check func(string) int
	// Context says what must and must not stand near a match. Default: anything.
	Context *detector.Context
	// Allow are the values that are left as they are, those of the policy
	// included. Default: none.
	Allow []Allowed
	// Fields limit the rule to these JSON fields and all below them. Default:
	// none, which means everywhere.
	Fields []fieldpath.Path
	// Examples must be found and must not be found, which is checked at start.
	Examples Examples
	// Action is what happens to a finding. Default: Mask.
	Action Action
	// KeepFirst and KeepLast are how many characters Partial leaves readable.
	KeepFirst, KeepLast int
	// HashKey is the key of Hash, empty for other actions.
	HashKey secret.String
	// Severity is how bad it would be if a finding got out. Default: Medium, or
	// what the detector says.
	Severity Severity
	// Alert says when findings of the rule alert, besides what the policy and the
	// settings say. Default: nil, nothing of its own.
	Alert *Frequency
	// Placeholder is the shape of what stands in for a finding. Default:
	// [REDACTED_<NAME>], made from the rule's name.
	Placeholder placeholder.Stem
	// Unmask restores the value in the answer. Default: the policy's
	// unmask_for_user, which is false by default; always false for actions other
	// than Mask.
	Unmask bool
}

// Examples of a rule: texts in which it finds something and texts in which it
// does not.
type Examples struct{ Match, NoMatch []string }

// maxReplacement bounds a replacement in bytes: a streamed answer may have to
// hold back that much.
const maxReplacement = 128

// ruleReader reads the rules of one policy.
type ruleReader struct {
	names      map[string]bool // of the rules so far
	detectors  map[string]bool // that rules have named so far
	unmask     bool            // the policy's own
	hashKey    secret.String
	allow      []Allowed
	forAnswers bool // rules for answers, which are never given back
	sources    *Sources
}

// rules returns the enabled rules of a list.
func (r *ruleReader) rules(o *strictjson.Object, list string) []Rule {
	var rules []Rule
	for _, ro := range o.Objects(list) {
		if rule, enabled := r.rule(ro); enabled {
			rules = append(rules, rule)
		}
	}
	return rules
}

func (r *ruleReader) rule(o *strictjson.Object) (rule Rule, enabled bool) {
	readName(o, &rule)
	found := r.readDetector(o, &rule)
	if found == nil {
		readPattern(o, &rule)
	}
	if rule.Backtracking && r.forAnswers {
		o.Fail("engine", `cannot be "backtracking" in response rules, which look into streams`, "remove it")
	}
	readValidator(o, &rule)
	return rule, r.common(o, &rule, found)
}

// terms reads the denied terms, which are a rule of their own.
func (r *ruleReader) terms(o *strictjson.Object) (rule Rule, enabled bool) {
	rule.Name = "deny_terms"
	readName(o, &rule)
	readTerms(o, &rule, r.sources)
	return rule, r.common(o, &rule, nil)
}

func readName(o *strictjson.Object, rule *Rule) {
	o.String("name", &rule.Name)
	o.SetRule(rule.Name)
	if strings.TrimSpace(rule.Name) == "" {
		o.Missing("name", "name the rule; logs and audit speak of it by this name")
	}
}

// common reads what all kinds of rules have, and tells whether the rule is
// enabled.
func (r *ruleReader) common(o *strictjson.Object, rule *Rule, found *detector.Detector) (enabled bool) {
	enabled = true
	if r.names[rule.Name] {
		o.Fail("name", "stands on an earlier rule too", "give every rule its own name")
	}
	r.names[rule.Name] = true
	o.Bool("enabled", &enabled)
	readContext(o, rule)
	rule.Allow = append(readAllow(o), r.allow...)
	r.readFields(o, rule)
	if examples := o.Object("examples"); examples != nil {
		examples.Strings("match", &rule.Examples.Match)
		examples.Strings("no_match", &rule.Examples.NoMatch)
		_ = examples.Close()
	}
	rule.Severity = Medium
	if found != nil {
		rule.Severity = Severity(found.Severity)
	}
	readSeverity(o, &rule.Severity)
	readAlert(o, rule)
	r.readAction(o, rule)
	r.readUnmask(o, rule)
	readReplacement(o, rule, found)
	_ = o.Close() // the mistake is recorded; the policy's own Close returns it
	return enabled
}

func (r *ruleReader) readUnmask(o *strictjson.Object, rule *Rule) {
	rule.Unmask = r.unmask && rule.Action == Mask && !r.forAnswers
	switch {
	case !o.Has("unmask_for_user"):
	case r.forAnswers:
		o.Fail("unmask_for_user", "does not apply to response rules, whose findings are never given back", "remove it")
	default:
		o.Bool("unmask_for_user", &rule.Unmask)
		if rule.Unmask && rule.Action != Mask {
			o.Fail("unmask_for_user", `is true, but only findings with the action "mask" can be given back`, `remove it, or use "action": "mask"`)
		}
	}
}

func (r *ruleReader) readFields(o *strictjson.Object, rule *Rule) {
	if !o.Has("fields") {
		return
	}
	if r.forAnswers {
		o.Fail("fields", "does not apply to response rules, which look into the answer's texts", "remove it")
	}
	var list []string
	o.Strings("fields", &list)
	if len(list) == 0 {
		o.Fail("fields", "is empty, so the rule would apply nowhere", "name a field, or leave it out for everywhere")
	}
	for _, expression := range list {
		path, err := fieldpath.Compile(expression)
		if err != nil {
			o.Fail("fields", "holds a path that cannot be read: "+err.Error(), `write paths such as "messages.*.content"`)
			return
		}
		rule.Fields = append(rule.Fields, path)
	}
}

func readReplacement(o *strictjson.Object, rule *Rule, found *detector.Detector) {
	replacement := DefaultReplacement(rule.Name)
	if found != nil {
		replacement = "[REDACTED_" + found.Placeholder + "]"
	}
	if o.Has("replacement") && !rule.Action.UsesPlaceholder() {
		o.Fail("replacement", "does not apply to the action \""+string(rule.Action)+"\"", "remove it")
	}
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
}

// DefaultReplacement returns the replacement of a rule that names none.
func DefaultReplacement(ruleName string) string {
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
