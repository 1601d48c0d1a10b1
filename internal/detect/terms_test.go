package detect_test

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/krakend-redact/krakend-redact/internal/detect"
)

func termsOf(t testing.TB, fold, words bool, list ...string) *detect.Terms {
	t.Helper()
	terms, err := detect.NewTerms(list, fold, words)
	if err != nil {
		t.Fatal(err)
	}
	return terms
}

func termEngine(t testing.TB, terms ...*detect.Terms) *detect.Engine {
	t.Helper()
	var rules []detect.Rule
	for _, list := range terms {
		rules = append(rules, detect.Rule{Terms: list})
	}
	e, err := detect.New(rules)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestTerms(t *testing.T) {
	for _, tt := range []struct {
		name        string
		fold, words bool
		terms       []string
		text, want  string
	}{
		{"one", false, false, []string{"secret"}, "a secret, secretly", "0:secret 0:secret"},
		{"longest", false, false, []string{"ab", "abcd", "abc"}, "abcd abce ab a", "0:abcd 0:abc 0:ab"},
		{"leftmost", false, false, []string{"bcde", "abc"}, "abcde", "0:abc"},
		{"behind the last one", false, false, []string{"aa"}, "aaaaa", "0:aa 0:aa"},
		{"of one byte", false, false, []string{"x", "xyz"}, "axyxyz", "0:x 0:xyz"},
		{"at the very end", false, false, []string{"abcde"}, "abcd abcde", "0:abcde"},
		{"beyond the end", false, false, []string{"abcde"}, "abcd", ""},
		{"case", false, false, []string{"Ab"}, "ab Ab", "0:Ab"},
		{"any case", true, false, []string{"Ab", "Größe"}, "ab AB GRÖßE", "0:ab 0:AB 0:GRÖßE"},
		{"case of other lengths", true, false, []string{"mask", "K"}, "MAſ\u212a \u212a k", "0:MAſ\u212a 0:\u212a 0:k"},
		{"words", false, true, []string{"art"}, "art party art_ 2art art. über-art ärt", "0:art 0:art 0:art"},
		{"words of other scripts", false, true, []string{"мир"}, "мир мира кумир", "0:мир"},
		{"words with other ends", false, true, []string{"#art", "c++", "++"}, "a#art c++a c++ xc++", "0:#art 0:c++ 0:c++ 0:++"},
		{"a shorter word", false, true, []string{"ann", "anna maria", "anna"}, "anna mariana, ann", "0:anna 0:ann"},
		{"not inside a longer word", false, true, []string{"anna", "ann"}, "annab", ""},
		{"invalid bytes around", false, true, []string{"key"}, "\xffkey\xc3", "0:key"},
		{"the replacement character", false, false, []string{"a\ufffdb"}, "a\xffb", "0:a\xffb"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := termEngine(t, termsOf(t, tt.fold, tt.words, tt.terms...))
			if got := found(e, tt.text); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			checkSplits(t, rand.New(rand.NewSource(1)), e, e.NewStream(), tt.text)
		})
	}
}

