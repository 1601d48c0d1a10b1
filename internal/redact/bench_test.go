package redact_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/redact"
)

// A chat history of about 100 kB in each way to find out its format.
func BenchmarkScanBody(b *testing.B) {
	var messages []string
	for i := 0; i < 100; i++ {
		messages = append(messages, fmt.Sprintf(`{"role":"user","content":[{"type":"text","text":%s}]}`, quote(strings.Repeat("some words of a prompt, ", 40)+"x@y.io")))
	}
	body := `{"model":"m","max_tokens":9,"system":"s","messages":[` + strings.Join(messages, ",") + `]}`
	for name, path := range map[string]string{"by path": "/v1/messages", "by fields": "/"} {
		b.Run(name, func(b *testing.B) {
			m := newMasker(b, nil)
			b.SetBytes(int64(len(body)))
			for i := 0; i < b.N; i++ {
				r := m.NewRequest(placeholder.NewVault(), path)
				if _, err := r.ScanBody(body, redact.Content{Type: jsonType}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// A chat of a thousand events.
func BenchmarkStream(b *testing.B) {
	in := strings.Repeat(formats[0].piece(0, "some words "), 1000)
	for name, rules := range map[string]bool{"placeholders": false, "response rules": true} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(in)))
			for i := 0; i < b.N; i++ {
				vault, options := streamVault(b), redact.AnswerOptions{MaxBytes: defaultLimit, Profile: "openai-chat"}
				if rules {
					vault, options = answerWithRules(b)
				}
				if _, err := io.Copy(io.Discard, redact.NewAnswer(vault, options).NewStream(strings.NewReader(in), redact.Content{Type: events})); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
