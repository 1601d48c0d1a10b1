package redact_test

import (
	"bytes"
	"encoding/json"
	"math/rand"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/redact"
)

// spellings are values in the spellings that hide them, what stands between
// them, and what only looks like either.
var spellings = []string{
	"ann@example.org", "ann&#64;example.org", "ann%40example.org", "ａnn＠example.org", "an\u200bn@exam\u00adple.org", `ann\u0040example.org`, `\\u0040`,
	"536221234", "SSN 536221234", "ssn: ", "password: hunter2xyz", "hunter2xyz", "4111 1111 1111 1111", "4111&nbsp;1111&#32;1111%201111",
	"DE89 3704 0044 0532 0130 00", "DE89370400440532013000", "https://u:pass1word@host.example/x", "[REDACTED_EMAIL_1]", "[REDACTED_SSN_2]",
	"%", "&", "&amp;", "%E2%82%AC", `\u0041`, `\`, `"`, "{", "}", " ", "\n", "é", "e\u0301", "ﬁ", "日本", "\u200b", "😀", "ı", "K", "２", "x", "1", "+", "=", "a=b", ";", "<b>", "\x7f",
}

// Whatever the spelling, an answer that repeats what was sent comes back as it
// was written, and JSON stays JSON.
func TestRoundTripOfSpellings(t *testing.T) {
	m := maskerOf(t, `{"unmask_for_user":true,"packs":["default","pii","secrets","financial","health"],"deny_terms":{"terms":["hunter","ﬁx"]}}`)
	random := rand.New(rand.NewSource(7))
	encode := func(v any) string {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(b.String())
	}
	for i := 0; i < 6000; i++ {
		var b strings.Builder
		for n := random.Intn(8) + 1; n > 0; n-- {
			b.WriteString(spellings[random.Intn(len(spellings))])
		}
		text, contentType := b.String(), "application/json"
		doc := text
		switch i % 3 {
		case 0:
			doc = encode(map[string]any{"a": text, "password": spellings[random.Intn(len(spellings))], "n": []int{1}})
		case 1:
			doc = encode(map[string]any{"a": encode(map[string]any{"b": text}), "z": []string{text}})
		case 2:
			contentType = "text/plain"
		}
		vault := placeholder.NewVault()
		r := m.NewRequest(vault, "")
		part, err := r.ScanBody(doc, redact.Content{Type: contentType})
		if err != nil {
			t.Fatalf("%q: %v", doc, err)
		}
		masked := r.Mask(part)
		if contentType == "application/json" && !json.Valid([]byte(masked)) {
			t.Fatalf("no JSON any more:\n%s\n%s", doc, masked)
		}
		var inside struct{ A string }
		if json.Unmarshal([]byte(masked), &inside) == nil && i%3 == 1 && !json.Valid([]byte(inside.A)) {
			t.Fatalf("no JSON inside any more:\n%s\n%s", doc, masked)
		}
		back, _, err := redact.NewAnswer(vault, redact.AnswerOptions{
			MaxBytes: defaultLimit, Profile: "generic", Grammar: placeholder.Strict, Links: placeholder.Links{Always: true},
		}).Body(masked, redact.Content{Type: contentType})
		if err != nil || back != doc {
			t.Fatalf("%v\nsent   %s\nmasked %s\nback   %s", err, doc, masked, back)
		}
	}
}