func TestNewTermsRefuses(t *testing.T) {
	for want, list := range map[string][]string{
		"there are no terms":               {},
		"term 2 is empty":                  {"a", ""},
		"term 1 is not valid UTF-8":        {"\xff"},
		"term 1 is longer than 4096 bytes": {strings.Repeat("a", detect.MaxHeld+1)},
	} {
		if _, err := detect.NewTerms(list, true, false); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// plainTerms finds terms one by one.
func plainTerms(list []string, fold, words bool, text string) string {
	word := func(r rune) bool {
		return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)
	}
	var b strings.Builder
	for at := 0; at < len(text); {
		best := 0
		for _, term := range list {
			end := at
			for rest := term; rest != "" && end >= 0; {
				want, size := utf8.DecodeRuneInString(rest)
				have, width := utf8.DecodeRuneInString(text[end:])
				if width == 0 || have != want && !(fold && strings.EqualFold(string(have), string(want))) {
					end = -1
					break
				}
				rest, end = rest[size:], end+width
			}
			if end < 0 {
				continue
			}
			if words {
				first, _ := utf8.DecodeRuneInString(term)
				last, _ := utf8.DecodeLastRuneInString(term)
				before, n := utf8.DecodeLastRuneInString(text[:at])
				after, m := utf8.DecodeRuneInString(text[end:])
				if word(first) && n > 0 && word(before) || word(last) && m > 0 && word(after) {
					continue
				}
			}
			best = max(best, end-at)
		}
		if best > 0 {
			fmt.Fprintf(&b, "%d+%d ", at, best)
			at += best
			continue
		}
		_, width := utf8.DecodeRuneInString(text[at:])
		at += width
	}
	return b.String()
}

func TestTermsAreWhatASearchOneByOneFinds(t *testing.T) {
	rnd := rand.New(rand.NewSource(31))
	findings := 0
	for i := 0; i < 600; i++ {
		list := make([]string, 1+rnd.Intn(12))
		for j := range list {
			list[j] = strings.ToValidUTF8(randomText(rnd, 8), "\ufffd")
			if list[j] == "" {
				list[j] = "ab"
			}
		}
		fold, words := rnd.Intn(2) == 0, rnd.Intn(3) == 0
		e := termEngine(t, termsOf(t, fold, words, list...))
		s := e.NewStream()
		for j := 0; j < 5; j++ {
			text := randomText(rnd, 30)
			var got strings.Builder
			for _, f := range e.Find(nil, text) {
				findings++
				fmt.Fprintf(&got, "%d+%d ", f.Start, f.End-f.Start)
			}
			if want := plainTerms(list, fold, words, text); got.String() != want {
				t.Fatalf("%q in %q, fold %v, words %v:\ngot  %s\nwant %s", list, text, fold, words, got.String(), want)
			}
			checkSplits(t, rnd, e, s, text)
		}
	}
	if findings < 3_000 {
		t.Errorf("only %d findings: the test tests little", findings)
	}
}

// What of a term has arrived is held, and nothing else.
func TestWhatIsHeldForTerms(t *testing.T) {
	e := termEngine(t, termsOf(t, true, false, "anna maria", "bob", "x"))
	for text, held := range map[string]string{
		"hello": "", "hello a": "a", "hello an": "an", "ant": "", "hello Anna M": "Anna M", "bo": "bo", "bob": "", "xa": "a",
	} {
		s := e.NewStream()
		s.Push(text)
		if s.Held() != len(held) {
			t.Errorf("%q: %d bytes held", text, s.Held())
		}
	}
}

// manyTerms are names that nobody has.
func manyTerms(n int) []string {
	rnd := rand.New(rand.NewSource(1))
	syllables := strings.Fields("ka lo mi ren tas vor bel dun fi gra hos jan kel lum nor pes qui rod sal tim und ver wol xan yor zet")
	list := make([]string, n)
	for i := range list {
		var b strings.Builder
		for j := 3 + rnd.Intn(4); j > 0; j-- {
			b.WriteString(syllables[rnd.Intn(len(syllables))])
		}
		if rnd.Intn(3) == 0 {
			b.WriteString(" " + syllables[rnd.Intn(len(syllables))] + "son")
		}
		list[i] = b.String()
	}
	return list
}

func BenchmarkTerms(b *testing.B) {
	text := benchTexts()["prose"]
	for _, n := range []int{100, 100_000} {
		for _, fold := range []bool{false, true} {
			b.Run(fmt.Sprintf("%d terms/fold %v", n, fold), func(b *testing.B) {
				e := termEngine(b, termsOf(b, fold, true, manyTerms(n)...))
				b.SetBytes(int64(len(text)))
				b.ReportAllocs()
				for b.Loop() {
					e.Find(nil, text)
				}
			})
		}
	}
	b.Run("making 100000 terms", func(b *testing.B) {
		list := manyTerms(100_000)
		b.ReportAllocs()
		for b.Loop() {
			termsOf(b, true, true, list...)
		}
	})
}
