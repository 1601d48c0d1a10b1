package detect_test

import (
	"fmt"
	"math/rand"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/krakend-redact/krakend-redact/internal/detect"
)

// testRule is a rule in parts, so that the reference needs no parser of its own.
type testRule struct {
	flags, main   string
	behind, ahead string // what look-around asks for
	notBehind     bool
	notAhead      bool
	group         int
	check         func(string) int
	window        int
	holds         func(around string, start, end int) bool
	open          bool
	checkName     string
}

func (r testRule) String() string {
	return fmt.Sprintf("%q group %d check %s window %d", r.expression(), r.group, r.checkName, r.window)
}

func (r testRule) expression() string {
	expression := r.flags
	if r.behind != "" {
		expression += map[bool]string{false: "(?<=", true: "(?<!"}[r.notBehind] + r.behind + ")"
	}
	if r.behind != "" || r.ahead != "" {
		expression += "(?:" + r.main + ")"
	} else {
		expression += r.main
	}
	if r.ahead != "" {
		expression += map[bool]string{false: "(?=", true: "(?!"}[r.notAhead] + r.ahead + ")"
	}
	return expression
}

func (r testRule) rule() detect.Rule {
	return detect.Rule{
		Expression: r.expression(), Group: r.group, Check: r.check, Open: r.open,
		Condition: detect.Condition{Window: r.window, Holds: r.holds},
	}
}

// reference is what an engine must find, as plainly as possible and only with
// Go's regexp. Texts must be short.
type reference struct{ compiled map[string]*regexp.Regexp }

func (r *reference) re(expression string) *regexp.Regexp {
	if r.compiled[expression] == nil {
		r.compiled[expression] = regexp.MustCompile(expression)
	}
	return r.compiled[expression]
}

// alone finds what a rule finds without the others.
func (r *reference) alone(rule testRule, number int, text string) []detect.Finding {
	var list []detect.Finding
	main := "(" + rule.flags + "(?:" + rule.main + "))"
	for pos := 0; pos <= len(text); {
		// The shortest beginning from pos on, and the match that is preferred there.
		skip := utf8.RuneCountInString(text[:pos])
		at := r.re(fmt.Sprintf(`\A(?s:.{%d,}?)%s`, skip, main)).FindStringSubmatchIndex(text)
		if at == nil {
			break
		}
		start, end := at[2], at[3]
		if start == end {
			pos = after(text, end)
			continue
		}
		value, ok := r.value(rule, text, start, end, at[2:])
		switch {
		case ok:
			value.Rule = number
			list = append(list, value)
			pos = value.End
		case end-start <= 256:
			pos = after(text, start)
		default:
			pos = end
		}
	}
	return list
}

func after(text string, at int) int {
	_, width := utf8.DecodeRuneInString(text[at:])
	return at + max(1, width)
}

func (r *reference) value(rule testRule, text string, start, end int, groups []int) (f detect.Finding, ok bool) {
	f.Start, f.End = start, end
	if g := rule.group; g > 0 {
		if groups[2*g] < 0 {
			return f, false
		}
		if groups[2*g] < groups[2*g+1] {
			f.Start, f.End = groups[2*g], groups[2*g+1]
		}
	}
	if rule.behind != "" {
		rest := utf8.RuneCountInString(text[start:])
		if r.re(fmt.Sprintf(`\A(?s:.*)%s(?:%s)(?s:.{%d})\z`, rule.flags, rule.behind, rest)).MatchString(text) == rule.notBehind {
			return f, false
		}
	}
	if rule.ahead != "" {
		skip := utf8.RuneCountInString(text[:end])
		if r.re(fmt.Sprintf(`\A(?s:.{%d})%s(?:%s)`, skip, rule.flags, rule.ahead)).MatchString(text) == rule.notAhead {
			return f, false
		}
	}
	if rule.check != nil {
		n := rule.check(text[f.Start:f.End])
		if n == 0 {
			return f, false
		}
		f.End = f.Start + n
	}
	if rule.holds != nil {
		from, to := max(0, f.Start-rule.window), min(len(text), f.End+rule.window)
		for from > 0 && from < f.Start && !utf8.RuneStart(text[from]) && from < f.Start-rule.window+3 {
			from++
		}
		for to < len(text) && to > f.End && !utf8.RuneStart(text[to]) && to > f.End+rule.window-3 {
			to--
		}
		return f, rule.holds(text[from:to], f.Start-from, f.End-from)
	}
	return f, true
}

