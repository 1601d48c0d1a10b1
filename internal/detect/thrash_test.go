package detect_test

import (
	"math/rand"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/detect"
)

func abText(rnd *rand.Rand, alphabet string, size int) string {
	text := make([]byte, size)
	for i := range text {
		text[i] = alphabet[rnd.Intn(len(alphabet))]
	}
	return string(text)
}

// limited makes engines with small tables, of which one in two looks for beginnings
// wherever it can.
func limited(rnd *rand.Rand) func(rules []detect.Rule, bytes int) (*detect.Engine, error) {
	if rnd.Intn(2) == 0 {
		return detect.NewWithBoth
	}
	return detect.NewWithLimits
}

// Tables that have no room for the states of a text change nothing in what is
// found, neither while they are begun anew nor when rules are split.
func TestSmallTables(t *testing.T) {
	rnd := rand.New(rand.NewSource(37))
	split := 0
	for i := 0; i < 200; i++ {
		rules := make([]testRule, 2+rnd.Intn(4))
		list := make([]detect.Rule, len(rules))
		for i := range rules {
			rules[i] = randomRule(rnd)
			list[i] = rules[i].rule()
		}
		e, err := limited(rnd)(list, 3000)
		if err != nil {
			t.Fatal(err)
		}
		r := &reference{map[string]*regexp.Regexp{}}
		for j := 0; j < 5; j++ {
			checkReference(t, r, e, rules, randomText(rnd, 30))
		}
		if e.Passes() > 1 {
			split++
		}
	}
	if split < 50 {
		t.Errorf("only %d engines were split: the test tests little", split)
	}
}

// While others use the tables too.
func TestSmallTablesAreSafeForConcurrentUse(t *testing.T) {
	var list []detect.Rule
	for _, expression := range []string{`[abc].{4}z`, `\b[def].{5}x`, `(a|b)+c`, `z$|(?:[a-f]\d){3}`} {
		list = append(list, detect.Rule{Expression: expression})
	}
	usual, err := detect.New(list)
	if err != nil {
		t.Fatal(err)
	}
	usual.InPieces(1 << 40)
	rnd := rand.New(rand.NewSource(41))
	var texts, want []string
	for range 40 {
		texts = append(texts, abText(rnd, "abcdefz01 ", 500))
		want = append(want, found(usual, texts[len(texts)-1]))
	}
	for _, engine := range []func([]detect.Rule, int) (*detect.Engine, error){detect.NewWithLimits, detect.NewWithBoth} {
		small, err := engine(list, 3000)
		if err != nil {
			t.Fatal(err)
		}
		small.InPieces(20)
		done := make(chan bool)
		for range 8 {
			go func() {
				for i, text := range texts {
					if got := found(small, text); got != want[i] {
						t.Errorf("%s: got %s, want %s", text, got, want[i])
					}
				}
				done <- true
			}()
		}
		for range 8 {
			<-done
		}
	}
}

// In long texts walks leave marks for each other.
func TestLongTextsAreSearchedAsRegexpDoes(t *testing.T) {
	rnd := rand.New(rand.NewSource(47))
	odd := []string{
		`a(?:.*z)?`, `a(?:[^z]{1,200}z)?`, `(?s)a(?:b|.*c\d)?`, `a(?:[ab]*c|[^z]*z)?`, `(?:a|b)+?(?:[^c]*?cc)?`, `(?m)a.*?$|b(?:.*x)?`, `(?s)b(?:.{70}z|.{90}c)?`,
	}
	findings := 0
	for i := 0; i < 200; i++ {
		expression := odd[i%len(odd)]
		if i%3 == 0 {
			expression = randomPattern(rnd, 4)
		}
		engines := allEngines(t, []testRule{{main: expression}})
		re := regexp.MustCompile(expression)
		for j := range engines {
			// Each letter is rarer than the one before.
			text := []byte(abText(rnd, strings.Repeat("a", 40)+strings.Repeat("b", 10)+"c1\n", 700))
			for k := rnd.Intn(3); k > 0; k-- {
				text[rnd.Intn(len(text))] = "zcx"[rnd.Intn(3)]
			}
			var want []detect.Finding
			for _, at := range re.FindAllIndex(text, -1) {
				if at[0] < at[1] {
					want = append(want, detect.Finding{Start: at[0], End: at[1]})
				}
			}
			findings += len(want)
			if got := engines[j].Find(nil, string(text)); !slices.Equal(got, want) {
				t.Fatalf("%s in %q:\ngot  %v\nwant %v", expression, text, got, want)
			}
		}
	}
	if findings < 15_000 {
		t.Errorf("only %d findings: the test tests little", findings)
	}
}

