package detect_test

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/krakend-redact/krakend-redact/internal/detect"
	"github.com/krakend-redact/krakend-redact/internal/policy"
)

const (
	email = `\b[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Z|a-z]{2,}\b`
	cards = `\b(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|3[47][0-9]{13}|3[0-9]{13}|6(?:011|5[0-9]{2})[0-9]{12})\b`
)

// typicalRules are those of the documented policy.
func typicalRules() []policy.Rule {
	return []policy.Rule{
		changed(rule("PASSWORD", "super_s3cr3t_password"), anyCase),
		changed(rule("CC", cards), anyCase),
		changed(rule("EMAIL", email), anyCase),
	}
}

// What is held after a text tells how far a stream lags behind.
func TestWhatIsHeld(t *testing.T) {
	for _, tt := range []struct {
		name, pattern, text, held string
		stem                      string
	}{
		{"words", email, "write to the", "the", ""},
		{"words and a space", email, "write to the ", "", ""},
		{"address without its end", email, "to ann@example.org", "ann@example.org", ""},
		{"address that is over", email, "to ann@example.org ", "", ""},
		{"address that goes on or not", email, "to ann@example.org.", "ann@example.org.", ""},
		{"several words", `\bcard\s+\d+`, "my card", "card", ""},
		{"several words, begun", `\bcard\s+\d+`, "my credit car", "car", ""},
		{"several words, a number that can go on", `\bcard\s+\d+`, "my card 12", "card 12", ""},
		{"several words, not those", `\bcard\s+\d+`, "my card is", "", ""},
		{"inside a word", `\bcard\s+\d+`, "discard", "", ""},
		{"number", cards, "it is 4111 or 41111111", "41111111", ""},
		{"number that is too long", cards, "41111111111111112", "", ""},
		{"fixed text, begun", "s3cr3t", "a s3cr", "s3cr", ""},
		{"fixed text, there", "s3cr3t", "a s3cr3t", "", ""},
		{"fixed text, begun twice", "aab", "aaa", "aa", ""},
		{"open placeholder", "s3cr3t", "a s3cr3t", "s3cr3t", "OPEN"},
		{"open placeholder and digits", "s3cr3t", "a s3cr3t12", "s3cr3t12", "OPEN"},
		{"open placeholder and text", "s3cr3t", "a s3cr3t1 ", "", "OPEN"},
		{"end of the text", "key$", "a key", "key", ""},
		{"beginning of a text", "^key", "a key", "", ""},
		{"beginning of a line", "(?m)^key", "a\nke", "ke", ""},
		{"rest of the line", "key.*", "a key and more", "key and more", ""},
		{"rest of the line, over", "key.*", "a key and more\n", "", ""},
		{"from mark to mark", "<key>[^<]*</key>", "a <key>bc", "<key>bc", ""},
		{"from mark to mark, over", "<key>[^<]*</key>", "a <key>bc</key>", "", ""},
		{"any text", "(?s).*", "a b\n", "a b\n", ""},
		{"half a character", "key", "ab\xc3", "\xc3", ""},
		{"half a character that no rule can begin with", "[é]", "é\xf0\x9f", "\xf0\x9f", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := rule("A", tt.pattern)
			if tt.stem != "" {
				r = changed(r, stem(tt.stem))
			}
			e := unchecked(t, r)
			for _, pieces := range [][]string{{tt.text}, eachByte(tt.text)} {
				s := e.NewStream()
				var c collector
				for _, piece := range pieces {
					c.add(s.Push(piece))
				}
				released := c.all.String()
				if !strings.HasPrefix(tt.text, released) || tt.text[len(released):] != tt.held {
					t.Errorf("in %d pieces: %q is released, so that %q is held", len(pieces), released, tt.text[len(released):])
				}
				if s.Held() != len(tt.held) {
					t.Errorf("Held() = %d", s.Held())
				}
			}
		})
	}
}

