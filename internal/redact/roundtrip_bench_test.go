package redact_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/redact"
)

// chat is a conversation of about size bytes, with an address in every half
// kilobyte.
func chat(size int) string {
	const filler = "Our records show that order 10023 was shipped on 2026-03-14 from the second warehouse; she wrote: \"eleven days\".\n"
	var text strings.Builder
	for n := 0; text.Len() < size; n++ {
		fmt.Fprintf(&text, "Write to jane.%d@example.org first. ", n)
		text.WriteString(strings.Repeat(filler, 4))
	}
	content, _ := json.Marshal(text.String()[:size])
	return `{"model":"gpt-4o-mini","messages":[{"role":"system","content":"You help a support team."},{"role":"user","content":` + string(content) + `}]}`
}

// What masking a request and restoring its answer costs, all in memory.
func BenchmarkRoundTrip(b *testing.B) {
	p, err := policy.Parse("policy.json", "bench", []byte(`{"unmask_for_user":true,"redaction_rules":[
		{"name":"email","pattern":"\\b[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}\\b","replacement":"[REDACTED_EMAIL]"}]}`))
	if err != nil {
		b.Fatal(err)
	}
	masker, err := redact.NewMasker(p, redact.Options{MaxBytes: 10 << 20})
	if err != nil {
		b.Fatal(err)
	}
	content := redact.Content{Type: "application/json"}
	for _, kb := range []int{1, 4, 32} {
		body := chat(kb << 10)
		mask := func() (*placeholder.Vault, string) {
			v := placeholder.NewVault()
			r := masker.NewRequest(v, "/v1/chat/completions")
			_, doc, err := masker.ReadBody(strings.NewReader(body), content)
			if err != nil {
				b.Fatal(err)
			}
			part, err := r.ScanBody(doc, content)
			if err != nil {
				b.Fatal(err)
			}
			return v, r.Mask(part)
		}
		v, masked := mask()
		encoded := v.Encode()
		b.Run(fmt.Sprintf("mask/%d KB", kb), func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				mask()
			}
		})
		b.Run(fmt.Sprintf("restore/%d KB", kb), func(b *testing.B) {
			b.SetBytes(int64(len(masked)))
			b.ReportAllocs()
			for b.Loop() {
				v, err := placeholder.Decode(encoded)
				if err != nil {
					b.Fatal(err)
				}
				a := redact.NewAnswer(v, redact.AnswerOptions{MaxBytes: 10 << 20, Profile: "openai-chat"})
				if _, _, err := a.Body(masked, content); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