// The pass does not see matches that look-around refuses, but long ones of them
// make the search jump over what it does see.
func TestLongRefusedMatches(t *testing.T) {
	rnd := rand.New(rand.NewSource(59))
	r := &reference{map[string]*regexp.Regexp{}}
	findings := 0
	for _, rule := range []testRule{
		{main: "[ab]+c", behind: "[ab]", notBehind: true},
		{main: "[ab]+c", behind: "a", notBehind: true},
		{main: "[ab]+?c", behind: "b", notBehind: true, ahead: "c", notAhead: true},
		{main: "[ab]{1,400}c", behind: "[bc]"},
		{main: "(?:[ab]|c[ab])+", behind: "a|cb", notBehind: true, ahead: "c"},
		{main: "b[ab]{1,200}c", behind: "b", notBehind: true},
		{main: "[abc]{1,400}?(?:cc|c )", behind: "[a]", notBehind: true, ahead: "c", notAhead: true},
		{main: "[abc]{1,300}", behind: "a", notBehind: true, ahead: "c"},
		{main: ".*c", behind: "[ab]", notBehind: true, ahead: " "},
		{main: "b[ab]*c", behind: "a", notBehind: true},
		{main: "ba[abc]*", behind: "[ab]{2}", notBehind: true, ahead: " "},
	} {
		engines := allEngines(t, []testRule{rule})
		for range 3 {
			var text strings.Builder
			for text.Len() < 500 {
				text.WriteString(abText(rnd, "aaab", rnd.Intn(5)*rnd.Intn(90)) + []string{"c", " ", "cb", "c ", "cc"}[rnd.Intn(5)])
			}
			for _, e := range engines {
				findings += checkReference(t, r, e, []testRule{rule}, text.String())
			}
		}
	}
	if findings < 50 {
		t.Errorf("only %d findings: the test tests little", findings)
	}
}

// Marks of a walk that came to a longer match are none: a value can end before
// them, and the next walk pass them.
func TestShortenedMatchesOfLongTexts(t *testing.T) {
	rnd := rand.New(rand.NewSource(53))
	check := func(value string) int {
		if !strings.HasSuffix(value, "z") {
			return 0
		}
		return 1
	}
	re := regexp.MustCompile(`[ab](?:.*z)?`)
	e, err := detect.New([]detect.Rule{{Expression: re.String(), Check: check}})
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		text := abText(rnd, strings.Repeat("a", 150)+"bz\n", 600)
		var want []detect.Finding
		for pos := 0; ; {
			at := re.FindStringIndex(text[pos:])
			if at == nil {
				break
			}
			start, end := pos+at[0], pos+at[1]
			switch {
			case check(text[start:end]) > 0:
				want = append(want, detect.Finding{Start: start, End: start + 1})
				pos = start + 1
			case end-start <= 256:
				pos = start + 1
			default:
				pos = end
			}
		}
		if got := e.Find(nil, text); !slices.Equal(got, want) {
			t.Fatalf("%q:\ngot  %v\nwant %v", text, got, want)
		}
	}
}

// What is behind every match is not gone through every time.
func TestLongerMatchesAreNotLookedForAgainAndAgain(t *testing.T) {
	e, err := detect.New([]detect.Rule{{Expression: `a(?:.*z)?`}})
	if err != nil {
		t.Fatal(err)
	}
	// In square time this would take minutes.
	if n := len(e.Find(nil, strings.Repeat("a", 1<<19))); n != 1<<19 {
		t.Errorf("%d findings", n)
	}
}

// Neither is what is begun in vain.
func TestWhatIsBegunInVainIsNotGoneThroughAgainAndAgain(t *testing.T) {
	for _, engine := range []func([]detect.Rule) (*detect.Engine, error){detect.New, detect.NewWithPrefixes} {
		e, err := engine([]detect.Rule{{Expression: `x[^y]*y|c`}, {Expression: `xc[^y]*y`}})
		if err != nil {
			t.Fatal(err)
		}
		// In square time this would take minutes.
		if n := len(e.Find(nil, strings.Repeat("xc", 1<<19))); n != 1<<19 {
			t.Errorf("%d findings", n)
		}
	}
}

// Nor what follows the beginnings of keys.
func TestTailsAreNotCountedAgainAndAgain(t *testing.T) {
	e, err := detect.New([]detect.Rule{{Expression: `key_[a-z_]{20,}\b`}})
	if err != nil {
		t.Fatal(err)
	}
	// In square time this would take minutes.
	if found := e.Find(nil, strings.Repeat("key_", 1<<19)+"1"); len(found) > 0 {
		t.Errorf("%d findings", len(found))
	}
}

// BenchmarkManyStates has rules whose states are never the same twice.
func BenchmarkManyStates(b *testing.B) {
	rnd := rand.New(rand.NewSource(3))
	text := abText(rnd, "abcdefgh0123 ", 1<<16)
	for name, expressions := range map[string][]string{
		"one":          {`[abc].{18}z`},
		"two":          {`[abc].{18}z`, `[def].{18}z`},
		"among others": {`[abc].{18}z`, `\b\d{4}\b`, `[0-3]{4}[a-d]{9}x`, `abcd`, `(?i)\bfoo\w+@`},
	} {
		b.Run(name, func(b *testing.B) {
			var rules []detect.Rule
			for _, x := range expressions {
				rules = append(rules, detect.Rule{Expression: x})
			}
			e, err := detect.New(rules)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				e.Find(nil, text)
			}
		})
		b.Run(name+"/Go regexp", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				for _, x := range expressions {
					regexp.MustCompile(x).FindAllStringIndex(text, -1)
				}
			}
		})
	}
}
