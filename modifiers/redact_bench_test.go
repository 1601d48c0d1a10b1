package modifiers

import (
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"
)

// What one request and its answer cost in the two modifiers, as KrakenD calls
// them: a chat with an address in every half kilobyte, and an answer that repeats
// it.
func BenchmarkRedact(b *testing.B) {
	const filler = `Our records show that order 10023 was shipped on 2026-03-14 from the second warehouse; she wrote: \"eleven days\".\n`
	extra := object{
		"name":   []interface{}{redactRequestName, redactResponseName},
		"redact": object{"policy": "../krakend/policies/llm-data-redaction.json"},
	}
	silent := &quiet{}
	registered := all(silent, nil)
	onRequest, onResponse := registered[redactRequestName].factory(extra), registered[redactResponseName].factory(extra)
	for _, kb := range []int{1, 4, 32} {
		var text strings.Builder
		for n := 0; text.Len() < kb<<10-200; n++ {
			fmt.Fprintf(&text, "Write to jane.%d@example.org first. %s", n, strings.Repeat(filler, 4))
		}
		body := `{"model":"gpt-4o-mini","messages":[{"role":"system","content":"You help a support team."},{"role":"user","content":"` + text.String() + `"}]}`
		b.Run(fmt.Sprintf("%d KB", kb), func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for i := 0; i < b.N; i++ {
				target, _ := url.Parse("http://llm.example/v1/chat/completions")
				out, err := onRequest(&request{
					headers: map[string][]string{"Content-Type": {"application/json"}, "Accept": {"*/*"}, "X-Forwarded-For": {"127.0.0.1"}, "User-Agent": {"KrakenD"}},
					params:  map[string]string{}, url: target, path: "/v1/chat/completions", query: url.Values{},
					body: io.NopCloser(strings.NewReader(body)),
				})
				if err != nil {
					b.Fatal(err)
				}
				masked, _ := io.ReadAll(out.(interface{ Body() io.ReadCloser }).Body())
				answer := `{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"` + string(masked[len(masked)-len(text.String())/2:])
				answer = strings.TrimSuffix(answer, `"}]}`) + `"}}],"usage":{"total_tokens":12}}`
				back, err := onResponse(&response{request: out, headers: map[string][]string{"Content-Type": {"application/json"}}, io: strings.NewReader(answer)})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := io.Copy(io.Discard, back.(interface{ Io() io.Reader }).Io()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// quiet is a log at a level that prints nothing, as KrakenD's is in production.
type quiet struct{}

func (*quiet) Debug(...interface{})    {}
func (*quiet) Info(...interface{})     {}
func (*quiet) Warning(...interface{})  {}
func (*quiet) Error(...interface{})    {}
func (*quiet) Critical(...interface{}) {}
func (*quiet) Fatal(...interface{})    {}
