package detect

import (
	"strings"
	"testing"
)

func TestPrefixOf(t *testing.T) {
	for expression, want := range map[string]int{
		`sk-[0-9A-Za-z_-]{40}`:                      3,
		`\bAKIA[0-9A-Z]{16}`:                        4,
		`(?<![0-9A-Za-z])gh[pousr]_[0-9A-Za-z]{36}`: 4,
		`(?i)(?:password|passwd|пароль|密码): ?\S+`:   4, // no match is shorter
		`super_s3cr3t_password`:                     8, // and no more than that
		`(?:password|pwd|密码): ?\S{12}`:              4,
		`key`:                                       0,
		`SK[0-9a-f]{32}`:                            0, // too frequent
		`[0-9]{3}-[0-9]{2}-[0-9]{4}`:                0,
		`[a-z]+@[a-z]+\.com`:                        0,
		`(?:abcdefgh)?i`:                            0,
		`x*`:                                        0,
	} {
		e, err := New([]Rule{{Expression: expression}})
		if err != nil {
			t.Fatal(err)
		}
		if got := e.finders[0].prefix; got != want {
			t.Errorf("%s: %d, want %d", expression, got, want)
		}
	}
}

// Long patterns that begin with something rare, and repeats with bounds, would
// have many states for every state of the others.
func TestThePassHasFewStates(t *testing.T) {
	for _, tt := range []struct {
		text        string
		expressions []string
	}{
		{"sk-xoxb" + strings.Repeat("abcdefghij", 100), []string{`sk-[a-z]{40}[a-z]*`, `xoxb[a-z]{40}[a-z]*`}},
		{strings.Repeat("ab.cde-f.g.hijklm-", 100) + "://", []string{`\b[a-z][a-z.-]{1,20}://`}},
	} {
		var rules []Rule
		for _, expression := range tt.expressions {
			rules = append(rules, Rule{Expression: expression})
		}
		e, err := New(rules)
		if err != nil {
			t.Fatal(err)
		}
		if found := e.Find(nil, tt.text); len(found) != 1 {
			t.Errorf("%v: %v", tt.expressions, found)
		}
		if rows := (*e.passes.list.Load())[0].table.Load().born.rows; rows > 20 {
			t.Errorf("%v: %d states", tt.expressions, rows)
		}
	}
}

// A search goes no farther than what begins where it may.
func TestASearchEndsWithWhatIsUnderWay(t *testing.T) {
	e, err := New([]Rule{{Expression: `[0-9]{3}x`}})
	if err != nil {
		t.Fatal(err)
	}
	f, p, text := e.finders[0], &progress{}, "12345"+strings.Repeat(" ", 1000)+"123x"
	var w walker
	w.table, w.state = f.forward.begin(f.forward.end())
	if end := f.search(p, &w, text, 5); end >= 0 || w.at > 6 {
		t.Errorf("%d, walked to %d", end, w.at)
	}
}
