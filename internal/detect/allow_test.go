package detect

import (
	"reflect"
	"strings"
	"testing"
)

// No part of an allowed value is found, in whole texts and in streams, and what
// other rules find there is.
func TestAllowedValues(t *testing.T) {
	allow := func(value string) bool { return strings.EqualFold(value, "info@x.io") }
	terms, err := NewTerms([]string{"info", "fo@"}, true, false)
	if err != nil {
		t.Fatal(err)
	}
	for name, rules := range map[string][]Rule{
		"linear":       {{Expression: "[a-z]+@[a-z.]+", Allow: allow}},
		"backtracking": {{Expression: "[a-z]+@[a-z.]+", Allow: allow, Backtracking: true}},
		"group":        {{Expression: "(?:to )?([a-z]+@[a-z.]+)", Group: 1, Allow: allow}},
		"terms":        {{Terms: terms, Allow: func(value string) bool { return value == "info" }}, {Expression: "bob@[a-z.]+"}},
		"another rule": {{Expression: "[a-z]+@[a-z.]+", Allow: allow}, {Expression: "@x"}},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := New(rules)
			if err != nil {
				t.Fatal(err)
			}
			const text = "mail info@x.io or bob@x.io, info@x.io"
			var want []string
			switch name {
			case "another rule":
				want = []string{"@x", "bob@x.io", "@x"}
			default:
				want = []string{"bob@x.io"}
			}
			var got []string
			for _, f := range e.Find(nil, text) {
				got = append(got, text[f.Start:f.End])
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("found %q, want %q", got, want)
			}
			if name == "backtracking" {
				return
			}
			for size := 1; size < 9; size++ {
				got = nil
				s := e.NewStream()
				add := func(parts []Part) {
					for _, p := range parts {
						if p.Rule != NoRule {
							got = append(got, p.Text)
						}
					}
				}
				for rest := text; rest != ""; {
					n := min(size, len(rest))
					add(s.Push(rest[:n]))
					rest = rest[n:]
				}
				if add(s.Flush()); !reflect.DeepEqual(got, want) {
					t.Errorf("in pieces of %d: found %q, want %q", size, got, want)
				}
			}
		})
	}
}