// With the documented rules a text of words is never held beyond its last word.
func TestProseIsHeldByTheWord(t *testing.T) {
	s := compile(t, typicalRules()...).NewStream()
	text := strings.Repeat("Dear Ms. O'Neil, 12 of the 4,111 invoices (no. 4111-22) cost 3.50 each; see a@b or super-cheap.\n", 20)
	most := 0
	for i, piece := range eachByte(text) {
		s.Push(piece)
		most = max(most, s.Held())
		if piece == " " || piece == "\n" {
			if s.Held() != 0 {
				t.Fatalf("%d bytes held after %q", s.Held(), text[:i+1])
			}
		}
	}
	if most > len("super-cheap.") {
		t.Errorf("up to %d bytes were held", most)
	}
}

// A match that is longer than the bound is masked from its beginning to its end,
// in several findings.
func TestAMatchBeyondTheBoundIsMaskedAllTheSame(t *testing.T) {
	rnd := rand.New(rand.NewSource(5))
	long := strings.Repeat("0123456789 abcdef\n", 1000)
	for _, tt := range []struct{ name, pattern, before, match, after string }{
		{"that is one at any time", "(?s)<key>.*", "a b ", "<key>" + long, ""},
		{"that is one at its end only", "(?s)<key>.*?</key>", "a <key", "<key>" + long + "</key>", " and more"},
		{"that is one at its end only, to the very end", "(?s)<key>.*?</key>", "", "<key>" + long + "</key>", ""},
		{"of a single line", "key.*", "a ", "key" + strings.Repeat("x", 3*detect.MaxHeld), "\nmore"},
		{"with a short one inside", "(?s)k(?:.*k)?", "a ", "k" + long + "k", "bcd"},
		{"of many bytes a character", "é+$", "a ", strings.Repeat("é", 2*detect.MaxHeld), ""},
		{"of the length of the bound", "x+", "a ", strings.Repeat("x", detect.MaxHeld), " y"},
		{"one longer than the bound", "x+", "a ", strings.Repeat("x", detect.MaxHeld+1), " y"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := unchecked(t, rule("A", tt.pattern), rule("B", "never"))
			text := tt.before + tt.match + tt.after
			for _, pieces := range [][]string{{text}, eachByte(text), randomly(rnd, text)} {
				s := e.NewStream()
				var masked []bool
				most := 0
				add := func(parts []detect.Part) {
					for _, p := range parts {
						if at := len(masked); p.Text != text[at:at+len(p.Text)] {
							t.Fatalf("%q at %d", p.Text, at)
						}
						for range len(p.Text) {
							masked = append(masked, p.Rule != detect.NoRule)
						}
					}
				}
				for _, piece := range pieces {
					add(s.Push(piece))
					most = max(most, s.Held())
				}
				add(s.Flush())
				if len(masked) != len(text) {
					t.Fatalf("%d bytes of %d", len(masked), len(text))
				}
				for i, m := range masked {
					if want := i >= len(tt.before) && i < len(tt.before)+len(tt.match); m != want {
						t.Fatalf("%d pieces: byte %d of %d: masked = %v", len(pieces), i, len(text), m)
					}
				}
				if most >= detect.MaxHeld+utf8.UTFMax {
					t.Errorf("%d bytes held", most)
				}
			}
		})
	}
}

// overMasked streams a text and fails if a byte that a rule describes is released.
// It returns how many others are masked.
func overMasked(t *testing.T, e *detect.Engine, s *detect.Stream, text string, pieces []string) (n int) {
	t.Helper()
	described := make([]bool, len(text))
	for _, f := range e.Find(nil, text) {
		for b := f.Start; b < f.End; b++ {
			described[b] = true
		}
	}
	at := 0
	check := func(parts []detect.Part) {
		for _, p := range parts {
			if p.Text != text[at:at+len(p.Text)] {
				t.Fatalf("%q at %d of %q", p.Text, at, text)
			}
			for range len(p.Text) {
				if masked := p.Rule != detect.NoRule; described[at] && !masked {
					t.Fatalf("%q: byte %d is released, %q", text, at, pieces)
				} else if masked && !described[at] {
					n++
				}
				at++
			}
		}
	}
	for _, piece := range pieces {
		check(s.Push(piece))
	}
	check(s.Flush())
	if at != len(text) {
		t.Fatalf("%d bytes of %q", at, text)
	}
	return n
}

