package detect_test

import (
	"fmt"
	"math/rand"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/detect"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/policy"
)

// rule makes a rule that takes case seriously, with a placeholder of its own.
func rule(name, pattern string) policy.Rule {
	return policy.Rule{Name: name, Pattern: pattern, CaseSensitive: true, Placeholder: placeholder.NewStem("[" + name + "]")}
}

func changed(r policy.Rule, change func(*policy.Rule)) policy.Rule {
	change(&r)
	return r
}

func anyCase(r *policy.Rule) { r.CaseSensitive = false }
func literal(r *policy.Rule) { r.Literal = true }
func stem(replacement string) func(*policy.Rule) {
	return func(r *policy.Rule) { r.Placeholder = placeholder.NewStem(replacement) }
}

func compile(t testing.TB, rules ...policy.Rule) *detect.Engine {
	t.Helper()
	e, err := detect.Compile(&policy.Policy{Source: "policy.json", Rules: rules})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// found writes findings as "rule:text rule:text".
func found(e *detect.Engine, text string) string {
	var list []string
	for _, f := range e.Find(nil, text) {
		list = append(list, fmt.Sprintf("%d:%s", f.Rule, text[f.Start:f.End]))
	}
	return strings.Join(list, " ")
}

func TestFind(t *testing.T) {
	open := stem("OPEN")
	tests := []struct {
		name  string
		rules []policy.Rule
		text  string
		want  string
	}{
		{"nothing", []policy.Rule{rule("A", "x")}, "aaa", ""},
		{"empty text", []policy.Rule{rule("A", "x*")}, "", ""},
		{"all of the text", []policy.Rule{rule("A", "x+")}, "xxx", "0:xxx"},
		{"several", []policy.Rule{rule("A", "x")}, "x.xx", "0:x 0:x 0:x"},
		{"exact case", []policy.Rule{rule("A", "secret")}, "secret Secret", "0:secret"},
		{"any case", []policy.Rule{changed(rule("A", "secret"), anyCase)}, "secret SeCrEt", "0:secret 0:SeCrEt"},
		{"any case, all alternatives", []policy.Rule{changed(rule("A", "aaa|bbb"), anyCase)}, "AAA BBB", "0:AAA 0:BBB"},
		{"any case, other scripts", []policy.Rule{changed(rule("A", "straße|ÉTÉ"), anyCase)}, "STRAßE été", "0:STRAßE 0:été"},
		{"a flag of the pattern's own", []policy.Rule{changed(rule("A", "(?-i)x"), anyCase)}, "x X", "0:x"},
		{"quoted to the end", []policy.Rule{changed(rule("A", `\Qa.b`), anyCase)}, "axb A.B", "0:A.B"},
		{"literal", []policy.Rule{changed(rule("A", "a.b*[c"), literal)}, "axb a.b*[c", "0:a.b*[c"},
		{"literal in any case", []policy.Rule{changed(changed(rule("A", `p\Q(1)`), literal), anyCase)}, `P\q(1)`, `0:P\q(1)`},
		{"without metacharacters both are the same", []policy.Rule{rule("A", "s3cr3t")}, "s3cr3t", "0:s3cr3t"},
		{"word boundary", []policy.Rule{rule("A", `\b4[0-9]{3}\b`)}, "4111 41111 (4222)", "0:4111 0:4222"},
		{"empty matches", []policy.Rule{rule("A", "x*|$|^|\\b")}, "a xx b", "0:xx"},
		{"first alternative, as in Perl", []policy.Rule{rule("A", "a|ab")}, "ab", "0:a"},

		{"leftmost wins", []policy.Rule{rule("A", "bcd"), rule("B", "ab")}, "abcd", "1:ab 0:cd"},
		{"longest wins", []policy.Rule{rule("A", "ab"), rule("B", "abc")}, "abc", "1:abc"},
		{"earlier rule wins", []policy.Rule{rule("A", "ab"), rule("B", "a.")}, "ab", "0:ab"},
		{"earlier rule wins the other way", []policy.Rule{rule("A", "a."), rule("B", "ab")}, "ab", "0:ab"},
		{"inside", []policy.Rule{rule("A", "b"), rule("B", "abc")}, "abc b", "1:abc 0:b"},
		{"adjacent", []policy.Rule{rule("A", "a"), rule("B", "b")}, "abab", "0:a 1:b 0:a 1:b"},
		{"the rest of a loser", []policy.Rule{rule("A", "abc"), rule("B", "cdef")}, "abcdef", "0:abc 1:def"},
		{"the rest between two winners", []policy.Rule{rule("A", "ab|ef"), rule("B", "bcdef")}, "abcdef", "0:ab 1:cd 0:ef"},
		{"rests of two losers", []policy.Rule{rule("A", "ab"), rule("B", "bcd"), rule("C", "bcdef")}, "abcdef", "0:ab 2:cdef"},
		{"rests of two losers, longer second", []policy.Rule{rule("A", "abcd"), rule("B", "bcdef"), rule("C", "defgh")}, "abcdefgh", "0:abcd 1:ef 2:gh"},

		{"open takes digits", []policy.Rule{changed(rule("A", "x"), open)}, "x12 x 3x4.5", "0:x12 0:x 0:x4"},
		{"open at the end", []policy.Rule{changed(rule("A", "x"), open)}, "x", "0:x"},
		{"closed takes none", []policy.Rule{rule("A", "x")}, "x12", "0:x"},
		{"open stops at the next finding", []policy.Rule{changed(rule("A", "x"), open), rule("B", "\\B[34]{2}\\b")}, "x1234 x34", "0:x12 1:34 0:x 1:34"},
		{"open takes ASCII digits only", []policy.Rule{changed(rule("A", "x"), open)}, "x٣ x３", "0:x 0:x"},

		{"invalid UTF-8 around", []policy.Rule{rule("A", "x")}, "\xffx\xc3", "0:x"},
		{"invalid UTF-8 inside", []policy.Rule{rule("A", "a.b")}, "a\xffb a\xc3b", "0:a\xffb 0:a\xc3b"},
		{"invalid UTF-8 ends a word", []policy.Rule{rule("A", `\bkey\b`)}, "\xe9key\xe9", "0:key"},
		{"characters stay whole", []policy.Rule{rule("A", "[^ -~]")}, "aéa😀", "0:é 0:😀"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := found(compile(t, tt.rules...), tt.text); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestFindAppends(t *testing.T) {
	e := compile(t, rule("A", "bc"), rule("B", "ab"))
	earlier := detect.Finding{Start: 50, End: 60, Rule: 7}
	room := make([]detect.Finding, 1, 16)
	room[0] = earlier
	for _, dst := range [][]detect.Finding{{earlier}, room} {
		want := []detect.Finding{earlier, {0, 2, 1}, {2, 3, 0}}
		if got := e.Find(dst, "abc"); !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}

func TestCompileRefuses(t *testing.T) {
	for _, tt := range []struct {
		name  string
		rules []policy.Rule
		want  string
	}{
		{
			"an expression that does not compile",
			[]policy.Rule{rule("A", "canary(")},
			`policy.json: rule "A": field pattern: is not a valid regular expression: missing closing ); see https://github.com/google/re2/wiki/Syntax, or set "literal": true for plain text`,
		},
		{
			"an expression that is too large",
			[]policy.Rule{rule("A", "(?:a{1000}){1000}")},
			`policy.json: rule "A": field pattern: is not a valid regular expression: invalid repeat count; see https://github.com/google/re2/wiki/Syntax, or set "literal": true for plain text`,
		},
		{
			"its own placeholder",
			[]policy.Rule{rule("A", `[A-Z]_\d`)},
			`policy.json: rule "A": field replacement: is matched by the rule's own pattern, so it would be masked again; choose another replacement or a narrower pattern`,
		},
		{
			"its own placeholder with a large number",
			[]policy.Rule{rule("A", `[0-9]{6}`)},
			`policy.json: rule "A": field replacement: is matched by the rule's own pattern when its number is one like 1234567, so it would be masked again; narrow the pattern: with \b around it, it finds no number behind the underscore`,
		},
		{
			"its own placeholder in another case",
			[]policy.Rule{changed(rule("A", `a_\d`), anyCase)},
			`policy.json: rule "A": field replacement: is matched by the rule's own pattern, so it would be masked again; choose another replacement or a narrower pattern`,
		},
		{
			"its own literal",
			[]policy.Rule{changed(rule("A", `[A`), literal)},
			`policy.json: rule "A": field replacement: is matched by the rule's own pattern, so it would be masked again; choose another replacement or a narrower pattern`,
		},
		{
			"the second rule's",
			[]policy.Rule{rule("A", "canary"), rule("B", `B`)},
			`policy.json: rule "B": field replacement: is matched by the rule's own pattern, so it would be masked again; choose another replacement or a narrower pattern`,
		},
		{
			"placeholders inside each other",
			[]policy.Rule{changed(rule("A", "canary"), stem("EMAIL")), changed(rule("B", "y"), stem("[MY_EMAIL]"))},
			`policy.json: rule "B": field replacement: can be mistaken for the one of rule "A"; make them differ at the beginning, and end them with a closing bracket`,
		},
		{
			"placeholders that begin alike",
			[]policy.Rule{changed(rule("A", "x"), stem("{X}")), rule("B", "z"), changed(rule("C", "y"), stem("{X}}"))},
			`policy.json: rule "C": field replacement: can be mistaken for the one of rule "A"; make them differ at the beginning, and end them with a closing bracket`,
		},
		{
			"a placeholder that cannot stand beside itself",
			[]policy.Rule{changed(rule("A", "x"), stem("0000"))},
			`policy.json: rule "A": field replacement: can be misread where two of them stand side by side; begin it with an opening bracket and end it with the closing one`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := detect.Compile(&policy.Policy{Source: "policy.json", Rules: tt.rules})
			if err == nil || err.Error() != tt.want {
				t.Errorf("\ngot  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestCompileResponse(t *testing.T) {
	requests := []policy.Rule{rule("A", "x"), changed(rule("B", "y"), stem("[MY_EMAIL]"))}
	for _, tt := range []struct {
		name  string
		rules []policy.Rule
		want  string
	}{
		{"none", nil, ""},
		{"others", []policy.Rule{rule("C", "z"), rule("D", "zz")}, ""},
		{"the same placeholder", []policy.Rule{changed(rule("C", "z"), stem("[MY_EMAIL]")), changed(rule("D", "z"), stem("[A]"))}, ""},
		{
			"one that holds another",
			[]policy.Rule{rule("C", "z"), changed(rule("D", "z"), stem("EMAIL"))},
			`policy.json: rule "D": field replacement: can be mistaken for the one of rule "B"; make them differ at the beginning, and end them with a closing bracket`,
		},
		{
			"one that holds another of answers",
			[]policy.Rule{changed(rule("C", "z"), stem("[C_D]")), changed(rule("D", "z"), stem("D"))},
			`policy.json: rule "D": field replacement: can be mistaken for the one of rule "C"; make them differ at the beginning, and end them with a closing bracket`,
		},
		{
			"its own",
			[]policy.Rule{rule("C", "C")},
			`policy.json: rule "C": field replacement: is matched by the rule's own pattern, so it would be masked again; choose another replacement or a narrower pattern`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, err := detect.CompileResponse(&policy.Policy{Source: "policy.json", Rules: requests, ResponseRules: tt.rules})
			switch {
			case tt.want == "" && err != nil, tt.want != "" && (err == nil || err.Error() != tt.want):
				t.Errorf("\ngot  %v\nwant %s", err, tt.want)
			case err == nil && len(tt.rules) > 0 && found(e, "x z") != "0:z":
				t.Errorf("found %s", found(e, "x z"))
			case err == nil && len(tt.rules) == 0 && found(e, "x z") != "":
				t.Errorf("found %s", found(e, "x z"))
			}
		})
	}
}

// Whatever the number of a placeholder, its own rule must not find it.
func TestEveryDigitCounts(t *testing.T) {
	for digit := 0; digit <= 9; digit++ {
		for _, pattern := range []string{fmt.Sprint(digit), fmt.Sprintf("_%d", digit), fmt.Sprintf(`%d\]`, digit)} {
			if digit == 0 && pattern == "_0" {
				continue // no number begins with it
			}
			if _, err := detect.Compile(&policy.Policy{Rules: []policy.Rule{rule("A", pattern)}}); err == nil {
				t.Errorf("%s is taken", pattern)
			}
		}
	}
}

func TestCompileTakes(t *testing.T) {
	compile(t, rule("A", "x"), changed(rule("B", "y"), stem("[A]")))                 // one stem for two rules
	compile(t, changed(rule("A", "x"), stem("[REDACTED]")), rule("REDACTED_B", "y")) // one stem begins as the other
	compile(t, rule("A", `^$|x*|\b`))                                                // an empty match in its own placeholder
	compile(t, rule("A", `\b[0-9]{1,9}\b`))                                          // digits, but not those behind the _
}

var (
	randomPatterns = []string{"a", "b+", "ab", "ba", "abc?", "[a-c]{3}", "c.c", "(?:ab)+", "a|bc", "^a", "c$", "\\bb", "b*", "é.", ".\xc3?b", "(?s)a.{2,4}"}
	randomTexts    = []string{"a", "b", "c", "ab", "é", "\xff", "\xc3", "1", " ", "\n"}
)

func randomEngine(t *testing.T, rnd *rand.Rand) (*detect.Engine, []policy.Rule) {
	t.Helper()
	var rules []policy.Rule
	for i := 1 + rnd.Intn(5); i > 0; i-- {
		r := rule(fmt.Sprintf("R%d", i), strings.ToValidUTF8(randomPatterns[rnd.Intn(len(randomPatterns))], ""))
		r.CaseSensitive = true
		rules = append(rules, r)
	}
	return compile(t, rules...), rules
}

// covered marks the bytes that some rule matches on its own.
func covered(rules []policy.Rule, text string) (union []bool, by []map[int]bool) {
	union, by = make([]bool, len(text)), make([]map[int]bool, len(text))
	for i, r := range rules {
		for _, at := range regexp.MustCompile(r.Pattern).FindAllStringIndex(text, -1) {
			for b := at[0]; b < at[1]; b++ {
				if by[b] == nil {
					by[b] = map[int]bool{}
				}
				union[b], by[b][i] = true, true
			}
		}
	}
	return union, by
}

func checkFindings(t *testing.T, rules []policy.Rule, text string, findings []detect.Finding) {
	t.Helper()
	union, by := covered(rules, text)
	got := make([]bool, len(text))
	end := 0
	for _, f := range findings {
		if f.Start < end || f.End <= f.Start || f.End > len(text) {
			t.Fatalf("%q: out of order, empty or overlapping: %v", text, findings)
		}
		end = f.End
		for b := f.Start; b < f.End; b++ {
			got[b] = true
			if !by[b][f.Rule] {
				t.Fatalf("%q: byte %d is not what rule %d matches: %v", text, b, f.Rule, findings)
			}
		}
	}
	if !reflect.DeepEqual(got, union) {
		t.Fatalf("%q: %v covers\n%v, the rules match\n%v", text, findings, got, union)
	}
}

// No byte that a rule describes is left over, none is taken that no rule
// describes, and each goes to a rule that describes it.
func TestFindingsCoverWhatTheRulesMatch(t *testing.T) {
	rnd := rand.New(rand.NewSource(7))
	findings, partial := 0, 0
	for i := 0; i < 120; i++ {
		e, rules := randomEngine(t, rnd)
		for j := 0; j < 50; j++ {
			var b strings.Builder
			for n := rnd.Intn(16); n > 0; n-- {
				b.WriteString(randomTexts[rnd.Intn(len(randomTexts))])
			}
			text := b.String()
			list := e.Find(nil, text)
			checkFindings(t, rules, text, list)
			findings += len(list)
			for k := 1; k < len(list); k++ {
				if list[k-1].End == list[k].Start {
					partial++
				}
			}
		}
	}
	if findings < 5_000 || partial < 1_000 {
		t.Errorf("only %d findings, %d of them adjacent: the test tests little", findings, partial)
	}
}

func FuzzFind(f *testing.F) {
	rules := []policy.Rule{rule("A", "ab+"), rule("B", "b.c"), rule("C", `\b[a-z]+@[a-z]+\b`), rule("D", "(?s)c.{3}")}
	e := unchecked(f, rules...) // of texts as they are written only
	for _, seed := range []string{"", "abbc", "abxc@bab", "\xffab\xc3\xa9", "ccccccc", "a@b@c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		checkFindings(t, rules, text, e.Find(nil, text))
	})
}

func TestAnEngineIsSafeForConcurrentUse(t *testing.T) {
	e := compile(t, rule("A", "ab"), rule("B", "bc"))
	done := make(chan string)
	for i := 0; i < 8; i++ {
		go func() { done <- found(e, strings.Repeat("abc ", 50)) }()
	}
	want := strings.TrimSpace(strings.Repeat("0:ab 1:c ", 50))
	for i := 0; i < 8; i++ {
		if got := <-done; got != want {
			t.Errorf("got %s", got)
		}
	}
}
