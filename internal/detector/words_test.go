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
			if utf8.RuneStart(text[at]) && begins(text, at) && alike(text[at:at+len(word)], word) && endsWord(text, at+len(word)) {
				return true
			}
		}
		return false
	}
	parts := []string{"ssn", "SSN", "Ssn", "id no", "id_no", "ID-No", "é", "Énr", "номер", "号码", "3d", "#", " ", "_", "x", "X", "я", "1", "\xc3", "[", "{"}
	words := []string{"ssn", "id no", "énr", "номер", "号码", "3d", "#1", "["}
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
		if got := hasWord(text, 0, len(text), list); got != want {
			t.Fatalf("%q in %q: %v", list, text, got)
		}
		if want {
			found++
		}
	}
	if found < 1000 {
		t.Errorf("only %d were found", found)
	}
}