// find resolves what the rules find byte by byte.
func (r *reference) find(rules []testRule, text string) []detect.Finding {
	var all []detect.Finding
	for i, rule := range rules {
		all = append(all, r.alone(rule, i, text)...)
	}
	slices.SortStableFunc(all, func(a, b detect.Finding) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return b.End - a.End
	})
	owner := make([]int, len(text)) // of each byte: which of all, from 1 on
	end := 0
	var losers []int
	for i, f := range all {
		if f.Start < end {
			losers = append(losers, i)
			continue
		}
		end = f.End
		for b := f.Start; b < f.End; b++ {
			owner[b] = i + 1
		}
	}
	for _, i := range losers {
		for b := all[i].Start; b < all[i].End; b++ {
			if owner[b] == 0 {
				owner[b] = i + 1
			}
		}
	}
	var found []detect.Finding
	for b := 0; b < len(text); {
		from := b
		for b++; b < len(text) && owner[b] == owner[from]; b++ {
		}
		if owner[from] > 0 {
			found = append(found, detect.Finding{Start: from, End: b, Rule: all[owner[from]-1].Rule})
		}
	}
	for i := range found {
		for rules[found[i].Rule].open && found[i].End < len(text) && text[found[i].End] >= '0' && text[found[i].End] <= '9' &&
			(i+1 == len(found) || found[i].End < found[i+1].Start) {
			found[i].End++
		}
	}
	return found
}

// randomRule makes a rule with anything that a rule can have.
func randomRule(rnd *rand.Rand) testRule {
	r := testRule{main: randomPattern(rnd, 1+rnd.Intn(4))}
	r.flags = []string{"", "", "", "(?i)", "(?s)", "(?m)", "(?im)"}[rnd.Intn(7)]
	looks := []string{"a", "b", "[ab]", `\d`, `\b`, "^", "$", "é", ".", "a.", "ab|c", "a{1,3}b?", `\W`, `(?:^|\s)`, "[^1]", `\B`, "[ab]|1 |é", `\d|b[.c]|_`}
	if rnd.Intn(4) == 0 {
		r.behind, r.notBehind = looks[rnd.Intn(len(looks))], rnd.Intn(2) == 0
	}
	if rnd.Intn(4) == 0 {
		r.ahead, r.notAhead = looks[rnd.Intn(len(looks))], rnd.Intn(2) == 0
	}
	if groups := strings.Count(r.main, "(") - strings.Count(r.main, "(?"); groups > 0 && rnd.Intn(2) == 0 {
		r.group = 1 + rnd.Intn(groups)
	}
	switch rnd.Intn(8) {
	case 0:
		r.checkName = "some"
		r.check = func(value string) int {
			if sum(value)%3 == 0 {
				return 0
			}
			return len(value)
		}
	case 1:
		r.checkName = "shorter"
		r.check = func(value string) int {
			if sum(value)%4 == 0 {
				return 0
			}
			_, width := utf8.DecodeLastRuneInString(value)
			if width == len(value) {
				return width
			}
			return len(value) - width
		}
	}
	if rnd.Intn(6) == 0 {
		word := []string{"a", "b", "1", " ", "é", ""}[rnd.Intn(6)]
		behind := rnd.Intn(2) == 0
		r.window = rnd.Intn(6)
		r.holds = func(around string, start, end int) bool {
			if behind {
				return strings.Contains(around[end:], word)
			}
			return strings.Contains(around[:start], word) && end-start != 3
		}
	}
	r.open = rnd.Intn(4) == 0
	return r
}

func sum(text string) int {
	n := 0
	for i := range len(text) {
		n += int(text[i])
	}
	return n
}

func newEngine(t testing.TB, rules []testRule) *detect.Engine {
	t.Helper()
	return made(t, rules, detect.New)
}

// allEngines returns the usual engine, one that looks for beginnings wherever it
// can, and both with tables that are begun anew all the time.
func allEngines(t testing.TB, rules []testRule) []*detect.Engine {
	t.Helper()
	small := func(engine func([]detect.Rule, int) (*detect.Engine, error)) *detect.Engine {
		return made(t, rules, func(list []detect.Rule) (*detect.Engine, error) { return engine(list, 3000) })
	}
	return []*detect.Engine{
		newEngine(t, rules), made(t, rules, detect.NewWithPrefixes), small(detect.NewWithLimits), small(detect.NewWithBoth),
	}
}

func made(t testing.TB, rules []testRule, engine func([]detect.Rule) (*detect.Engine, error)) *detect.Engine {
	t.Helper()
	list := make([]detect.Rule, len(rules))
	for i, r := range rules {
		list[i] = r.rule()
	}
	e, err := engine(list)
	if err != nil {
		t.Fatalf("%v: %v", rules, err)
	}
	return e
}

// pieces are how much of a text a pass goes through side by side, in bytes.
var pieces = []int{512, 1, 3, 8, 30}

