package migrate

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/BurntSushi/toml"
)

// Gitleaks reads a configuration of gitleaks:
// https://github.com/gitleaks/gitleaks#configuration
func Gitleaks(text []byte, _ string) (*Result, error) {
	var root map[string]any
	if _, err := toml.Decode(string(text), &root); err != nil {
		return nil, errors.New("is not valid TOML")
	}
	b := newBuilder("gitleaks")
	o := b.object("", root)
	if title := o.text("title"); title != "" {
		b.policy.Comment += ": " + title
	}
	o.ignore("is about gitleaks itself", "minVersion", "description")
	if v, path := o.get("extend"); v != nil {
		e := b.object(path, v)
		if on, _ := e.flag("useDefault"); on {
			b.pack("secrets")
			b.lose(e.at("useDefault"), `gitleaks' own rules are not carried over; the pack "secrets" finds the most common kinds`)
		}
		e.lose("the rules that are extended are not read; migrate that file too", "path", "url")
		e.lose("the rules that are extended are not carried over", "disabledRules")
		e.close()
	}
	list, path := o.list("rules")
	rules := map[string]int{}
	for i, v := range list {
		b.gitleaksRule(fmt.Sprintf("%s[%d]", path, i), v, rules)
	}
	for _, key := range []string{"allowlist", "allowlists"} {
		for _, a := range b.allowlists(o, key) {
			targets, at := a.texts("targetRules")
			entries := b.allowlist(a)
			if targets == nil {
				b.policy.Allow = append(b.policy.Allow, entries...)
			}
			for _, target := range targets {
				n, ok := rules[target]
				if !ok {
					b.lose(at, "names a rule that is not carried over")
					continue
				}
				b.policy.Rules[n].Allow = append(b.policy.Rules[n].Allow, entries...)
			}
			a.close()
		}
	}
	o.close()
	return b.finish()
}

// gitleaksRule adds a rule. rules gets its place.
func (b *builder) gitleaksRule(path string, v any, rules map[string]int) {
	o := b.object(path, v)
	defer o.close()
	id := o.text("id")
	r := rule{Name: id, Description: o.text("description"), Pattern: o.text("regex"), Sensitive: true, path: path}
	r.Tags, _ = o.texts("tags")
	o.lose("there is no threshold for entropy; validators and detectors take its place", "entropy")
	o.lose("are not needed: every text is searched", "keywords")
	o.lose("rules do not know of files", "path")
	o.lose("rules stand by themselves", "required", "skipReport")
	group, at := o.get("secretGroup")
	switch n := group.(type) {
	case nil:
		// gitleaks takes the first group that is not empty.
		if takesPart(r.Pattern) {
			r.Group = 1
		}
	case int64:
		r.Group = int(n)
	default:
		b.lose(at, "is no number")
	}
	for _, key := range []string{"allowlist", "allowlists"} {
		for _, a := range b.allowlists(o, key) {
			r.Allow = append(r.Allow, b.allowlist(a)...)
			a.close()
		}
	}
	if r.Pattern == "" {
		b.lose(path, "has no regex: it finds files, not texts")
		return
	}
	if b.pattern(r, false) {
		rules[id] = len(b.policy.Rules) - 1
	}
}

// allowlists returns the tables under a key, of which there may be one or several.
func (b *builder) allowlists(o *object, key string) []*object {
	v, path := o.get(key)
	if one, ok := v.(map[string]any); ok {
		return []*object{b.object(path, one)}
	}
	list, path := o.list(key)
	var all []*object
	for i, v := range list {
		all = append(all, b.object(fmt.Sprintf("%s[%d]", path, i), v))
	}
	return all
}

// allowlist returns what an allowlist lets pass.
func (b *builder) allowlist(o *object) []any {
	o.ignore("is a comment", "description", "id")
	o.lose("rules do not know of files and commits", "paths", "commits")
	both := false
	switch o.text("condition") {
	case "AND", "and", "&&":
		both = true
	}
	target, targetAt := o.text("regexTarget"), o.at("regexTarget")
	expressions, at := o.texts("regexes")
	words, wordsAt := o.texts("stopwords")
	if both {
		b.lose(o.at("condition"), "allow lists let pass what any of their entries describes, so this one is left out")
		for i := range expressions {
			b.lose(fmt.Sprintf("%s[%d]", at, i), "belongs to a condition")
		}
		for i := range words {
			b.lose(fmt.Sprintf("%s[%d]", wordsAt, i), "belongs to a condition")
		}
		return nil
	}
	var entries []any
	for i, expression := range expressions {
		at := fmt.Sprintf("%s[%d]", at, i)
		if target == "match" || target == "line" {
			b.lose(at, targetAt+" is "+target+", but allow lists see the value only")
			continue
		}
		if _, err := regexp.Compile(expression); err != nil {
			b.lose(at, "is no RE2 expression")
			continue
		}
		entries = append(entries, allowed{`(?s:.*)(?:` + expression + `)(?s:.*)`})
	}
	for _, word := range words {
		entries = append(entries, allowed{`(?is:.*)(?i:` + regexp.QuoteMeta(word) + `)(?is:.*)`})
	}
	return slices.Clip(entries)
}
