package placeholder

import (
	"math/rand"
	"strings"
	"testing"
)

// What is spelled as it was issued is what the tolerant reading makes of it,
// whichever stems stand beside it.
func TestExactSpellingsAreReadAlike(t *testing.T) {
	openings := []string{"[", "[", "[[", "<", "(", "{<", "", "&", "【", "\\"}
	words := []string{"A", "B", "A_B", "A B", "a_b", "A_1", "A_1_B", "A_2_1", "AB", "A-B", "REDACTED", "REDACTED_A", "1", "_", "&lt;A", "É", "A]B", "A[B"}
	closings := []string{"]", "]", "]]", ">", ")", ">}", "", "］", ".", "]A"}
	spellings := []string{"[", "]", "<", ">", "(", ")", "{", "}", "_", "A", "a", "B", "REDACTED", "redacted", "1", "2", "10", "01", "12", "99", " ", "-", `\`, `\\`, "&lt;", "&#91;", "［", "】", "＿", `\u005b`, `"`, "x"}
	random := rand.New(rand.NewSource(1))
	pick := func(from []string) string { return from[random.Intn(len(from))] }
	exact, other := 0, 0
	for n := 0; n < 20000; n++ {
		v := NewVault()
		var parts []string
		for i := 1 + random.Intn(4); i > 0; i-- {
			stem := NewStem(pick(openings) + pick(words) + pick(closings))
			v.Reserve(NewReader([]Stem{stem}), stem.Format(2)) // numbers have gaps
			for range random.Intn(14) {
				parts = append(parts, v.Issue(stem, pick(words)+pick(spellings), random.Intn(4) > 0, false))
			}
			parts = append(parts, stem.Format(1+random.Intn(20)))
		}
		var b strings.Builder
		for i := random.Intn(8); i >= 0; i-- {
			part := pick(parts)
			switch random.Intn(8) {
			case 0:
				part = part[:random.Intn(len(part))]
			case 1:
				part = strings.ToLower(part)
			case 2, 3:
				part = pick(spellings)
			}
			b.WriteString(part)
		}
		text := b.String()
		r := NewRestorer(v, Grammar(n%3), Links{}, 1<<20)
		for at := range len(text) {
			before := byte(0)
			if at > 0 {
				before = text[at-1]
			}
			for _, final := range []bool{true, false} {
				s, number, want, o := r.at(text, at, before, final, r)
				e, end := r.exact(text, at)
				switch {
				case e == nil:
					other++
					continue
				case o != yes || end != want || e != r.entry(s, number):
					t.Fatalf("%q at %d: ends at %d with number %d, want %d with %s (%v)\nstems %+v", text, at, end, e.number, want, s.Format(number), o, r.issued)
				}
				exact++
			}
		}
	}
	if exact < 5000 || other < 5000 {
		t.Errorf("%d places were read exactly, and %d otherwise", exact, other)
	}
}

// With stems that can be read alike, nothing is certain.
func TestDistinct(t *testing.T) {
	for _, tt := range []struct {
		stems string
		want  bool
	}{
		{"[A]", true},
		{"[A] [B] <A> ((A)) A", true},
		{"[REDACTED_CC] [REDACTED_CC_1]", true},
		{"[A-B] [A_C]", true},
		{"[A] [A]]", false},
		{"[A] [a]", false},
		{"[A-B] [A_B]", false},
		{"[A] &lt;A]", false},
		{"[A] 【A】", false},
		{"[É]", false},
		{"[A", false},
		{"[A].", false},
		{"[]", true}, // [_1]
	} {
		var stems []Stem
		for _, s := range strings.Fields(tt.stems) {
			stems = append(stems, NewStem(s))
		}
		if got := distinct(stems); got != tt.want {
			t.Errorf("%s: %v", tt.stems, got)
		}
	}
	if distinct([]Stem{{"[A_1", "]"}}) || distinct([]Stem{{"[", "]"}}) {
		t.Error("a number that begins within a word is certain")
	}
}