func checkReference(t *testing.T, r *reference, e *detect.Engine, rules []testRule, text string) (findings int) {
	t.Helper()
	want := r.find(rules, text)
	for _, piece := range pieces {
		if got := e.InPieces(piece).Find(nil, text); !slices.Equal(got, want) {
			t.Fatalf("%q in pieces of %d\nrules %v\ngot  %v\nwant %v", text, piece, rules, got, want)
		}
	}
	return len(want)
}

// The engine finds what each rule finds with Go's regexp, one by one.
func TestFindIsWhatTheReferenceFinds(t *testing.T) {
	rnd := rand.New(rand.NewSource(23))
	findings := 0
	for i := 0; i < 600; i++ {
		rules := make([]testRule, 1+rnd.Intn(4))
		for i := range rules {
			rules[i] = randomRule(rnd)
		}
		r := &reference{map[string]*regexp.Regexp{}}
		engines := allEngines(t, rules)
		for j := 0; j < 8; j++ {
			text := randomText(rnd, 30)
			for _, e := range engines {
				findings += checkReference(t, r, e, rules, text)
			}
		}
	}
	t.Logf("%d findings", findings)
	if findings < 12_000 {
		t.Errorf("only %d findings: the test tests little", findings)
	}
}

// FuzzReference varies the rules by the seed and the text freely.
func FuzzReference(f *testing.F) {
	f.Add(int64(1), "aab é12\xff")
	f.Add(int64(99), "a\nb\xc3\xa9_ab\u212a")
	f.Fuzz(func(t *testing.T, seed int64, text string) {
		if len(text) > 60 {
			return
		}
		rnd := rand.New(rand.NewSource(seed))
		rules := make([]testRule, 1+rnd.Intn(4))
		for i := range rules {
			if rules[i] = randomRule(rnd); rnd.Intn(3) == 0 {
				rules[i] = plainRule(rnd)
			}
		}
		r := &reference{map[string]*regexp.Regexp{}}
		for _, e := range allEngines(t, rules) {
			checkReference(t, r, e, rules, text)
			checkReference(t, r, e, rules, randomText(rnd, 30))
		}
	})
}

// plainRule makes a rule of those whose matches are found without an automaton, or
// that are nearly one of them.
func plainRule(rnd *rand.Rand) testRule {
	one := func(list ...string) string { return list[rnd.Intn(len(list))] }
	r := randomRule(rnd)
	r.group = 0
	if rnd.Intn(2) == 0 {
		r.main = one(`a`, `a`, `ab`, `é1`, `a[b1]`, `(?:ab|1a)`, `\ba`) + one(`\d`, `\w`, `[\da]`, `[\d-]`, `[\dé]`, `(?i:[\dk])`, `.`)
		r.main += one(`{2}`, `{1,3}`, `{2,12}`, `+`, `*`, `{3,}`, `+?`, `{2,4}?`) + one(``, ``, `\b`, `\b`, `$`, `\B`, `b`)
		return r
	}
	r.main = `\b`
	for n := rnd.Intn(3); n >= 0; n-- {
		r.main += one(`a`, `1`, `[ab]`, `[ab1]`, `\d`, `\w`, `(?:ab|1b)`, `(?:b|a1)`, `(a1)`, `(?:[ab]|1{1,9})`)
		r.main += one(``, ``, `{2}`, `{1,9}`, `{2,12}`, `+`, `?`, `*?`, `{1,3}?`)
	}
	r.main += one(`\b`, `\b`, `\b`, `\b`, ``, `$`)
	return r
}

// What is found without an automaton is what the reference finds.
func TestPlainRulesFindWhatTheReferenceFinds(t *testing.T) {
	rnd := rand.New(rand.NewSource(83))
	findings := 0
	for i := 0; i < 2000; i++ {
		rules := make([]testRule, 1+rnd.Intn(2))
		for i := range rules {
			rules[i] = plainRule(rnd)
		}
		r := &reference{map[string]*regexp.Regexp{}}
		engines := allEngines(t, rules)
		for range 6 {
			var text strings.Builder
			for text.Len() < 40 {
				text.WriteString(abText(rnd, []string{"ab", "a1", "12", "ab1", "b1_", " -", "ab1k- "}[rnd.Intn(7)], rnd.Intn(9)))
				text.WriteString([]string{"", "", " ", "é", "\u212a", "\xff"}[rnd.Intn(6)])
			}
			for _, e := range engines {
				findings += checkReference(t, r, e, rules, text.String())
			}
		}
	}
	t.Logf("%d findings", findings)
	if findings < 20_000 {
		t.Errorf("only %d findings: the test tests little", findings)
	}
}
