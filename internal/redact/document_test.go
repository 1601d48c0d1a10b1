package redact_test

import (
	"errors"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/redact"
)

func TestDocumentComesBackAsItWas(t *testing.T) {
	m := newMasker(t, nil)
	for _, doc := range []string{
		`{"b": "x@y.io" , "card":4111111111111111,"n":1.50,"s":"4111111111111112"}`,
		`["odd<a\"b\\>", "odd<\n>", {"odd<k>": "{ odd<\"> x@y.io"}]`,
		`{"arguments":"{\"to\":\"odd<a\\\"b>\",\"card\":4111111111111111}"}`,
		"{\"a\":\"x@y.io\"}\n{\"a\":4111111111111111}\n",
		`"x@y.io"`,
	} {
		masked, vault := mask(t, m, jsonLinesType(doc), doc)
		got, err := redact.NewAnswer(vault, redact.AnswerOptions{MaxBytes: defaultLimit}).Document(masked)
		if err != nil || got != doc {
			t.Errorf("%s becomes %s becomes %s, %v", doc, masked, got, err)
		}
	}
	for _, text := range []string{"", "x@y.io", "{ x@y.io", "4111111111111111"} {
		_, vault := mask(t, m, "text/plain", "x@y.io")
		if _, err := redact.NewAnswer(vault, redact.AnswerOptions{MaxBytes: defaultLimit}).Document(text); !errors.Is(err, redact.ErrUnreadable) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func jsonLinesType(doc string) string {
	if doc[len(doc)-1] == '\n' {
		return "application/x-ndjson"
	}
	return jsonType
}
