package placeholder

import (
	"math/rand"
	"strings"
	"testing"
)

// A document that is passed in runs is one that is passed byte for byte.
func TestDocumentsArePassedLikeBytes(t *testing.T) {
	parts := []string{`{"a":"`, `"`, `{`, `}`, `[`, `]`, `,`, `:`, `\`, `\"`, `\u0040`, "\n", "\x1f", "\x7f", " ", "é", "true", "12", "running text, in a string. ", `["x","y"]`, `x`}
	random := rand.New(rand.NewSource(1))
	within := 0
	for n := 0; n < 20000; n++ {
		mode := []Mode{Text, Detected, JSON}[n%3]
		runs, bytes := newDocument(mode), newDocument(mode)
		for i := random.Intn(6); i >= 0; i-- {
			var b strings.Builder
			for j := random.Intn(6); j >= 0; j-- {
				b.WriteString(parts[random.Intn(len(parts))])
			}
			text := b.String()
			runs.passText(text)
			for _, c := range []byte(text) {
				bytes.pass(c)
			}
			if runs != bytes {
				t.Fatalf("after %q:\n%+v, want\n%+v", text, runs, bytes)
			}
			if mode != Text && runs.at.InString() {
				within++
			}
			if random.Intn(3) == 0 {
				runs.placed()
				bytes.placed()
			}
		}
	}
	if within < 1000 {
		t.Errorf("only %d texts ended in strings", within)
	}
}
