package detect_test

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/krakend-redact/krakend-redact/internal/detect"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/policy"
)

func unchecked(t testing.TB, rules ...policy.Rule) *detect.Engine {
	t.Helper()
	e, err := detect.Unchecked(rules...)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// whole is what a stream must make of a text: findings in brackets behind the
// number of their rule.
func whole(e *detect.Engine, text string) string {
	var b strings.Builder
	at := 0
	for _, f := range e.Find(nil, text) {
		fmt.Fprintf(&b, "%q%d<%q>", text[at:f.Start], f.Rule, text[f.Start:f.End])
		at = f.End
	}
	fmt.Fprintf(&b, "%q", text[at:])
	return b.String()
}

// collector puts the parts of a stream together, in the form of [whole].
type collector struct {
	b     strings.Builder
	plain strings.Builder
	all   strings.Builder
}

func (c *collector) add(parts []detect.Part) {
	for _, p := range parts {
		c.all.WriteString(p.Text)
		if p.Rule == detect.NoRule {
			c.plain.WriteString(p.Text)
			continue
		}
		fmt.Fprintf(&c.b, "%q%d<%q>", c.plain.String(), p.Rule, p.Text)
		c.plain.Reset()
	}
}

func (c *collector) end() string {
	fmt.Fprintf(&c.b, "%q", c.plain.String())
	s := c.b.String()
	c.b.Reset()
	c.plain.Reset()
	return s
}

func streamed(s *detect.Stream, pieces []string) (result, all string) {
	var c collector
	for _, piece := range pieces {
		c.add(s.Push(piece))
	}
	c.add(s.Flush())
	result = c.end()
	return result, c.all.String()
}

func eachByte(text string) []string {
	var pieces []string
	for i := range len(text) {
		pieces = append(pieces, text[i:i+1])
	}
	return pieces
}

func eachRune(text string) []string {
	var pieces []string
	for len(text) > 0 {
		_, n := utf8.DecodeRuneInString(text)
		pieces = append(pieces, text[:n])
		text = text[n:]
	}
	return pieces
}

func randomly(rnd *rand.Rand, text string) []string {
	var pieces []string
	for len(text) > 0 {
		n := min(len(text), rnd.Intn(6))
		pieces = append(pieces, text[:n])
		text = text[n:]
	}
	return pieces
}

func checkStream(t *testing.T, s *detect.Stream, text, want string, pieces []string) {
	t.Helper()
	got, all := streamed(s, pieces)
	if all != text {
		t.Fatalf("the parts of %q are %q", text, all)
	}
	if got != want {
		t.Fatalf("%q in pieces %q\ngot  %s\nwant %s", text, pieces, got, want)
	}
	if s.Held() != 0 {
		t.Fatalf("%q: %d bytes held after the end", text, s.Held())
	}
}

func checkSplits(t *testing.T, rnd *rand.Rand, e *detect.Engine, s *detect.Stream, text string) {
	t.Helper()
	want := whole(e, text)
	for _, pieces := range [][]string{{text}, eachByte(text), eachRune(text), randomly(rnd, text), randomly(rnd, text)} {
		checkStream(t, s, text, want, pieces)
	}
	if len(text) > 1 {
		at := 1 + rnd.Intn(len(text)-1)
		checkStream(t, s, text, want, []string{text[:at], text[at:]})
	}
}

func TestStream(t *testing.T) {
	open := stem("OPEN")
	for _, tt := range []struct {
		name  string
		rules []policy.Rule
		texts []string
	}{
		{"no rules", nil, []string{"", "a", "é\xff"}},
		{"words", []policy.Rule{rule("A", "ab+")}, []string{"", "ab", "abbb ab a", "aab", "xabbx", "b"}},
		{"longer match at the same place", []policy.Rule{rule("A", "a(?:.*b)?")}, []string{"a", "axxb", "axx\nb", "aaxb\na", "aaaa", "abaaba\na"}},
		{"earlier match that comes late", []policy.Rule{rule("A", "a.*b|c")}, []string{"acccb", "accc", "accc\nc", "ccacac\nb"}},
		{"short first", []policy.Rule{rule("A", "a|ab|abc")}, []string{"abc", "ab", "a"}},
		{"lazy", []policy.Rule{rule("A", "a+?b*?c|a")}, []string{"aabbc", "aabb", "abcabc"}},
		{"word boundaries", []policy.Rule{rule("A", `\bkey\b`), rule("B", `\Bx\B`)}, []string{"key", "key ", "keys key", "axa", "ax", "ékeyé", "_key", "\xc3key"}},
		{"beginnings", []policy.Rule{rule("A", "^a"), rule("B", "(?m)^b"), rule("C", `\Ac+`)}, []string{"aa\na", "bb\nb\n", "ccc\nc", "\na"}},
		{"ends", []policy.Rule{rule("A", "a$"), rule("B", "(?m)b$"), rule("C", `c+\z`)}, []string{"aa\na", "bb\nb\n", "cc\ncc", "a\n"}},
		{"a line and its end", []policy.Rule{rule("A", "(?m)^#.*$")}, []string{"#a\n#b\nc#", "#", "##\n\n#"}},
		{"case", []policy.Rule{changed(rule("A", "ks"), anyCase)}, []string{"KS Ks kſ \u212as", "k\u212a"}},
		{"characters of many bytes", []policy.Rule{rule("A", "[é😀]+"), rule("B", `\x{FFFD}`)}, []string{"é😀é", "\xc3", "\xc3x", "\xf0\x9f\x98", "a\xf0\x9f\x98é", "\xe2\x82\xe2\x82\xac", "�"}},
		{"empty matches", []policy.Rule{rule("A", "x*|$|^|\\b"), rule("B", "|y"), rule("C", "y??z*")}, []string{"a xx b", "yy", "zyz", ""}},
		{"overlaps", []policy.Rule{rule("A", "abc"), rule("B", "cdef"), rule("C", "ef")}, []string{"abcdef", "abcde", "abcdefabc", "ef"}},
		{"overlaps without end", []policy.Rule{rule("A", "ab"), rule("B", "ba")}, []string{"abababab", "babababa"}},
		{"long loser", []policy.Rule{rule("A", "ab|ef"), rule("B", "b.*x"), rule("C", "d+")}, []string{"abcddefgx", "abcddefg", "abcddefgx\nx"}},
		{"open", []policy.Rule{changed(rule("A", "x"), open)}, []string{"x12 x 3x4.5", "x", "x1", "xx", "1x"}},
		{"open before another", []policy.Rule{changed(rule("A", "x"), open), rule("B", `\B[34]{2}\b`), rule("C", "2y")}, []string{"x1234 x34", "x12345", "x34y", "x12y", "x122"}},
		{"open loser", []policy.Rule{rule("A", "ab"), changed(rule("B", "bc"), open)}, []string{"abc12", "abc1ab2", "bc9"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := unchecked(t, tt.rules...)
			s := e.NewStream()
			rnd := rand.New(rand.NewSource(3))
			for _, text := range tt.texts {
				checkSplits(t, rnd, e, s, text)
			}
		})
	}
}

// randomPattern writes an expression that need not make sense.
func randomPattern(rnd *rand.Rand, depth int) string {
	if depth == 0 || rnd.Intn(4) == 0 {
		atoms := []string{"a", "b", "c", "ab", "é", "1", ".", "[ab]", "[^a]", `\d`, `\w`, `\s`, "[a-cé]", "(?i:K)", "(?s:.)", "\\x{FFFD}", "[ab]{1,9}", `\w{2,12}`, ".{0,8}?"}
		return atoms[rnd.Intn(len(atoms))]
	}
	sub := func() string { return randomPattern(rnd, depth-1) }
	switch rnd.Intn(9) {
	case 0, 1, 2:
		return sub() + sub()
	case 3:
		return "(?:" + sub() + "|" + sub() + ")"
	case 4:
		return "(" + sub() + ")"
	case 5, 6:
		repeats := []string{"*", "+", "?", "*?", "+?", "??", "{2}", "{1,3}", "{2,}?"}
		return "(?:" + sub() + ")" + repeats[rnd.Intn(len(repeats))]
	case 7:
		conditions := []string{`\b`, `\B`, "^", "$", "(?m:^)", "(?m:$)", `\A`, `\z`}
		return conditions[rnd.Intn(len(conditions))] + sub()
	}
	conditions := []string{`\b`, `\B`, "$", "(?m:$)", "(?m:^)"}
	return sub() + conditions[rnd.Intn(len(conditions))]
}

func randomRules(rnd *rand.Rand) []policy.Rule {
	var rules []policy.Rule
	for i := 1 + rnd.Intn(4); i > 0; i-- {
		r := rule(fmt.Sprintf("R%d", i), randomPattern(rnd, 1+rnd.Intn(4)))
		r.CaseSensitive = rnd.Intn(3) > 0
		if rnd.Intn(3) == 0 {
			r.Placeholder = placeholder.NewStem(fmt.Sprintf("OPEN%d", i))
		}
		rules = append(rules, r)
	}
	return rules
}

func randomText(rnd *rand.Rand, pieces int) string {
	texts := []string{"a", "b", "c", "ab", "é", "\xff", "\xc3", "\xa9", "1", "2", " ", "\n", "_", "k", "\u212a", "😀", "\xf0\x9f"}
	// Few different pieces at a time, or hardly anything matches.
	few := 1 + rnd.Intn(len(texts))
	rnd.Shuffle(len(texts), func(i, j int) { texts[i], texts[j] = texts[j], texts[i] })
	var b strings.Builder
	for n := rnd.Intn(pieces); n > 0; n-- {
		b.WriteString(texts[rnd.Intn(few)])
	}
	return b.String()
}

// The findings of a stream are those in the whole text, whatever the rules and
// wherever the text is cut.
func TestAStreamFindsWhatIsInTheWholeText(t *testing.T) {
	rnd := rand.New(rand.NewSource(11))
	findings := 0
	for i := 0; i < 700; i++ {
		rules := randomRules(rnd)
		e := unchecked(t, rules...)
		s := e.NewStream()
		for j := 0; j < 10; j++ {
			text := randomText(rnd, 24)
			findings += len(e.Find(nil, text))
			func() {
				defer func() {
					if t.Failed() {
						t.Logf("rules %+v", rules)
					}
				}()
				checkSplits(t, rnd, e, s, text)
			}()
		}
	}
	if findings < 12_000 {
		t.Errorf("only %d findings: the test tests little", findings)
	}
}

// The same with rules that look around, check and have conditions.
func TestAStreamFindsWhatConditionsAllow(t *testing.T) {
	rnd := rand.New(rand.NewSource(29))
	findings := 0
	for i := 0; i < 300; i++ {
		rules := make([]testRule, 1+rnd.Intn(3))
		for i := range rules {
			rules[i] = randomRule(rnd)
		}
		e := allEngines(t, rules)[i%4]
		s := e.NewStream()
		for j := 0; j < 8; j++ {
			text := randomText(rnd, 30)
			findings += len(e.Find(nil, text))
			checkSplits(t, rnd, e, s, text)
			if t.Failed() {
				t.Fatalf("rules %v", rules)
			}
		}
	}
	if findings < 3_000 {
		t.Errorf("only %d findings: the test tests little", findings)
	}
}

// Long texts, so that what is decided is let go of many times.
func TestAStreamFindsWhatIsInALongText(t *testing.T) {
	rnd := rand.New(rand.NewSource(13))
	e := unchecked(t, append(typicalRules(), changed(rule("D", "ref"), stem("OPEN")), rule("E", `\b\d{3}\b`), rule("F", "(?m)^#.*$"), rule("G", `o\w+@`))...)
	words := []string{
		"ann@example.org", "4111111111111111", "41111111111111112", "Super_S3cr3t_Password", "super_", "ref12", "ref", "123", "#", "a.b@c.de.",
		"word", "über", "o'clock", "\xff", "😀", "foo@bar", "foo@bar.com123", " ", " ", " ", " ", "\n", ", ",
	}
	s := e.NewStream()
	for i := 0; i < 5; i++ {
		var b strings.Builder
		for b.Len() < 10_000 {
			b.WriteString(words[rnd.Intn(len(words))])
		}
		checkSplits(t, rnd, e, s, b.String())
	}
}

func TestStreamsOfAnEngineAreIndependent(t *testing.T) {
	e := unchecked(t, rule("A", "ab"), rule("B", "bc+"))
	text := strings.Repeat("abccc ", 200)
	want := whole(e, text)
	done := make(chan string)
	for i := 0; i < 8; i++ {
		go func() {
			got, _ := streamed(e.NewStream(), eachByte(text))
			done <- got
		}()
	}
	for i := 0; i < 8; i++ {
		if got := <-done; got != want {
			t.Errorf("got %s", got)
		}
	}
}

func TestNothingSpansAFlush(t *testing.T) {
	e := unchecked(t, rule("A", "ab"), rule("B", "^c"), rule("C", "d$"), changed(rule("D", "x"), stem("OPEN")))
	s := e.NewStream()
	var c collector
	for _, text := range []string{"a", "b", "c", "d", "", "x", "12"} {
		c.add(s.Push(text))
		c.add(s.Flush())
	}
	if got, want := c.end(), `"ab"1<"c">""2<"d">""3<"x">"12"`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func FuzzStream(f *testing.F) {
	f.Add("a.*b|c", `\bb\b`, "acccb\nb", uint64(3))
	f.Add("(?:ab)+$", "b?c", "ababc", uint64(0))
	f.Add("[^a]+é", "x", "\xc3\xa9é x9", uint64(99))
	f.Add("(|a)*", "(?i)ks", "aaſK\u212a", uint64(7))
	f.Fuzz(func(t *testing.T, first, second, text string, seed uint64) {
		if len(first)+len(second) > 60 || len(text) > 200 {
			return
		}
		e, err := detect.Unchecked(
			policy.Rule{Name: "A", Pattern: first, Placeholder: placeholder.NewStem("OPEN"), CaseSensitive: seed%2 == 0},
			policy.Rule{Name: "B", Pattern: second, Placeholder: placeholder.NewStem("[B]"), CaseSensitive: seed%3 == 0, Literal: seed%5 == 0})
		if err != nil {
			return
		}
		checkSplits(t, rand.New(rand.NewSource(int64(seed))), e, e.NewStream(), text)
	})
}
