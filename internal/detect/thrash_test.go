package detect_test

import (
	"math/rand"
	"regexp"
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

// Tables that have no room for the states of a text change nothing in what is
// found, neither while they are begun anew nor when rules are split.
func TestSmallTables(t *testing.T) {
	rnd := rand.New(rand.NewSource(37))
	split := 0
	for i := 0; i < 400; i++ {
		rules := make([]testRule, 2+rnd.Intn(4))
		list := make([]detect.Rule, len(rules))
		for i := range rules {
			rules[i] = randomRule(rnd)
			list[i] = rules[i].rule()
		}
		e, err := detect.NewWithLimits(list, 3000)
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
	if split < 100 {
		t.Errorf("only %d engines were split: the test tests little", split)
	}
}

// While others use the tables too.
func TestSmallTablesAreSafeForConcurrentUse(t *testing.T) {
	var list []detect.Rule
	for _, expression := range []string{`[abc].{4}z`, `\b[def].{5}x`, `(a|b)+c`, `z$|(?:[a-f]\d){3}`} {
		list = append(list, detect.Rule{Expression: expression})
	}
	small, err := detect.NewWithLimits(list, 3000)
	if err != nil {
		t.Fatal(err)
	}
	usual, err := detect.New(list)
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewSource(41))
	var texts, want []string
	for range 40 {
		texts = append(texts, abText(rnd, "abcdefz01 ", 500))
		want = append(want, found(usual, texts[len(texts)-1]))
	}
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

func BenchmarkOverrun(b *testing.B) {
	text := strings.Repeat("a", 1<<20)
	e, err := detect.New([]detect.Rule{{Expression: `a(?:.*z)?`}, {Expression: `a(?:[^z]{1,50}z)?`}})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(1 << 20)
	for b.Loop() {
		e.Find(nil, text)
	}
}
