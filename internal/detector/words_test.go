package detector

import (
	"math/rand"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// Most places are ruled out by a byte or two; the others are all there are.
func TestWordsAreFoundWhereTheyStand(t *testing.T) {
	begins := func(text string, at int) bool {
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		here, _ := utf8.DecodeRuneInString(text[at:])
		return !spelled(before) || !spelled(here) || unicode.IsUpper(here) && !unicode.IsUpper(before)
	}
	stands := func(text, word string) bool {
		for at := 0; at+len(word) <= len(text); at++ {
			first, wide := text[at], text[at] >= utf8.RuneSelf
			if (first|0x20 == word[0]|0x20 || wide && word[0] >= utf8.RuneSelf) && utf8.RuneStart(first) && begins(text, at) && alike(text[at:at+len(word)], word) && endsWord(text, at+len(word)) {
				return true
			}
		}
		return false
	}
	parts := []string{
		"ssn", "SSN", "Ssn", "id no", "id_no", "ID-No", "é", "Énr", "номер", "号码", "3d", "#", " ", "_", "x", "X", "я", "1", "\xc3", "[", "{",
		"v", "Vi", "s", "k", "\u017f", "\u212a", "ıd", "i\u017f", "mü", "-n", "ⱥ", "Ⱥ",
	}
	words := []string{
		"ssn", "x", "id no", "énr", "номер", "号码", "3d", "#1", "[", "v", "vi", "i\u017f\u017fk", "issK", "ks\u212a", "kss", " n", "i s", "\u017fsn", "x\u212ak", "mü", "Ⱥⱥs", "aⱥȺ1",
		"i2", "v3", "x4", "s5", "k6", "i7", "v8", "x9", "sa", "kb", "ic", "vd", "xe", "sf", "kg", "ih", "vj", "xl", "sm", "kn", "io", "vp", "xq", "sr", "ks", "it", "vu", "xv", "sw", "kx", "iy", "vz",
		"ssn1", "sx", "kk", "ii", "vv", "xx", "is 1", "v_1", "x 3d", "s é", "k я",
	}
	rnd := rand.New(rand.NewSource(1))
	found := 0
	for i := 0; i < 100_000; i++ {
		var b strings.Builder
		for n := rnd.Intn(7); n >= 0; n-- {
			b.WriteString(parts[rnd.Intn(len(parts))])
		}
		text, list := b.String(), words[rnd.Intn(len(words)):]
		want := false
		for _, word := range list {
			want = want || stands(text, word)
		}
		if got := plainWords(list).in(text, 0, len(text)); got != want {
			t.Fatalf("%q in %q: %v", list, text, got)
		}
		from := rnd.Intn(len(text) + 1)
		to := from + rnd.Intn(len(text)+1-from)
		if got, want := newWords(list).in(text, from, to), plainWords(list).in(text, from, to); got != want {
			t.Fatalf("%q in %q[%d:%d]: %v", list, text, from, to, got)
		}
		if want {
			found++
		}
	}
	if found < 1000 {
		t.Errorf("only %d were found", found)
	}
}
