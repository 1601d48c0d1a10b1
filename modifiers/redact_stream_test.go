package modifiers

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/lurax"
)

// strictPolicy is the test policy with response rules.
func strictPolicy() object {
	p := testPolicy()
	p["response_rules"] = []interface{}{object{"name": "New", "pattern": `\bnew@[a-z.]+\b`, "replacement": "[NEW]"}}
	return p
}

// What response rules cannot look into ends a stream, which the log says, or
// passes and is counted, as on_error asks for.
func TestStreamsThatCannotBeLookedInto(t *testing.T) {
	large := strings.Repeat("x", 50_000)
	for name, tt := range map[string]struct{ contentType, bad, reason string }{
		"too large":           {"text/event-stream", "data: {\"delta\":\"" + large + "\"}\n\n", "the body is larger than max_body_bytes"},
		"broken":              {"text/event-stream", "data: {\"delta\":\"new\\u0040y.io\"\n\n", "the answer is not in a form that can be read"},
		"too large in lines":  {"application/x-ndjson", "{\"delta\":\"" + large + "\"}\n", "the body is larger than max_body_bytes"},
		"too large in a list": {"application/json", "[{\"delta\":\"" + large + "\"},", "the body is larger than max_body_bytes"},
	} {
		for _, onError := range []string{"refuse", "pass"} {
			onRequest, onResponse, log := load(t, object{"policy": strictPolicy(), "on_error": onError, "max_body_bytes": 40_000, "profile": "gemini"})
			request := modifyRequest(t, onRequest, jsonRequest(`["a@x.io"]`))
			in := tt.bad + "data: {\"delta\":\"[EMAIL_1] new@y.io. \"}\n\n"
			switch tt.contentType {
			case "application/x-ndjson":
				in = strings.Replace(in, "data: ", "", 1)
			case "application/json":
				in = tt.bad + "{\"delta\":\"[EMAIL_1] new@y.io. \"}]"
			}
			answer := modifyResponse(t, onResponse, &response{request: request, headers: map[string][]string{"Content-Type": {tt.contentType}}, io: strings.NewReader(in)})
			var out strings.Builder
			_, err := answer.Io().(io.WriterTo).WriteTo(&out)
			if onError == "pass" {
				if err != nil || !strings.Contains(out.String(), `"a@x.io [NEW_1]. "`) {
					t.Errorf("%s: %v, ends with %q", name, err, out.String()[max(0, out.Len()-100):])
				}
				if want := "1 events of it could not be looked into (1 so far)"; !strings.Contains(log.text(), want) {
					t.Errorf("%s: log\n%s\nwant %s", name, log.text(), want)
				}
				continue
			}
			if err == nil || strings.Contains(out.String(), "a@x.io") {
				t.Errorf("%s: %v, %q", name, err, out.String())
			}
			if want := "the rest of a streamed answer was held back, because response_rules could not look into it: " + tt.reason; !strings.Contains(log.text(), want) {
				t.Errorf("%s: log\n%s\nwant %s", name, log.text(), want)
			}
		}
	}
}

// The first element of an array is delivered before the last one was sent.
func TestArraysAreDeliveredAsTheyArrive(t *testing.T) {
	onRequest, onResponse, log := load(t, object{"profile": "gemini"})
	out := modifyRequest(t, onRequest, jsonRequest(`["a@x.io"]`))
	from, to := io.Pipe()
	got := make(chan string)
	go func() {
		answer, err := onResponse(&response{request: out, headers: map[string][]string{"Content-Type": {"application/json"}, "Content-Length": {"99"}}, io: from})
		if err != nil {
			t.Error(err)
			close(got)
			return
		}
		r := answer.(lurax.ResponseWrapper)
		if len(r.Headers()["Content-Length"]) > 0 {
			t.Error("Content-Length is still there")
		}
		_, _ = r.Io().(io.WriterTo).WriteTo(writer(func(p string) { got <- p }))
		close(got)
	}()
	for _, part := range []string{"[", ","} {
		_, _ = fmt.Fprintf(to, `%s{"candidates":[{"content":{"parts":[{"text":"[EMAIL_1]"}]}}]}`, part)
		if text, want := <-got, part+`{"candidates":[{"content":{"parts":[{"text":"a@x.io"}]}}]}`; text != want {
			t.Errorf("got %s, want %s", text, want)
		}
	}
	_, _ = io.WriteString(to, "]")
	_ = to.Close()
	if text := <-got; text != "]" {
		t.Errorf("got %s at the end", text)
	}
	for range got {
		t.Error("more came")
	}
	if !strings.Contains(log.text(), "restored 2") {
		t.Errorf("log:\n%s", log.text())
	}
}

// writer hands on what is written to it, if it is anything.
type writer func(string)

func (w writer) Write(p []byte) (int, error) {
	if len(p) > 0 {
		w(string(p))
	}
	return len(p), nil
}
