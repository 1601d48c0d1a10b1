package detect_test

import (
	"errors"
	"math/rand"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/detect"
)

func backtracking(t testing.TB, rules ...detect.Rule) *detect.Engine {
	t.Helper()
	for i := range rules {
		rules[i].Backtracking = true
	}
	e, err := detect.New(rules)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestBacktracking(t *testing.T) {
	e := backtracking(t, detect.Rule{Expression: `(\w)\1+`}, detect.Rule{Expression: `x(\d*)y`, Group: 1})
	if got, want := found(e, "éaab\xffcc x12y xy"), "0:aa 0:cc 1:12 1:xy"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	e = backtracking(t, detect.Rule{Expression: `\d+`, Check: func(value string) int { return len(value) - 1 }})
	if got, want := found(e, "1 12 123"), "0:1 0:12"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// What both engines understand, they find alike.
func TestBacktrackingIsWhatTheReferenceFinds(t *testing.T) {
	rnd := rand.New(rand.NewSource(43))
	for i := 0; i < 300; i++ {
		r := testRule{main: []string{"a+b?", "(?:ab|b)+", "[^a]{2,3}", "é|1(a)?", "(a|b)c*?"}[rnd.Intn(5)]}
		if strings.Count(r.main, "(")-strings.Count(r.main, "(?") > 0 && rnd.Intn(2) == 0 {
			r.group = 1
		}
		e := backtracking(t, detect.Rule{Expression: r.main, Group: r.group})
		text := randomText(rnd, 30)
		want := (&reference{map[string]*regexp.Regexp{}}).find([]testRule{r}, text)
		got, err := e.Search(nil, text)
		if err != nil {
			continue // the machine stood still for as long as a match may take
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q, %v: got %v, want %v", text, r, got, want)
		}
	}
}

// What takes too long is refused, or masked as a whole.
func TestBacktrackingFailsClosed(t *testing.T) {
	e := backtracking(t, detect.Rule{Expression: "never"}, detect.Rule{Expression: `(?:a|aa)+$`})
	text := strings.Repeat("a", 60) + "!"
	_, err := e.Search(nil, text)
	var timeout *detect.TimeoutError
	if !errors.As(err, &timeout) || timeout.Rule != 1 {
		t.Errorf("Search: %v", err)
	}
	earlier := detect.Finding{Start: 1, End: 2, Rule: 7}
	if got, want := e.Find([]detect.Finding{earlier}, text), []detect.Finding{earlier, {Start: 0, End: len(text), Rule: 1}}; !reflect.DeepEqual(got, want) {
		t.Errorf("Find: %v", got)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, tt := range []struct {
		rule detect.Rule
		want string
	}{
		{detect.Rule{Expression: `canary(`}, `is not a valid regular expression: missing closing ); see https://github.com/google/re2/wiki/Syntax, or set "literal": true for plain text`},
		{detect.Rule{Expression: `canary(`, Backtracking: true}, "is not a valid expression of the backtracking engine; see https://learn.microsoft.com/dotnet/standard/base-types/regular-expression-language-quick-reference"},
		{detect.Rule{Expression: `(canary)`, Group: 2}, "has fewer capture groups than the rule's group; count the opening brackets that no question mark follows"},
		{detect.Rule{Expression: `(canary)`, Group: 2, Backtracking: true}, "has fewer capture groups than the rule's group; count the opening brackets that no question mark follows"},
		{detect.Rule{Expression: `canary`, Condition: detect.Condition{Window: 2000}}, "has a window of more than 1024 bytes; make it smaller"},
	} {
		_, err := detect.New([]detect.Rule{{Expression: "x"}, tt.rule})
		wrong, ok := err.(*detect.RuleError)
		if !ok || wrong.Rule != 1 || err.Error() != tt.want {
			t.Errorf("%v, want %s", err, tt.want)
		}
	}
}
