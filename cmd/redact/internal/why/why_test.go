package why

import (
	"slices"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/policy"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/exchange"
)

func TestEveryReason(t *testing.T) {
	const text = `{"allow": ["id-0"], "redaction_rules": [
		{"name": "id", "pattern": "id-\\d+"},
		{"name": "part", "pattern": "\\b\\d{3}\\b", "context": {"require": ["part"], "forbid": ["no"], "window": 20}},
		{"name": "group", "pattern": "k=(\\d)|k=[a-z]", "group": 1},
		{"name": "sum", "pattern": "sum\\d{4}", "validator": "luhn"},
		{"name": "behind", "pattern": "(?<=<b>)bold"},
		{"name": "ahead", "pattern": "italic(?=</i>)"},
		{"name": "field", "pattern": "secret", "fields": ["a"]}]}`
	p, err := policy.Parse("policy.json", "test", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	e, err := exchange.New(p, exchange.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ rule, text, miss, reason, say string }{
		{"id", "id-12", "", "", ""},
		{"id", "id-0", "id-0", "allow", "lists it"},
		{"part", "id-123 part", "123", "overlap", `rule "id" has it`},
		{"part", "123", "123", "context", "part"},
		{"part", "no 123 part", "123", "forbidden word", "no"},
		{"group", "k=a", "k=a", "group", "group 1"},
		{"sum", "sum4112", "sum4112", "validator", "refuses"},
		{"behind", "a bold", "bold", "look-behind", "before it"},
		{"ahead", "italic", "italic", "look-ahead", "behind it"},
		{"field", `{"a":"secret","b":"secret"}`, "secret", "fields", `"fields"`},
		// What is found in one way of looking is no miss in another.
		{"part", `{"part":"123"}`, "", "", ""},
	} {
		m, err := e.Mask(strings.NewReader(tc.text), true)
		if err != nil {
			t.Fatal(err)
		}
		list := Of(p, m)
		got := list[slices.IndexFunc(list, func(r Rule) bool { return r.Name == tc.rule })]
		switch {
		case tc.miss == "" && (len(got.Misses) > 0 || got.Found == 0):
			t.Errorf("%s in %q: %+v", tc.rule, tc.text, got)
		case tc.miss == "":
		case len(got.Misses) != 1, got.Misses[0].Text != tc.miss, got.Misses[0].Reason != tc.reason, !strings.Contains(got.Misses[0].Say, tc.say):
			t.Errorf("%s in %q: %+v", tc.rule, tc.text, got)
		}
	}
}

func TestListsSomeWordsOnly(t *testing.T) {
	if got := words(strings.Split("a b c d e f g h i j", " ")); got != "a, b, c, d, e, f, g, h, …" {
		t.Error(got)
	}
}