// Whatever is too long, no byte that a rule describes is released.
func TestBeyondTheBoundNothingIsReleased(t *testing.T) {
	for _, tt := range []struct {
		name  string
		rules func(rnd *rand.Rand) []detect.Rule
		most  float64 // of the bytes may be masked without need
	}{
		{"patterns", func(rnd *rand.Rand) []detect.Rule {
			var list []detect.Rule
			for range 1 + rnd.Intn(4) {
				list = append(list, testRule{flags: []string{"", "(?i)"}[rnd.Intn(2)], main: randomPattern(rnd, 1+rnd.Intn(4))}.rule())
			}
			return list
		}, 0.05},
		{"patterns and conditions", func(rnd *rand.Rand) []detect.Rule {
			var list []detect.Rule
			for range 1 + rnd.Intn(3) {
				list = append(list, randomRule(rnd).rule())
			}
			return list
		}, 0.15},
		{"terms and patterns", func(rnd *rand.Rand) []detect.Rule {
			list := []detect.Rule{{Terms: termsOf(t, true, false, "abababab", "aaaaaaaaa1", "b", "c c", "kkkkkkkkkkkkkkkkkk")}}
			return append(list, testRule{main: randomPattern(rnd, 1+rnd.Intn(4))}.rule())
		}, 0.05},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rnd := rand.New(rand.NewSource(20))
			more, all := 0, 0
			for range 1500 {
				rules := tt.rules(rnd)
				for i := range rules {
					rules[i].Open = false // digits that follow are no rule's
				}
				e, err := detect.New(rules)
				if err != nil {
					t.Fatal(err)
				}
				s := e.NewStreamOf(utf8.UTFMax + rnd.Intn(4))
				for range 10 {
					text := randomText(rnd, 40)
					for _, pieces := range [][]string{{text}, eachByte(text), randomly(rnd, text)} {
						more += overMasked(t, e, s, text, pieces)
						all += len(text)
						if t.Failed() {
							t.Fatalf("rules %+v", rules)
						}
					}
				}
			}
			t.Logf("%d bytes of %d masked without need", more, all)
			if float64(more) > tt.most*float64(all) {
				t.Error("the stream masks too much")
			}
		})
	}
}

// FuzzBound varies the rules and the bound by the seed and the text freely.
func FuzzBound(f *testing.F) {
	f.Add(int64(1), "aab é12\xff")
	f.Add(int64(99), "a\nb\xc3\xa9_ab\u212aabababab1")
	f.Fuzz(func(t *testing.T, seed int64, text string) {
		if len(text) > 200 {
			return
		}
		rnd := rand.New(rand.NewSource(seed))
		rules := make([]testRule, 1+rnd.Intn(4))
		for i := range rules {
			rules[i] = randomRule(rnd)
			rules[i].open = false
		}
		e := newEngine(t, rules)
		s := e.NewStreamOf(utf8.UTFMax + rnd.Intn(20))
		for _, pieces := range [][]string{{text}, eachByte(text), randomly(rnd, text)} {
			overMasked(t, e, s, text, pieces)
		}
	})
}

