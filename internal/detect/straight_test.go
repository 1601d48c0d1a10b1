package detect

import (
	"math/rand"
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"
)

// What a straight pattern matches at a place, and that others are none.
func TestStraight(t *testing.T) {
	for _, c := range []struct {
		expression string
		straight   bool
		chars      string
	}{
		{"ab[0-9]{3}", true, "ab019"},
		{"a{2}a{0,3}", true, "ab"},
		{"a{2}a*", true, "ab"},
		{"a+b?", true, "abc"},
		{"a*b?", true, "abc"},
		{"(?:ab|a)c?", true, "abc"},
		{"(?:a|ab)c?", true, "abc"},
		{"(?:ab)?(?:a|b)", true, "abc"},
		{"(a[.-]?)b{2}[.-]?c", true, "abc.-"},
		{"(?:ab){2}c?", true, "abc"},
		{"a{0}b", true, "ab"},
		{"(?i)ab{2}", true, "abAB"},
		{"a?b?c", true, "abc"},
		{"a?[ab]", false, "ab"}, // what the first row takes, the second one needs
		{"[0-9]?[0-9]", false, "01"},
		{"a{1,2}b?a", false, "ab"}, // so does one behind what need not be
		{"a*b", false, "ab"},       // failing has no bound
		{"a??b", false, "ab"},      // prefers less
		{"[aä]b", false, "aäb"},    // beyond ASCII
		{"(?i)ks", false, "ksKSſ"}, // which is beyond ASCII, too
		{`\ba[ab]{2,3}\b`, true, "ab "},
		{`\ba-[ab]{1,2}(?:\b)?`, true, "ab- "},
		{`(?:a|b\b)\b-?`, true, "ab- "},
		{`(?:a|b-?)\b`, false, "ab- "},  // the last of them may be no part of a word
		{`a[b-]{2,3}\b`, false, "ab- "}, // neither may this one
		{`a?\bb`, false, "ab "},         // taking less may make a boundary
		{`a{2,3}b?\b`, false, "ab "},    // so may something between
		{`ab+\b`, false, "ab "},         // failing has no bound
		{`a\Bb?`, false, "ab "},         // asks for something else
		{"(?:ab){1,2}", false, "ab"},    // a number of more than a row
		{"(?:ab?){2}", true, "abc"},     // a fixed one
		{"(?:a|b|c|d|e|f|g|h)[ab]", true, "abcdefgh"},
		{"(?:ab?|b?c|cd|d|ef|fg|gh|hi)(?:a|bc)", false, "abcdefgh"}, // too many ways
		{".", false, "ab"},
	} {
		tree, err := syntax.Parse(c.expression, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		s := newStraight(tree)
		if (s != nil) != c.straight {
			t.Errorf("%s: straight: %t", c.expression, s != nil)
			continue
		}
		if s == nil {
			continue
		}
		want := regexp.MustCompile("^[a ](?:" + c.expression + ")")
		random := rand.New(rand.NewSource(1))
		chars := []rune(c.chars + "é\xff")
		for range 2000 {
			var b strings.Builder
			b.WriteByte("a "[random.Intn(2)])
			for range random.Intn(10) {
				b.WriteRune(chars[random.Intn(len(chars))])
			}
			text, end := b.String(), -1
			if place := want.FindStringIndex(text); place != nil {
				end = place[1]
			}
			got, reached := s.end(text, 1)
			if got != end {
				t.Fatalf("%s in %q ends at %d, not %d", c.expression, text, got, end)
			}
			// What lies beyond does not count.
			if reached > len(text) {
				continue
			}
			if again, _ := s.end(text[:reached]+c.chars, 1); again != end {
				t.Fatalf("%s in %q looked farther than %d", c.expression, text, reached)
			}
		}
	}
}
