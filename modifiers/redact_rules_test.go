package modifiers

import (
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/lurax"
)

func rulePolicy(mode string) object {
	return object{
		"name": "test", "mode": mode, "unmask_for_user": true,
		"redaction_rules": []interface{}{
			object{"name": "Email", "pattern": `\b[a-z0-9.]+@[a-z0-9.]+\.[a-z]{2,}\b`},
			object{"name": "Plans", "pattern": "top-secret", "action": "block"},
			object{"name": "Slow", "pattern": "(a+)+$", "engine": "backtracking"},
		},
		"response_rules": []interface{}{object{"name": "Cards", "detector": "credit_card"}},
	}
}

func TestBlockedRequestsAndSlowRules(t *testing.T) {
	onRequest, _, log := load(t, object{"policy": rulePolicy("enforce"), "on_error": "pass", "headers": []interface{}{"x-plan"}})
	inHeader := jsonRequest(`{}`)
	inHeader.headers["X-Plan"] = []string{"top-secret"}
	for name, tt := range map[string]struct {
		in     *request
		status int
		code   string
	}{
		"in the body":   {jsonRequest(`{"a":"this is top-secret, ann@x.io"}`), 403, "blocked"},
		"in a header":   {inHeader, 403, "blocked"},
		"a slow rule":   {jsonRequest(`{"a":"` + strings.Repeat("a", 60) + `b"}`), 422, "rule_timeout"},
		"in a text too": {&request{headers: map[string][]string{"Content-Type": {"text/plain"}}, body: io.NopCloser(strings.NewReader("top-secret"))}, 403, "blocked"},
	} {
		out, err := onRequest(tt.in)
		var refusal *lurax.Error
		if out != nil || !errors.As(err, &refusal) || refusal.Status != tt.status || refusal.Code != tt.code {
			t.Errorf("%s: %v, %v", name, out, err)
			continue
		}
		if tt.code == "blocked" && !strings.Contains(refusal.Message, "Plans") || strings.Contains(refusal.Error()+log.text(), "top-secret") {
			t.Errorf("%s: %s\n%s", name, refusal, log.text())
		}
	}
}

// In test mode requests and answers pass as they are, whatever they hold, and
// the log says what would have been.
func TestTestModeChangesNothing(t *testing.T) {
	onRequest, onResponse, log := load(t, object{"policy": rulePolicy("test"), "headers": []interface{}{"x-user"}, "max_body_bytes": 100})
	if warnings := log.withLevel("WARNING"); len(warnings) != 2 || !strings.Contains(warnings[0], `rule "Slow" is slow: it backtracks`) || !strings.Contains(warnings[1], "NOTHING IS MASKED") {
		t.Errorf("at start: %q", warnings)
	}
	for _, body := range []string{`{"a":"this is top-secret, ann@x.io"}`, `{"broken ann@x.io`, `{"a":"` + strings.Repeat("large ", 100) + `"}`} {
		in := jsonRequest(body)
		in.headers["X-User"] = []string{"bob@x.io"}
		in.query = map[string][]string{"q": {"ann@x.io"}}
		want := map[string][]string{"Content-Type": {"application/json"}, "Accept-Encoding": {"gzip"}, "X-User": {"bob@x.io"}}
		out := modifyRequest(t, onRequest, in)
		if got := read(t, out.Body()); got != body || !reflect.DeepEqual(out.Headers(), want) || out.Query().Get("q") != "ann@x.io" {
			t.Errorf("%q, %v, %v", got, out.Headers(), out.Query())
		}
		const answer = `{"a":"4111 1111 1111 1111"}`
		back := modifyResponse(t, onResponse, &response{request: out, headers: map[string][]string{"Content-Type": {"application/json"}}, io: strings.NewReader(answer)})
		if got := read(t, back.Io()); got != answer {
			t.Errorf("the answer is %q", got)
		}
	}
	for _, answer := range []response{
		{headers: map[string][]string{"Content-Type": {"application/json"}}, io: strings.NewReader(`{"a":"` + strings.Repeat("large ", 100))},
		{headers: map[string][]string{"Content-Type": {"application/json"}}, io: strings.NewReader(`{"broken 4111 1111 1111 1111`)},
		{headers: map[string][]string{"Content-Type": {"application/json"}, "Content-Encoding": {"br"}}, io: strings.NewReader("\x0b\x02")},
		{headers: map[string][]string{"Content-Type": {"text/event-stream"}}, io: strings.NewReader("data: {\"a\":\"\\u0034 broken\n\ndata: {\"a\":\"4111111111111111\"}\n\n")},
		{headers: map[string][]string{"Content-Type": {"text/event-stream"}}, io: strings.NewReader("data: " + strings.Repeat("large ", 100) + "\n\n: 4111111111111111\n\n")},
	} {
		want := read(t, answer.io)
		answer.io, answer.request = strings.NewReader(want), jsonRequest(`{}`)
		if got := read(t, modifyResponse(t, onResponse, &answer).Io()); got != want {
			t.Errorf("the answer is %q, want %q", got, want)
		}
	}
	for _, want := range []string{"found Email: 3, Plans: 1", "would have been refused: the request was blocked by: Plans", "would have been refused: the body is announced as JSON but is not valid JSON", "found Cards: 1"} {
		if !strings.Contains(log.text(), want) {
			t.Errorf("the log lacks %q:\n%s", want, log.text())
		}
	}
	if strings.Contains(log.text(), "x.io") || strings.Contains(log.text(), "top-secret") || strings.Contains(log.text(), "4111") {
		t.Errorf("the log holds a value:\n%s", log.text())
	}
}
