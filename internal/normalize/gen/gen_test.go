package main

import (
	"bytes"
	"html"
	"math/rand"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/krakend-redact/krakend-redact/internal/normalize"
)

func TestTablesAreUpToDate(t *testing.T) {
	want, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../tables.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("tables.go is not what the generator writes; run go generate in internal/normalize")
	}
}

// kept says that a character stays although NFKC would change it.
func kept(r rune) bool {
	return everyday[r] || len(norm.NFKC.String(string(r))) > maxGrowth*utf8.RuneLen(r)
}

// composing are the characters that take part in compositions.
var composing = func() map[rune]bool {
	pairs, composing := compositions()
	for _, p := range pairs {
		composing[rune(p>>40)] = true
	}
	return composing
}()

// want is NFKC, with the characters that fold changes beyond it. x/text looks
// compositions up by the lower 16 bits and composes U+10041 U+0301 to Á; so it
// gets another character for those that are never composed.
func want(s string) string {
	const private = 0xE000
	var held []rune
	s = strings.Map(func(r rune) rune {
		if r = fold(r); r > 0xFFFF && !composing[r] && norm.NFD.PropertiesString(string(r)).CCC() == 0 {
			held = append(held, r)
			return private + rune(len(held)-1)
		}
		return r
	}, norm.NFKD.String(s))
	return strings.Map(func(r rune) rune {
		if i := int(r - private); i >= 0 && i < len(held) {
			return held[i]
		}
		return r
	}, norm.NFKC.String(s))
}

// escaped says that s holds what may be an escape, which want knows nothing of.
func escaped(s string) bool { return strings.ContainsAny(norm.NFKD.String(s), `%&\`) }

func TestEveryCharacter(t *testing.T) {
	var text normalize.Text
	several := 0
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		if kept(r) {
			several++
			if text.Reset(string(r)) {
				t.Errorf("%U became %+q", r, text.String())
			}
			continue
		}
		if r >= end && r>>12 != 0xE0 {
			if text.Reset(string(r)) {
				t.Errorf("%U became %+q", r, text.String())
			}
			continue
		}
		if norm.NFD.PropertiesString(string(r)).CCC() != 0 && r > 0xFFFF && !composing[r] {
			continue // x/text takes it for another one, see want
		}
		for _, s := range []string{string(r), "e" + string(r), string(r) + "\u0301", "e\u0327" + string(r) + "\u0327\u0301", "\u1100" + string(r) + "\u11a8"} {
			if changed := text.Reset(s); text.String() != want(s) || changed != (s != want(s)) {
				t.Errorf("%+q became %+q, want %+q", s, text.String(), want(s))
			}
		}
	}
	if several < 3 || several > 40 {
		t.Errorf("%d characters are kept", several)
	}
}

func TestRandomTexts(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	// Characters that something happens to, and what stands around them.
	var pool []rune
	for r := rune(utf8.RuneSelf); r < end; r++ {
		if utf8.ValidRune(r) && !kept(r) && !hangul(r) && (normal(r) != string(r) || norm.NFD.String(string(r)) != string(r) || norm.NFD.PropertiesString(string(r)).CCC() != 0) {
			pool = append(pool, r)
		}
	}
	// x/text composes over a letter that was composed with the one before, if
	// other marks follow; so a text has either such letters or marks.
	_, second := compositions()
	var joining [2][]rune
	for r := range second {
		if norm.NFD.PropertiesString(string(r)).CCC() == 0 {
			joining[0] = append(joining[0], r)
		}
	}
	for _, r := range pool {
		if norm.NFD.PropertiesString(string(r)).CCC() != 0 && (r <= 0xFFFF || composing[r]) {
			joining[1] = append(joining[1], r)
		}
	}
	slices.Sort(joining[0])
	var text normalize.Text
	for range 300_000 {
		var b strings.Builder
		marks := joining[rnd.Intn(2)]
		for range 1 + rnd.Intn(10) {
			switch rnd.Intn(6) {
			case 0:
				b.WriteRune(rune('A' + rnd.Intn(60)))
			case 1:
				if r := pool[rnd.Intn(len(pool))]; norm.NFD.PropertiesString(string(r)).CCC() == 0 {
					b.WriteRune(r)
				}
			case 2:
				b.WriteRune([]rune{0x200B, 0x1100, 0xAC00, 0xAC01, 0x09C7, 'é', 'ﬁ'}[rnd.Intn(7)])
			default:
				b.WriteRune(marks[rnd.Intn(len(marks))])
			}
		}
		s := b.String()
		if escaped(s) {
			continue
		}
		if text.Reset(s); text.String() != want(s) {
			t.Fatalf("%+q became %+q, want %+q", s, text.String(), want(s))
		}
	}
}

// fold knows the invisible characters, which the standard library can tell too.
func TestInvisible(t *testing.T) {
	for r := rune(utf8.RuneSelf); r <= unicode.MaxRune; r++ {
		// As DerivedCoreProperties.txt derives it.
		ignorable := unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r)
		if unicode.Is(unicode.White_Space, r) || unicode.Is(unicode.Prepended_Concatenation_Mark, r) || 0xFFF9 <= r && r <= 0xFFFB || 0x13430 <= r && r <= 0x13440 {
			ignorable = false
		}
		if got := unicode.Is(invisible, r) || r>>12 == 0xE0; got != ignorable {
			t.Errorf("%U: %t", r, got)
		}
	}
}

func TestDigits(t *testing.T) {
	for s, want := range map[string]rune{"٠": 0, "٩": 9, "०": 0, "९": 9, "๗": 7, "𝟎": 0, "𝟗": 9, "𝟘": 0, "𞥕": 5, "𑁧": 1} {
		if r, _ := utf8.DecodeRuneInString(s); digit(r) != want {
			t.Errorf("%s is %d", s, digit(r))
		}
	}
	// Two scripts may stand side by side, but only in whole runs.
	for _, r16 := range unicode.Nd.R16 {
		if (r16.Hi-r16.Lo+1)%10 != 0 {
			t.Errorf("%U", r16)
		}
	}
	for _, r32 := range unicode.Nd.R32 {
		if (r32.Hi-r32.Lo+1)%10 != 0 {
			t.Errorf("%U", r32)
		}
	}
}

func TestEntities(t *testing.T) {
	list, err := entities()
	if err != nil {
		t.Fatal(err)
	}
	var text normalize.Text
	for _, e := range list {
		s := "&" + e.name + ";"
		if text.Reset(s); html.UnescapeString(s) != string(e.char) || text.String() != want(string(e.char)) {
			t.Errorf("%s became %+q, want %+q", s, text.String(), html.UnescapeString(s))
		}
		if len(e.name) > 32 {
			t.Errorf("%s is too long", s)
		}
	}
}