// What a search that failed has to go back to is gone beyond the bound. Matches
// that begin there are findings all the same, and so are those that follow them.
func TestASearchThatFailsBeyondTheBoundLosesNothing(t *testing.T) {
	long := strings.Repeat("-", 3*detect.MaxHeld)
	short := strings.Repeat("-", detect.MaxHeld-9)
	even := func(value string) int { return len(value) * (1 - len(value)%2) }
	first := func(value string) int {
		if value[0] == 'a' {
			return 1
		}
		return len(value)
	}
	for _, tt := range []struct {
		name, text, released string
		rules                []detect.Rule
	}{
		{"behind a shorter match", "k<" + long + "bcd ef", " ef", []detect.Rule{{Expression: "k(?:<[^a-f]*a)?|<-*b(?:[a-d]{2})"}}},
		{"behind a match that is refused", "k<" + long + "bcd ef", " ef", []detect.Rule{{Expression: "k<-*b|<-*bcd", Check: even}}},
		{"behind the value of a match", "k<" + long + "bcd ef", " ef", []detect.Rule{{Expression: "(k)<-*b|<-*bcd", Group: 1}}},
		{"where searches from different places have met", "a" + strings.Repeat("x", 3*detect.MaxHeld) + "yxbcd ef", " ef", []detect.Rule{{Expression: "a[xy]*b|[ay][xy]*bcd", Check: first}}},
		{"a match that ends, with more of its pattern to follow", "<key>" + long + "</key> and more", " and more", []detect.Rule{{Expression: "(?s)<key>(.*?)</key>", Group: 1}}},
		{"a term", "<key>" + short + "Project Nightingale</b>", "</b>", []detect.Rule{
			{Expression: "<key>[^N]*</key>"}, {Terms: termsOf(t, true, true, "project nightingale")},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, err := detect.New(tt.rules)
			if err != nil {
				t.Fatal(err)
			}
			overMasked(t, e, e.NewStream(), tt.text, []string{tt.text})
			var released strings.Builder
			s := e.NewStream()
			add := func(parts []detect.Part) {
				for _, p := range parts {
					if p.Rule == detect.NoRule {
						released.WriteString(p.Text)
					}
				}
			}
			for _, piece := range eachByte(tt.text) {
				add(s.Push(piece))
			}
			add(s.Flush())
			if got := released.String(); got != tt.released {
				t.Errorf("%d bytes are released: %.40q", len(got), got)
			}
		})
	}
}

// What did not become a match after all is released from where the bound no
// longer tells.
func TestABeginningWithoutAnEndIsMaskedOnlyWhileItLasts(t *testing.T) {
	e := unchecked(t, rule("A", "<key>[^<]*</key>"))
	before, begun, after := "a ", "<key>"+strings.Repeat("x", detect.MaxHeld), "yyy<b> zzz"
	result, all := streamed(e.NewStream(), eachByte(before+begun+after))
	if all != before+begun+after {
		t.Fatal("the parts are not the text")
	}
	masked := detect.MaxHeld + 1
	want := fmt.Sprintf("%q0<%q>%q", before, begun[:masked], begun[masked:]+after)
	if result != want {
		t.Errorf("%d bytes: %s", len(result), result[len(result)-60:])
	}
}

// Digits behind an open placeholder are no exception.
func TestEndlessDigitsAreNotHeld(t *testing.T) {
	e := unchecked(t, changed(rule("A", "x"), stem("OPEN")))
	text := "a x" + strings.Repeat("1", 3*detect.MaxHeld)
	s := e.NewStream()
	var c collector
	for _, piece := range eachByte(text) {
		c.add(s.Push(piece))
		if s.Held() > detect.MaxHeld {
			t.Fatalf("%d bytes held", s.Held())
		}
	}
	c.add(s.Flush())
	want := fmt.Sprintf("%q0<%q>%q", "a ", text[2:3+detect.MaxHeld], text[3+detect.MaxHeld:])
	if got := c.end(); got != want || c.all.String() != text {
		t.Errorf("%d bytes in all: %s", c.all.Len(), got[len(got)-50:])
	}
}

