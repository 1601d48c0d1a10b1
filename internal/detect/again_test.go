package detect_test

import (
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/detect"
)

// textAsRead makes a text with stretches between what its readers see otherwise.
func textAsRead(rnd *rand.Rand) string {
	var b strings.Builder
	for n := 1 + rnd.Intn(5); n > 0; n-- {
		for i := rnd.Intn(12); i > 0; i-- {
			b.WriteString(randomText(rnd, 30) + []string{" ", "\n", "", "%", ", "}[rnd.Intn(5)])
			if rnd.Intn(20) == 0 {
				b.WriteString(strings.Repeat([]string{"a", "ab", "1 ", "é"}[rnd.Intn(4)], rnd.Intn(400)))
			}
		}
		b.WriteString([]string{" – ", "ａ", "&#97;", "\u00ad", "１", "%62", "e\u0301", "&amp;#98;", ""}[rnd.Intn(9)])
	}
	return b.String()
}

func checkInAll(t *testing.T, e *detect.Engine, rules []testRule, text string) (findings int) {
	t.Helper()
	got, want := e.InPieces(pieces[len(text)%len(pieces)]).MatchesInAll(text)
	if !slices.Equal(got, want) {
		t.Fatalf("%q\nrules %v\ngot  %v\nwant %v", text, rules, got, want)
	}
	return len(want)
}

// What is not searched again holds nothing that was not found before.
func TestTextsAreSearchedAgainWhereTheyDiffer(t *testing.T) {
	rnd := rand.New(rand.NewSource(3))
	findings := 0
	for i := 0; i < 800; i++ {
		rules := make([]testRule, 1+rnd.Intn(4))
		for i := range rules {
			rules[i] = randomRule(rnd)
		}
		e := allEngines(t, rules)[i%4]
		e.Reads()
		for j := 0; j < 6; j++ {
			findings += checkInAll(t, e, rules, textAsRead(rnd))
		}
	}
	if findings < 10_000 {
		t.Errorf("only %d findings: the test tests little", findings)
	}
}

// Rules that are decided far from their matches, or whose matches are long.
func TestTextsAreSearchedAgainAsFarAsItMatters(t *testing.T) {
	near := func(word string, want bool) func(string, int, int) bool {
		return func(around string, start, end int) bool { return strings.Contains(around, word) == want }
	}
	all := []testRule{
		{main: `\b\d{4}\b`, window: 40, holds: near("key", true)},
		{main: `\b\d{4}\b`, window: 90, holds: near("key", true)},
		{main: `\b\d{4}\b`, window: 90, holds: near("key", false)},
		{main: `\d{3}`, behind: "key .{0,20}"},
		{main: `\d{3}`, ahead: ".{0,20}key", notAhead: true},
		{main: `\d{3} \d{3}`},
		{main: `"[^"\n]{0,700}"`},
		{main: `[a-z0-9-]{3,}`, behind: "[a-z]", notBehind: true, ahead: "!", notAhead: true},
		{main: `[a-z ]{3,}`, ahead: "!", notAhead: true},
		{main: `[a-z ]{3,300}?d`, behind: "[b]", notBehind: true},
		{main: `(?m:^)\w+ `},
		{main: `[a-z0-9\\]{20,}`, behind: "b"}, // a long match without it makes the search jump
		{main: `[a-z0-9\\ ]{20,}`, behind: "b"},
		{main: `key [^!]*[ !]`},
		{main: `abc[^x!]*x`, behind: "f"},
		{main: `fill.{0,90}12`, ahead: "3", window: 60, holds: near("key", true)},
	}
	long := []string{strings.Repeat("a", 300), strings.Repeat("ab ", 100), strings.Repeat("abc d-f ", 12), strings.Repeat("12 345 ", 9)}
	long = append(long, strings.Repeat("a", 252)+"b"+strings.Repeat("c", 40), strings.Repeat("fill er ", 5), strings.Repeat("a c ", 63)+"b"+strings.Repeat(" cd", 20))
	parts := []string{`\u0021`, `\u0061`, "fill er ", " key ", "1234 ", "555 666 777 ", "abc def ", "!", "\"", "\n", " x ", "＂", " – ", "ａ", "１", "ｋey ", "！", "\u00ad", "3\u200b45"}
	rnd := rand.New(rand.NewSource(5))
	findings := 0
	for i := 0; i < 400; i++ {
		var rules []testRule
		for _, r := range all {
			if rnd.Intn(4) == 0 {
				rules = append(rules, r)
			}
		}
		e := allEngines(t, rules)[i%4]
		e.Reads()
		for j := 0; j < 4; j++ {
			var b strings.Builder
			for n := rnd.Intn(30); n >= 0; n-- {
				if rnd.Intn(3) == 0 {
					b.WriteString(long[rnd.Intn(len(long))])
				} else {
					b.WriteString(parts[rnd.Intn(len(parts))])
				}
			}
			findings += checkInAll(t, e, rules, b.String())
		}
	}
	if findings < 10_000 {
		t.Errorf("only %d findings: the test tests little", findings)
	}
}

// Checkpoints are needed near what differs only.
func TestFewCheckpoints(t *testing.T) {
	e, err := detect.New(benchRules(10))
	if err != nil {
		t.Fatal(err)
	}
	prose := benchTexts()["prose"]
	for text, want := range map[string][2]int{
		" – " + prose:                         {1, 20},
		prose + " – ":                         {1, 20},
		prose + " – " + prose:                 {2, 40},
		prose + " – " + prose + " – " + prose: {4, 80},
		strings.Repeat("– "+prose[:200], 100): {200, 700},
	} {
		if n := e.Checkpoints(text); n < want[0] || n > want[1] {
			t.Errorf("%d checkpoints in %d bytes with %d differences, want %v", n, len(text), strings.Count(text, "–"), want)
		}
	}
}

// FuzzAgain varies the rules by the seed and the text freely.
func FuzzAgain(f *testing.F) {
	f.Add(int64(1), "aab é12\xff – ab")
	f.Fuzz(func(t *testing.T, seed int64, text string) {
		rnd := rand.New(rand.NewSource(seed))
		rules := make([]testRule, 1+rnd.Intn(4))
		for i := range rules {
			rules[i] = randomRule(rnd)
		}
		for _, e := range allEngines(t, rules) {
			e.Reads()
			checkInAll(t, e, rules, text+textAsRead(rnd)+text)
			checkInAll(t, e, rules, textAsRead(rnd))
		}
	})
}

// A table that is begun anew knows other states by the same numbers, so what is
// under way can look like nothing.
func TestCheckpointsOfAnotherTable(t *testing.T) {
	rnd := rand.New(rand.NewSource(83))
	rules := []testRule{{main: "!![a-z0-9 ,.]{3,300}!", behind: ` |,|[.]|[#$]|[%;]|[(]|[)]`, notBehind: true}, {main: "[a-f].?[12]"}}
	for range 600 {
		e := made(t, rules, func(list []detect.Rule) (*detect.Engine, error) { return limited(rnd)(list, 2000+rnd.Intn(3000)) })
		e.Reads()
		for range 6 {
			var b strings.Builder
			for range 6 {
				b.WriteString(abText(rnd, []string{"abcdef12 .,", "ab .,#$%;()"}[rnd.Intn(2)], 40+rnd.Intn(250)))
				b.WriteString([]string{"a！！b", "ａ", "a！!b"}[rnd.Intn(3)])
			}
			checkInAll(t, e, rules, b.String())
		}
	}
}
