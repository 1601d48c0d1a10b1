package fieldpath_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/fieldpath"
)

type place []string

func (p place) Len() int        { return len(p) }
func (p place) At(i int) string { return p[i] }

func TestCovers(t *testing.T) {
	tests := []struct {
		path, at string
		want     bool
	}{
		{"a", "a", true},
		{"a", "a/b/0", true},
		{"a", "b", false},
		{"a", "", false},
		{"a.b", "a", false},
		{"a.b", "a/b", true},
		{"messages.*.content", "messages/3/content", true},
		{"messages.*.content", "messages/3/role", false},
		{"messages.0", "messages/0/content", true},
		{"messages.0", "messages/10", false},
		{"*", "x", true},
		{`a\.b`, "a.b", true},
		{`a\.b`, "a/b", false},
		{`\*`, "*", true},
		{`\*`, "x", false},
		{`a\\b`, `a\b`, true},
	}
	for _, tt := range tests {
		p, err := fieldpath.Compile(tt.path)
		if err != nil {
			t.Fatal(err)
		}
		var at place
		if tt.at != "" {
			at = strings.Split(tt.at, "/")
		}
		if got := p.Covers(at); got != tt.want {
			t.Errorf("%q covers %v: %v, want %v", tt.path, at, got, tt.want)
		}
	}
}

func TestCompileRefuses(t *testing.T) {
	for path, want := range map[string]error{
		"": fieldpath.ErrEmpty, ".": fieldpath.ErrEmpty, "a.": fieldpath.ErrEmpty, ".a": fieldpath.ErrEmpty, "a..b": fieldpath.ErrEmpty,
		`a\`: fieldpath.ErrEscape, `a\b`: fieldpath.ErrEscape,
	} {
		if _, err := fieldpath.Compile(path); !errors.Is(err, want) {
			t.Errorf("Compile(%q) = %v, want %v", path, err, want)
		}
	}
}

func FuzzCompile(f *testing.F) {
	f.Add(`a.*.0.b\.c`)
	f.Fuzz(func(t *testing.T, s string) {
		p, err := fieldpath.Compile(s)
		if err == nil && p.Covers(place{}) {
			t.Errorf("%q covers the root", s)
		}
	})
}