// Time grows with the text, not with its square, whatever the pieces. The race
// detector makes it ten times as long, so the odd cases are smaller.
func TestAMegabyteInSingleBytes(t *testing.T) {
	const megabyte = 1 << 20
	group := func(r *policy.Rule) { r.Group = 1 }
	fill := func(size int, text string) string { return strings.Repeat(text, size/len(text)+1)[:size] }
	for _, tt := range []struct {
		name  string
		rules []policy.Rule
		text  string
	}{
		{"prose", typicalRules(), fill(megabyte, "Write to ann@example.org about 4111111111111111, not 12.\n")},
		{"one word", typicalRules(), fill(megabyte, "abcdefghij")},
		{"digits", typicalRules(), fill(megabyte/16, "4111")},
		{"all of it", []policy.Rule{rule("A", "(?s).*")}, fill(megabyte/16, "a b\n")},
		{"begun for good", []policy.Rule{rule("A", "(?s)a.*z")}, fill(megabyte, "a b\n")},
		{"found and begun for good", []policy.Rule{rule("A", "a(?:.*z)?")}, fill(megabyte/16, "abcdefgh")},
		{"searched loosely", []policy.Rule{changed(rule("A", "(a)(?:.*z)?"), group)}, fill(megabyte/16, "abcdefgh")},
		{"searched loosely again and again", []policy.Rule{changed(rule("A", "(a)[^z]*"), group)}, fill(megabyte/16, strings.Repeat("a", 2*detect.MaxHeld+5)+"z")},
		{"line by line", []policy.Rule{rule("A", "a(?:.*z)?")}, fill(megabyte/16, strings.Repeat("a", 50)+"\n")},
		{"many open", []policy.Rule{rule("A", "(?s)a.{50}z")}, fill(megabyte/16, "a")},
		{"overlapping", []policy.Rule{rule("A", "ab"), rule("B", "ba"), rule("C", "(?s)b.{20}x")}, fill(megabyte/16, "ab")},
		{"many matches behind an open one", []policy.Rule{rule("A", "b"), rule("B", "(?s)a[^a]*z")}, fill(megabyte/16, "a"+strings.Repeat("b", detect.MaxHeld-3))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Now()
			s := unchecked(t, tt.rules...).NewStream()
			n, most := 0, 0
			for i := range len(tt.text) {
				for _, p := range s.Push(tt.text[i : i+1]) {
					n += len(p.Text)
				}
				most = max(most, s.Held())
			}
			for _, p := range s.Flush() {
				n += len(p.Text)
			}
			spent := time.Since(start)
			t.Logf("%v, at most %d bytes held", spent, most)
			if n != len(tt.text) || most > detect.MaxHeld {
				t.Errorf("%d bytes, %d held", n, most)
			}
			if spent > 30*time.Second {
				t.Errorf("took %v", spent)
			}
		})
	}
}

// A stream whose text holds nothing costs no memory beyond its own.
func TestAPushWithoutFindingsAllocatesNothing(t *testing.T) {
	s := compile(t, typicalRules()...).NewStream()
	words := strings.SplitAfter("Dear Ms. O'Neil, 12 of the 4111 invoices cost 3.50 each; see a@b or super-cheap.\n", " ")
	write := func() {
		for _, w := range words {
			s.Push(w[:len(w)/2])
			s.Push(w[len(w)/2:])
		}
	}
	write()
	if n := testing.AllocsPerRun(200, write); n > 0 {
		t.Errorf("%v allocations for %d pushes", n, 2*len(words))
	}
}

func BenchmarkStream(b *testing.B) {
	prose := strings.Repeat("Dear Ms. O'Neil, 12 of the invoices cost 3.50 each; the rest is on its way to the office.\n", 40)
	secrets := strings.Repeat("Write to ann@example.org about 4111111111111111 and bob@example.com.\n", 40)
	e, err := detect.Compile(&policy.Policy{Rules: typicalRules()})
	if err != nil {
		b.Fatal(err)
	}
	for _, text := range []struct{ name, text string }{{"prose", prose}, {"secrets", secrets}} {
		for _, size := range []int{1, 5, 100, len(text.text)} {
			b.Run(fmt.Sprintf("%s/pieces of %d", text.name, size), func(b *testing.B) {
				b.SetBytes(int64(len(text.text)))
				b.ReportAllocs()
				s := e.NewStream()
				for b.Loop() {
					for rest := text.text; rest != ""; {
						n := min(size, len(rest))
						s.Push(rest[:n])
						rest = rest[n:]
					}
					s.Flush()
				}
			})
		}
		b.Run(text.name+"/Find", func(b *testing.B) {
			b.SetBytes(int64(len(text.text)))
			b.ReportAllocs()
			var found []detect.Finding
			for b.Loop() {
				found = e.Find(found[:0], text.text)
			}
		})
	}
}
