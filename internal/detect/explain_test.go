package detect_test

import (
	"errors"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/detect"
	"github.com/krakend-redact/krakend-redact/internal/detector"
	"github.com/krakend-redact/krakend-redact/internal/policy"
)

func explain(t testing.TB, e *detect.Engine, text string, in detect.Scope) []detect.Candidate {
	t.Helper()
	x, err := e.Explainer()
	if err != nil {
		t.Fatal(err)
	}
	list, err := x.Explain(text, in)
	// A backtracking rule has so little time that a machine with other work to do may
	// use it up for nothing.
	for late := (*detect.TimeoutError)(nil); errors.As(err, &late); {
		list, err = x.Explain(text, in)
	}
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func parsed(t testing.TB, text string) *policy.Policy {
	t.Helper()
	p, err := policy.Parse("policy.json", "test", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestExplain(t *testing.T) {
	const rules = `{"deny_terms": {"terms": ["Tiger", "Tig"], "whole_words": true}, "allow": ["0-000"], "redaction_rules": [
		{"name": "code", "pattern": "(?<!X)\\b\\d-\\d{3}\\b(?!Y)", "context": {"forbid": ["test"], "window": 8}},
		{"name": "key", "pattern": "key=(\\w+)|k:\\w+", "group": 1},
		{"name": "card", "pattern": "4\\d{15}", "validator": "luhn", "context": {"require": ["card"], "window": 8}},
		{"name": "long", "pattern": "\\b\\d-\\d{3}-\\d\\b"},
		{"name": "back", "engine": "backtracking", "pattern": "(\\w)\\1{3}(?=!)"},
		{"name": "count", "pattern": "\\d-\\d", "action": "alert"}]}`
	p := parsed(t, rules)
	e, err := detect.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	index := func(name string) int {
		return slices.IndexFunc(p.Rules, func(r policy.Rule) bool { return r.Name == name })
	}
	for _, tc := range []struct {
		rule, text, value string
		want              detect.Reason
		by                string
	}{
		{"code", "a 1-234 b", "1-234", detect.Found, ""},
		{"code", "a X1-234 b", "", 0, ""}, // \b
		{"code", "a 1-234Y b", "", 0, ""},
		{"code", "test 1-234", "1-234", detect.OutOfContext, ""},
		{"code", "a 0-000", "0-000", detect.Allowed, ""},
		{"code", "a 1-234-5", "1-234", detect.Lost, "long"},
		{"key", "key=abc", "abc", detect.Found, ""},
		{"key", "k:abc", "k:abc", detect.NoGroup, ""},
		{"card", "card 4111111111111111", "4111111111111111", detect.Found, ""},
		{"card", "card 4111111111111112", "4111111111111112", detect.Invalid, ""},
		{"card", "4111111111111111", "4111111111111111", detect.OutOfContext, ""},
		{"deny_terms", "tiger!", "tiger", detect.Found, ""},
		{"back", "aaaa!", "aaaa", detect.Found, ""},
		{"back", "aaaa", "", 0, ""},
		{"count", "1-234", "1-2", detect.Watched, ""},
		{"code", "a １-234", "１-234", detect.Found, ""}, // as its reader sees it
	} {
		var got []detect.Candidate
		for _, c := range explain(t, e, tc.text, detect.Scope{}) {
			if c.Rule == index(tc.rule) {
				got = append(got, c)
			}
		}
		switch {
		case tc.value == "" && len(got) == 0:
		case len(got) != 1, tc.text[got[0].Start:got[0].End] != tc.value, got[0].Reason != tc.want, got[0].By != index(tc.by):
			t.Errorf("%s in %q: %+v", tc.rule, tc.text, got)
		}
	}

	skip := make([]bool, len(p.Rules))
	skip[index("code")] = true
	if got := explain(t, e, "a 1-234", detect.Scope{Skip: skip}); got[0].Reason != detect.OutOfScope {
		t.Errorf("a rule that takes no part: %+v", got)
	}
}

func TestExplainsLookAround(t *testing.T) {
	e := compile(t, rule("A", `(?<=id )\d+(?= ok)`), rule("B", `(?<!no )[a-z]{4}(?!!)`))
	for text, want := range map[string][]detect.Reason{
		"id 12 ok": {detect.Found},
		"12 ok":    {detect.NotBehind, detect.NotBehind},
		"id 12":    {detect.NotAhead, detect.NotBehind},
		"no abcd":  {detect.NotBehind},
		"abcd!":    {detect.NotAhead},
	} {
		var got []detect.Reason
		for _, c := range explain(t, e, text, detect.Scope{}) {
			got = append(got, c.Reason)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// Two rules share a text, of which each has a part.
func TestExplainsCuts(t *testing.T) {
	e := compile(t, rule("A", `abc`), rule("B", `bcd`))
	got := explain(t, e, "abcd", detect.Scope{})
	if len(got) != 2 || got[0].Reason != detect.Found || got[1].Reason != detect.Cut || got[1].By != 0 {
		t.Errorf("%+v", got)
	}
}

// What is explained as found is found, and what is found is explained.
func TestExplanationsAgreeWithTheEngine(t *testing.T) {
	var texts []string
	for _, d := range detector.All() {
		for _, example := range d.Examples.Match {
			texts = append(texts, example.Text)
		}
		texts = append(texts, d.Examples.NoMatch...)
	}
	random := rand.New(rand.NewSource(1))
	for range 300 {
		var parts []string
		for range 4 {
			parts = append(parts, texts[random.Intn(len(texts))])
		}
		texts = append(texts, strings.Join(parts, []string{" ", "", "\n", "\u200b"}[random.Intn(4)]))
	}
	policies := []*policy.Policy{parsed(t, `{"packs": ["pii", "secrets", "financial", "health"]}`)}
	for _, r := range policies[0].Rules {
		policies = append(policies, &policy.Policy{Rules: []policy.Rule{r}})
	}
	for _, p := range policies {
		e, err := detect.Compile(p)
		if err != nil {
			t.Fatal(err)
		}
		x, err := e.Explainer()
		if err != nil {
			t.Fatal(err)
		}
		own := texts
		if len(p.Rules) == 1 {
			own = texts[:len(texts)-200]
		}
		for _, text := range own {
			candidates, err := x.Explain(text, detect.Scope{})
			if err != nil {
				t.Fatal(err)
			}
			found := e.Find(nil, text)
			for _, f := range found {
				if !slices.ContainsFunc(candidates, func(c detect.Candidate) bool {
					return c.Rule == f.Rule && c.Start <= f.Start && f.End <= c.End && (c.Reason == detect.Found || c.Reason == detect.Cut)
				}) {
					t.Errorf("%s is found, but not explained: %+v in %q", p.Rules[f.Rule].Name, f, text)
				}
			}
			for _, c := range candidates {
				switch {
				case c.Reason == detect.Found && !slices.ContainsFunc(found, func(f detect.Finding) bool {
					return f.Rule == c.Rule && f.Start <= c.Start && c.End <= f.End
				}):
					t.Errorf("%s is explained as found, but is not: %+v in %q", p.Rules[c.Rule].Name, c, text)
				case c.Reason == detect.Lost && c.By == detect.NoRule:
					t.Errorf("%s: lost to nobody: %+v in %q", p.Rules[c.Rule].Name, c, text)
				}
			}
		}
	}
}
