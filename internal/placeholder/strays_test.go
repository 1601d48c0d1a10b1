package placeholder_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/placeholder"
)

func TestStrays(t *testing.T) {
	v := placeholder.NewVault()
	v.Reserve(placeholder.NewReader(all), "what are [EMAIL_7] and <CARD_3>?")
	v.Issue(email, "a@b.io", true, false)
	v.Issue(card, "gone for good", false, false)
	typed, ok := v.Typed()
	if !ok {
		t.Fatal("two placeholders are too many")
	}
	// As the answer sees it.
	answer, err := placeholder.Decode(v.Encode())
	if err != nil {
		t.Fatal(err)
	}
	reader := placeholder.NewStrayReader(all, placeholder.Aggressive)
	for text, want := range map[string]int{
		"":                   0,
		"[EMAIL_1] <CARD_1>": 0, // issued
		"[EMAIL_7] <CARD_3>": 0, // typed
		"[EMAIL_2]":          1,
		"[EMAIL_1][EMAIL_2]<CARD_3><CARD_2> [EMAIL_2]": 3,
		"[email 12], \\[EMAIL\\_13\\]":                 2, // as models spell them
		"[EMAIL_x] [EMAIL_] [EMAIL_2 [MAIL_1] EMAIL_9": 0,
		"TEXT_1, TEXT_12.":                             2,
		"TEXT_4":                                       1,
	} {
		whole := answer.Strays(reader, typed)
		whole.Text(text)
		if whole.Count != want {
			t.Errorf("%q has %d, want %d", text, whole.Count, want)
		}
		for at := range len(text) + 1 {
			cut := answer.Strays(reader, typed)
			l := cut.Lane()
			l.Push(text[:at])
			l.Push(text[at:])
			l.Flush()
			if cut.Count != want {
				t.Errorf("%q cut at %d has %d, want %d", text, at, cut.Count, want)
			}
		}
	}
}

func TestTooManyTyped(t *testing.T) {
	v := placeholder.NewVault()
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, "[EMAIL_%d] ", i+1)
	}
	v.Reserve(placeholder.NewReader(all), b.String())
	if text, ok := v.Typed(); ok || text != "" {
		t.Errorf("%d bytes of them travel", len(text))
	}
}

// A clone knows what its original does, and tells it nothing.
func TestClone(t *testing.T) {
	v := placeholder.NewVault()
	v.Reserve(placeholder.NewReader(all), "[EMAIL_2] https://wiki.example/")
	v.Issue(email, "a@b.io", true, false)
	v.AddSent("sent")
	before := v.Encode()
	c := v.Clone()
	if got := c.Encode(); got != before {
		t.Errorf("%q, want %q", got, before)
	}
	if got := c.Issue(email, "a@b.io", true, false) + c.Issue(email, "c@b.io", true, false); got != "[EMAIL_1][EMAIL_3]" {
		t.Error(got)
	}
	c.AddSent("more")
	c.Reserve(placeholder.NewReader(all), "[EMAIL_4] https://other.example/")
	if got := v.Encode(); got != before {
		t.Errorf("the original has %q, want %q", got, before)
	}
	if got := v.Issue(email, "d@b.io", true, false); got != "[EMAIL_3]" {
		t.Errorf("the original issues %s", got)
	}
}
