package placeholder

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
)

// Jumping from core to core finds what reading every byte finds.
func TestCoresAreFoundLikeBytes(t *testing.T) {
	lists := [][]string{
		{"[REDACTED_EMAIL]"},
		{"[REDACTED_EMAIL]", "[REDACTED_CC]", "<redacted>"},
		{"&REDACTED", "[X_REDACTED]"},
		{"[EMAIL]", "[MY_EMAIL]", "【EMAIL】"},
		{"[ÉÀREDACTED]", "REDACTEDREDACTED"},
		{"REDACTED"},
		{"[EMAIL]", "[CARD]", "<REDACTED_TEXT>", "my 【EMAILS】"},
		{"[A]", "[REDACTED]"}, // no core
	}
	parts := []string{
		"[", "]", "【", "】", "［", "&lbrack;", "&#91;", "&#x5b;", `\u005b`, `\`, `\\`, "<", ">", "&lt;", "(", "_", " ", "-", "\\_", "REDACTED", "redacted", "Redacted", "REDACT", "ED", "RED", "EMAIL", "email",
		"MY_", "X", "CC", "A", "ÉÀ", "1", "2", "03", "12", "card", "CARD", "[EMAIL_2]", "<redacted text 1>", "【EMAILS_1】", "my ", "\"", "{\"a\":\"", "}", "the order was shipped ", "éa", "[REDACTED_EMAIL_1]", "[REDACTED_CC_2]", "&REDACTED_1", "[EMAIL_1]",
	}
	random := rand.New(rand.NewSource(1))
	found := 0
	for n := 0; n < 20000; n++ {
		v := NewVault()
		var stems []Stem
		for _, text := range lists[n%len(lists)] {
			stems = append(stems, NewStem(text))
			v.Issue(stems[len(stems)-1], "value", true, n%2 == 0)
			v.Issue(stems[len(stems)-1], "other", true, false)
		}
		var b strings.Builder
		for i := random.Intn(16); i >= 0; i-- {
			b.WriteString(parts[random.Intn(len(parts))])
		}
		text := b.String()
		of := func(r *Reader) (list []string) {
			r.Each(text, func(s Stem, number, _, _ int) { list = append(list, s.Format(number)) })
			return list
		}
		grammar := Grammar(n % 3)
		jumping, reading := *newReader(stems, grammar), *newReader(stems, grammar)
		if reading.core = nil; (jumping.core == nil) != (n%len(lists) == len(lists)-1) {
			t.Fatalf("%q: core %v", lists[n%len(lists)], jumping.core)
		}
		got, want := of(&jumping), of(&reading)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%q in %q: %q, want %q", lists[n%len(lists)], text, got, want)
		}
		found += len(got)
		r := NewRestorer(v, grammar, Links{}, 1<<20)
		r.Reader = &jumping
		mode := Mode(random.Intn(3))
		cuts := []int{random.Intn(len(text) + 1), random.Intn(len(text) + 1)}
		whole := func() (pieces string) {
			l := r.NewLane(mode)
			a, b := min(cuts[0], cuts[1]), max(cuts[0], cuts[1])
			for _, text := range []string{text[:a], text[a:b], text[b:]} {
				for _, p := range l.Push(text) {
					pieces += p.Text
				}
			}
			for _, p := range l.Flush() {
				pieces += p.Text
			}
			for _, token := range r.Find(nil, text, mode) {
				pieces += fmt.Sprintf("|%d-%d %s", token.Start, token.End, token.Value.Reveal())
			}
			return pieces
		}
		restored := whole()
		r.Reader = &reading
		if want := whole(); restored != want {
			t.Fatalf("%q in %q: %s, want %s", lists[n%len(lists)], text, restored, want)
		}
	}
	if found < 1000 {
		t.Errorf("only %d placeholders were found", found)
	}
}

// The steps through a text pass no core, and find none that is not there.
func TestCoresAreFoundInLongSteps(t *testing.T) {
	parts := []string{"R", "e", "ED", "re", "dA", "act", "CT", "TED", "redacte", "REDACTED", "Redacted", "rEDACTEd", "dacted", "2%$!#", "@[\\]^_`{", "the order was shipped ", " ", "é", "credited and redirected "}
	random := rand.New(rand.NewSource(1))
	found := 0
	for _, stems := range [][]Stem{
		{NewStem("[REDACTED]")},
		{NewStem("[NAME]")},
		{NewStem("[REDACTEDREDACTED]")},
		{NewStem("[" + strings.Repeat("ABCDEFGH", 8) + "]")},
		{NewStem("[REDACTED]"), NewStem("[CREDITED]"), NewStem("[CARD]"), NewStem("[CARDHOLDER]"), NewStem("[ACTED]")},
	} {
		c := newCore(stems)
		for n := 0; n < 10000; n++ {
			var b strings.Builder
			for i := random.Intn(24); i > 0; i-- {
				if part := parts[random.Intn(len(parts))]; random.Intn(8) > 0 {
					b.WriteString(part)
				} else {
					b.WriteString(c.words[random.Intn(len(c.words))][:random.Intn(c.size+1)])
				}
			}
			text := b.String()
			for at := 0; at <= len(text); at++ {
				want := -1
				for _, word := range c.words {
					if i := indexFold(text[at:], word); i >= 0 && (want < 0 || at+i < want) {
						want = at + i
					}
				}
				if want >= 0 {
					found++
				}
				if got := c.index(text, at); got != want {
					t.Fatalf("%q from %d: %d, want %d", text, at, got, want)
				}
			}
		}
	}
	if found < 1000 {
		t.Errorf("only %d cores were found", found)
	}
}
