package fieldpath_test

import (
	"errors"
	"strconv"
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

// located is a place of which some elements are indexes, written [3].
type located []string

func (l located) Len() int { return len(l) }

func (l located) At(i int) string { return strings.Trim(l[i], "[]") }

func (l located) Index(i int) (int, bool) {
	if !strings.HasPrefix(l[i], "[") {
		return 0, false
	}
	n, err := strconv.Atoi(l.At(i))
	return n, err == nil
}

func TestMatches(t *testing.T) {
	tests := []struct {
		path, at string
		want     bool
	}{
		{"a", "a", true},
		{"a", "b", false},
		{"a", "a/b", false},
		{"a.b", "a", false},
		{"a.b", "a/b", true},
		{"a.*", "a/b", true},
		{"a.*", "a/[7]", true},
		{"a.*", "a", false},
		{"a.*", "a/[7]/b", false},
		{"*.*", "[0]/x", true},
		{"data.*.user", "data/[12]/user", true},
		{"data.0.user", "data/[0]/user", true},
		{"data.0.user", "data/0/user", true},
		{"data.0.user", "data/[1]/user", false},
		{"data.01", "data/[1]", true},
		{"data.01", "data/01", true},
		{"data.01", "data/1", false},
		{"data.-1", "data/-1", true},
		{"data.x", "data/[0]", false},
		{"data.99999999999999999999", "data/[0]", false},
		{`a\.b`, "a.b", true},
		{`\*`, "*", true},
		{`\*`, "[0]", false},
	}
	for _, tt := range tests {
		p, err := fieldpath.Compile(tt.path)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Matches(located(strings.Split(tt.at, "/"))); got != tt.want {
			t.Errorf("%q matches %s: %v, want %v", tt.path, tt.at, got, tt.want)
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
