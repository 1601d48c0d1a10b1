package modifiers

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/krakend-redact/krakend-redact/internal/audit"
	"github.com/krakend-redact/krakend-redact/internal/lurax"
)

// audited is a scope with an audit log.
type audited struct {
	t                     *testing.T
	file                  string
	log                   *testLog
	onRequest, onResponse modifier
}

// newAudited makes a scope with the test policy, with fields laid over the policy
// and over the settings under "audit" and beside it.
func newAudited(t *testing.T, ofPolicy, ofAudit, more object) *audited {
	t.Helper()
	a := &audited{t: t, file: filepath.Join(t.TempDir(), "audit.jsonl")}
	p := testPolicy()
	for k, v := range ofPolicy {
		p[k] = v
	}
	log := object{"gateway": "gw", "file": object{"path": a.file}}
	for k, v := range ofAudit {
		log[k] = v
	}
	settings := object{"policy": p, "audit": log}
	for k, v := range more {
		settings[k] = v
	}
	a.onRequest, a.onResponse, a.log = load(t, settings)
	return a
}

// lines returns the audit log as it is now.
func (a *audited) lines() string {
	a.t.Helper()
	text, err := os.ReadFile(a.file)
	if err != nil {
		a.t.Fatal(err)
	}
	return string(text)
}

// events returns the events of the audit log, and the types of its alerts.
func (a *audited) events() (events []audit.Event, alerts []string) {
	a.t.Helper()
	for _, line := range strings.Split(strings.TrimSpace(a.lines()), "\n") {
		var e struct {
			audit.Event
			Type string
		}
		if line == "" {
			continue
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			a.t.Fatalf("%q: %v", line, err)
		}
		switch e.Kind {
		case audit.KindEvent:
			events = append(events, e.Event)
		case audit.KindAlert:
			alerts = append(alerts, e.Type)
		}
	}
	return events, alerts
}

// short tells what an event says, but for times, ids and sizes.
func short(e audit.Event) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", e.Direction, e.Outcome)
	if e.Reason != "" {
		b.WriteString(" " + e.Reason)
	}
	for _, r := range e.Rules {
		fmt.Fprintf(&b, " %s/%s:%d%v", r.Name, r.Action, r.Count, r.Placeholders)
		if r.More > 0 {
			fmt.Fprintf(&b, "+%d", r.More)
		}
	}
	if e.Restored+e.Unresolved+e.Suppressed > 0 {
		fmt.Fprintf(&b, " %d/%d/%d", e.Restored, e.Unresolved, e.Suppressed)
	}
	if e.Streamed {
		b.WriteString(" streamed")
	}
	for _, text := range e.Excerpts {
		b.WriteString(" “" + text + "”")
	}
	if e.Body != "" {
		b.WriteString(" = " + e.Body)
	}
	return b.String()
}

// ask sends a request, lets the provider answer, and returns the first error. No
// answer is asked for where there is none.
func (a *audited) ask(in *request, contentType, answer string) error {
	a.t.Helper()
	out, err := a.onRequest(in)
	if err != nil || answer == "" {
		return err
	}
	back, err := a.onResponse(&response{request: out, headers: map[string][]string{"Content-Type": {contentType}}, io: strings.NewReader(answer)})
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, back.(lurax.ResponseWrapper).Io())
	return err
}

func withAction(action string) object {
	return object{"redaction_rules": []any{
		object{"name": "Email", "pattern": `\b[a-z0-9.]+@[a-z0-9.]+\.[a-z]{2,}\b`, "replacement": "[EMAIL]"},
		object{"name": "Word", "pattern": `secret[a-z]+`, "action": action, "severity": "high"},
	}}
}

const (
	chatAnswer = `{"choices":[{"message":{"content":"%s"}}]}`
	jsonMedia  = "application/json"
)

func TestEvents(t *testing.T) {
	stream := func(deltas ...string) string {
		var b strings.Builder
		for _, d := range deltas {
			fmt.Fprintf(&b, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":%q}}]}\n\n", d)
		}
		return b.String() + "data: [DONE]\n\n"
	}
	chat := func(text string) string {
		return fmt.Sprintf(`{"model":"gpt","messages":[{"role":"user","content":"%s"}]}`, text)
	}
	for name, tt := range map[string]struct {
		policy, audit, settings object
		body, media, answer     string
		want                    []string
		alerts                  string
	}{
		"nothing found": {body: chat("hello"), answer: fmt.Sprintf(chatAnswer, "hi")},
		"nothing found, all asked for": {
			audit: object{"all": true}, body: chat("hello"), answer: fmt.Sprintf(chatAnswer, "hi"),
			want: []string{"request clean", "response clean"},
		},
		"masked and restored": {
			body: chat(`say \"hi\" to bob@x.io\nor 4111111111111111 or bob@x.io`), answer: fmt.Sprintf(chatAnswer, "I told [EMAIL_1]."),
			want: []string{
				"request masked Email/mask:2[[EMAIL_1]] Card/mask:1[[CARD_1]] “say \"hi\" to [EMAIL_1]\nor [CARD_1] or [EMAIL_1]”",
				"response restored 1/0/0 “I told [EMAIL_1].”",
			},
		},
		"a stream": {
			body: chat("bob@x.io"), media: "text/event-stream", answer: stream("I told [EM", "AIL_1], and [EMA", "IL_", "9]"),
			want:   []string{"request masked Email/mask:1[[EMAIL_1]] “[EMAIL_1]”", "response restored 1/1/0 streamed “I told [EMAIL_1], and [EMAIL_9]”"},
			alerts: "unresolved",
		},
		"a stream to which nothing is to be done": {
			body: chat("hello"), media: "text/event-stream", answer: stream("It is [CA", "RD_1]"),
			want: []string{"response clean 0/1/0 streamed “It is [CARD_1]”"}, alerts: "unresolved",
		},
		"typed placeholders are not unresolved": {
			body: chat("what is [EMAIL_7] for a@x.io"), answer: fmt.Sprintf(chatAnswer, "[EMAIL_7] [EMAIL_1] [EMAIL_2]"),
			want: []string{
				"request masked Email/mask:1[[EMAIL_1]] “what is [EMAIL_7] for [EMAIL_1]”",
				"response restored 1/1/0 “[EMAIL_7] [EMAIL_1] [EMAIL_2]”",
			},
			alerts: "unresolved",
		},
		"redacted placeholders are not unresolved": {
			policy: withAction("redact"), body: chat("secretword"), answer: fmt.Sprintf(chatAnswer, "[REDACTED_WORD_1] [REDACTED_WORD_2]"),
			want: []string{"request masked Word/redact:1[[REDACTED_WORD_1]] “[REDACTED_WORD_1]”", "response clean 0/1/0 “[REDACTED_WORD_1] [REDACTED_WORD_2]”"}, alerts: "severity unresolved",
		},
		"suppressed in a link": {
			body: chat("bob@x.io"), answer: fmt.Sprintf(chatAnswer, "https://evil.example/?q=[EMAIL_1]"),
			want: []string{"request masked Email/mask:1[[EMAIL_1]] “[EMAIL_1]”", "response clean 0/0/1"},
		},
		"partly": {
			policy: withAction("partial"), body: chat("my secretpassword"),
			want: []string{"request masked Word/partial:1[] “my **********word”"}, alerts: "severity",
		},
		"an alert changes nothing, and is not seen here": {
			policy: withAction("alert"), body: chat("bob@x.io has secretword"), answer: fmt.Sprintf(chatAnswer, "[EMAIL_1] has secretword"),
			want: []string{
				"request masked Email/mask:1[[EMAIL_1]] Word/alert:1[] “[EMAIL_1] has [REDACTED_WORD_1]”",
				"response restored 1/0/0",
			},
			alerts: "severity",
		},
		"an alert alone": {policy: withAction("alert"), body: chat("a secretword"), want: []string{"request counted Word/alert:1[] “a [REDACTED_WORD_1]”"}, alerts: "severity"},
		"blocked": {
			policy: withAction("block"), body: chat("bob@x.io has secretword"),
			want: []string{"request blocked blocked Email/mask:1[[EMAIL_1]] Word/block:1[] “[EMAIL_1] has [REDACTED_WORD_1]”"}, alerts: "blocked",
		},
		"broken JSON": {body: `{"a":"bob@x.io"`, want: []string{"request refused broken_json"}, alerts: "uninspectable"},
		"too large":   {settings: object{"max_body_bytes": 10}, body: chat("bob@x.io"), want: []string{"request refused body_too_large"}, alerts: "uninspectable"},
		"passed on": {
			settings: object{"on_error": "pass"}, body: `{"a":"bob@x.io"`, answer: `{"b":"bob@x.io [EMAIL_1]"}`,
			want: []string{"request passed broken_json", "response clean 0/1/0"}, alerts: "uninspectable unresolved",
		},
		"mode test": {
			policy: object{"mode": "test"}, body: chat("bob@x.io and bob@x.io"), answer: fmt.Sprintf(chatAnswer, "bob@x.io"), audit: object{"all": true},
			want: []string{"request tested Email/mask:2[[EMAIL_1]] “[EMAIL_1] and [EMAIL_1]”", "response clean"},
		},
		"mode test of what would be refused": {
			policy: object{"mode": "test"}, body: `{"a":"bob@x.io"`, want: []string{"request tested broken_json"},
		},
		"mode test of what would be blocked": {
			policy: object{"mode": "test", "redaction_rules": withAction("block")["redaction_rules"]}, body: chat("secretword"),
			want: []string{"request tested blocked Word/block:1[] “[REDACTED_WORD_1]”"}, alerts: "severity",
		},
		"response rules": {
			policy: object{"response_rules": []any{object{"name": "New", "pattern": `\bnew-[0-9]+\b`, "replacement": "[NEW]"}}},
			body:   chat("bob@x.io"), answer: fmt.Sprintf(chatAnswer, "[EMAIL_1] new-12 new-13 new-12"),
			want: []string{"request masked Email/mask:1[[EMAIL_1]] “[EMAIL_1]”", "response masked New/mask:3[[NEW_1] [NEW_2]] 1/0/0 “[EMAIL_1] [NEW_1] [NEW_2] [NEW_1]”"},
		},
		"what the answer brings of the kind that requests are searched for": {
			body: chat("bob@x.io"), answer: fmt.Sprintf(chatAnswer, "[EMAIL_1], not alice@x.io"),
			want: []string{"request masked Email/mask:1[[EMAIL_1]] “[EMAIL_1]”", "response restored 1/0/0 “[EMAIL_1], not [EMAIL_2]”"},
		},
		"an answer that cannot be read": {
			body: chat("bob@x.io"), answer: `{"a":"[EMAIL_1]`,
			want: []string{"request masked Email/mask:1[[EMAIL_1]] “[EMAIL_1]”", "response passed unreadable_answer"}, alerts: "uninspectable",
		},
		"nothing of the texts": {
			audit: object{"include": "none"}, body: chat("bob@x.io"), answer: fmt.Sprintf(chatAnswer, "[EMAIL_1]"),
			want: []string{"request masked Email/mask:1[[EMAIL_1]]", "response restored 1/0/0"},
		},
		"the whole bodies": {
			audit: object{"include": "body"}, body: chat("bob@x.io"), answer: fmt.Sprintf(chatAnswer, "[EMAIL_1] alice@x.io"),
			want: []string{
				"request masked Email/mask:1[[EMAIL_1]] = " + chat("[EMAIL_1]"),
				"response restored 1/0/0 = " + fmt.Sprintf(chatAnswer, "[EMAIL_1] [EMAIL_2]"),
			},
		},
		"the whole text of a stream": {
			audit: object{"include": "body"}, body: chat("bob@x.io"), media: "text/event-stream", answer: stream("I told [EM", "AIL_1] of al", "ice@x.io"),
			want: []string{"request masked Email/mask:1[[EMAIL_1]] = " + chat("[EMAIL_1]"), "response restored 1/0/0 streamed = I told [EMAIL_1] of [EMAIL_2]"},
		},
		"the whole body that was blocked": {
			policy: withAction("block"), audit: object{"include": "body"}, body: chat("secretword"),
			want: []string{"request blocked blocked Word/block:1[] = " + chat("[REDACTED_WORD_1]")}, alerts: "blocked",
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAudited(t, tt.policy, tt.audit, tt.settings)
			in := jsonRequest(tt.body)
			in.path = "/v1/chat/completions"
			if tt.media == "" {
				tt.media = jsonMedia
			}
			_ = a.ask(in, tt.media, tt.answer)
			events, alerts := a.events()
			var got []string
			for _, e := range events {
				got = append(got, short(e))
				if e.Gateway != "gw" || e.Proxy != "POST /v1/chat/completions" || e.Policy.Name != "test" || e.Policy.Version != "1" || len(e.Policy.Digest) != 12 || e.Time.IsZero() {
					t.Errorf("%+v", e)
				}
				if e.Exchange != events[0].Exchange || e.Direction == audit.DirectionRequest && e.Exchange != e.ID {
					t.Errorf("exchange %s of %s", e.Exchange, e.ID)
				}
			}
			if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
			if strings.Join(alerts, " ") != tt.alerts {
				t.Errorf("alerts %s, want %s", alerts, tt.alerts)
			}
		})
	}
}

// What rules describe does not stand in a line, wherever it stands in a request
// and whatever the request goes on with.
func TestLinesLookIntoEverything(t *testing.T) {
	onlyAt := object{"redaction_rules": []any{
		object{"name": "Email", "pattern": `[a-z0-9.]+@[a-z0-9.]+`, "replacement": "[EMAIL]"},
		object{"name": "Badge", "pattern": `canary-[0-9]+`, "fields": []any{"badge"}},
	}}
	media := strings.Repeat("canary/7", 20)
	for name, tt := range map[string]struct {
		policy, settings object
		include, body    string
		answer           string // quotes the body if empty
		want             string
	}{
		"keys":                       {include: "body", body: `{"canary@x.io":{"canary@x.io":"bob@x.io"}}`, want: `[EMAIL_2]`},
		"fields that steer":          {include: "body", policy: onlyAt, body: `{"model":"canary-1","messages":[{"role":"canary-2","content":"bob@x.io"}]}`, want: `[REDACTED_BADGE_2]`},
		"fields of no interest":      {include: "body", settings: object{"fields": []any{"a"}}, body: `{"a":"bob@x.io","b":"canary@x.io"}`, want: `[EMAIL_2]`},
		"a rule for a field":         {include: "body", policy: onlyAt, body: `{"badge":"canary-1","b":"canary-2 bob@x.io"}`, want: "[REDACTED_BADGE_2]"},
		"a rule for a field, cut":    {include: "excerpt", policy: onlyAt, body: `{"badge":"canary-1","b":"canary-2 bob@x.io"}`, want: `"[REDACTED_BADGE_2] [EMAIL_1]"`},
		"a rule for answers":         {include: "excerpt", policy: object{"response_rules": []any{object{"name": "New", "pattern": "canary-[0-9]+"}}}, body: `["canary-1 bob@x.io"]`, answer: `{}`, want: `"[REDACTED_NEW_1] [EMAIL_1]"`},
		"media":                      {include: "excerpt", body: `["bob@x.io data:image/png;base64,` + media[:40] + ` bob@x.io"]`, want: `[EMAIL_1] data:image/png;base64,*** [EMAIL_1]`},
		"media in a field":           {include: "body", body: `{"messages":[{"content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"` + media + `"}}]}],"b":"bob@x.io"}`, want: `"data\":\"***\"`},
		"media in an answer":         {include: "body", body: `["bob@x.io"]`, answer: `{"b64_json":"` + media + `","for":"[EMAIL_1]"}`, want: `"b64_json\":\"***\"`},
		"media in an answer's texts": {include: "excerpt", body: `["bob@x.io"]`, answer: `["[EMAIL_1] ` + media + `"]`, want: `"[EMAIL_1] ***"`},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAudited(t, tt.policy, object{"include": tt.include}, tt.settings)
			in := jsonRequest(tt.body)
			in.path = "/v1/messages"
			if tt.answer == "" {
				tt.answer = tt.body
			}
			_ = a.ask(in, jsonMedia, tt.answer)
			if lines := a.lines(); strings.Contains(lines, "canary") || !strings.Contains(lines, tt.want) {
				t.Errorf("want %s in\n%s", tt.want, lines)
			}
		})
	}
}

// An identifier of the caller's that is a value because of what stands around it in
// the body is no identifier.
func TestIdentifierThatIsAValue(t *testing.T) {
	word := object{"redaction_rules": []any{object{"name": "Word", "pattern": `password is (\S+)`, "group": 1}}}
	for _, mode := range []string{"enforce", "test"} {
		word["mode"] = mode
		for id, shown := range map[string]bool{"canary77": false, "other77": true} {
			a := newAudited(t, word, nil, nil)
			in := jsonRequest(`["my password is canary77"]`)
			in.headers["X-Request-Id"] = []string{id}
			_ = a.ask(in, jsonMedia, `["[REDACTED_WORD_1]"]`)
			events, _ := a.events()
			if len(events) == 0 {
				t.Fatal("there are no events")
			}
			for _, e := range events {
				if want := map[bool]string{true: id}[shown]; e.RequestID != want {
					t.Errorf("%s: the request id is %q, want %q", mode, e.RequestID, want)
				}
			}
		}
	}
}

// The line of a request stands before the request goes on, and that of an answer
// before its end does.
func TestWhenLinesAreWritten(t *testing.T) {
	a := newAudited(t, nil, nil, nil)
	out := modifyRequest(t, a.onRequest, jsonRequest(`["bob@x.io"]`))
	if events, _ := a.events(); len(events) != 1 {
		t.Fatalf("%d events before the request goes on", len(events))
	}
	written := 0
	answer := func(headers map[string][]string, source io.Reader) lurax.ResponseWrapper {
		t.Helper()
		back := modifyResponse(t, a.onResponse, &response{request: out, headers: headers, io: source})
		return back
	}
	count := func() int {
		events, _ := a.events()
		return len(events)
	}
	written = count()
	back := answer(map[string][]string{"Content-Type": {jsonMedia}}, strings.NewReader(`["[EMAIL_1]"]`))
	if count() != written+1 {
		t.Error("a whole answer is handed on before its line is written")
	}
	if text := read(t, back.Io()); text != `["bob@x.io"]` {
		t.Error(text)
	}
	written = count()
	back = answer(map[string][]string{"Content-Type": {"text/event-stream"}}, strings.NewReader("data: \"[EMAIL_1]\"\n\ndata: [DONE]\n\n"))
	if count() != written {
		t.Error("a stream has a line before it has begun")
	}
	if text := read(t, back.Io()); count() != written+1 || !strings.Contains(text, "bob@x.io") {
		t.Errorf("%d lines, %q", count()-written, text)
	}

	// Clients read nothing behind what they take for the end, and may go away with it.
	for contentType, text := range map[string]string{
		"text/event-stream":    "data: \"[EMAIL_1]\"\n\n|data: [DONE]\n\n",
		"application/x-ndjson": `{"model":"m","response":"[EMAIL_1]","done":false}` + "\n|" + `{"model":"m","response":"","done":true}` + "\n",
	} {
		b := newAudited(t, nil, nil, object{"profile": "ollama"})
		in := modifyRequest(t, b.onRequest, jsonRequest(`["bob@x.io"]`))
		source, end := io.Pipe()
		back := modifyResponse(t, b.onResponse, &response{request: in, headers: map[string][]string{"Content-Type": {contentType}}, io: source})
		first, last, _ := strings.Cut(text, "|")
		go func() { _, _ = io.WriteString(end, first) }()
		want := strings.ReplaceAll(first, "[EMAIL_1]", "bob@x.io")
		if _, err := io.ReadFull(back.Io(), make([]byte, len(want))); err != nil {
			t.Fatal(err)
		}
		if events, _ := b.events(); len(events) != 1 {
			t.Errorf("%s: %d events before the end", contentType, len(events))
		}
		go func() { _, _ = io.WriteString(end, last) }()
		if _, err := io.ReadFull(back.Io(), make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		events, _ := b.events()
		if len(events) != 2 || events[1].Outcome != audit.OutcomeRestored || events[1].Restored != 1 || events[1].BytesOut != int64(len(want)+len(last)) {
			t.Errorf("%s: %d events at the end, the last %+v", contentType, len(events), events[len(events)-1])
		}
		_ = end.CloseWithError(io.ErrUnexpectedEOF)
		_, _ = io.Copy(io.Discard, back.Io())
		if events, _ := b.events(); len(events) != 2 {
			t.Errorf("%s: %d events after the end", contentType, len(events))
		}
	}

	// One that is only looked into: the last of the bytes that are announced.
	b := newAudited(t, object{"mode": "test"}, object{"all": true}, nil)
	in, err := b.onRequest(jsonRequest(`["hello"]`))
	if err != nil {
		t.Fatal(err)
	}
	source, end := io.Pipe()
	whole := modifyResponse(t, b.onResponse, &response{request: in, headers: map[string][]string{"Content-Type": {jsonMedia}, "Content-Length": {"9"}}, io: source})
	go func() {
		_, _ = io.WriteString(end, `["he`)
		_, _ = io.WriteString(end, `llo"]`)
	}()
	if _, err := io.ReadFull(whole.Io(), make([]byte, 9)); err != nil {
		t.Fatal(err)
	}
	if events, _ := b.events(); len(events) != 2 {
		t.Errorf("%d events when the client has all of the answer", len(events))
	}
	_ = end.Close()
}

// The seed's check: the request stands in the log with the placeholder in place
// of the password, with time, proxy, rule and policy.
func TestTheSeedsCheck(t *testing.T) {
	file := filepath.Join(t.TempDir(), "audit.jsonl")
	onRequest, _, _ := load(t, object{"policy": "../krakend/policies/llm-data-redaction.json", "proxy": "chat", "audit": object{"file": object{"path": file}}})
	modifyRequest(t, onRequest, jsonRequest(`{"model": "gpt-4", "messages": [{"role": "user", "content": "dont tell anyone, but my password is: super_s3cr3t_password"}]}`))
	text := readFile(t, file)
	for _, want := range []string{
		`"excerpts":["dont tell anyone, but my password is: [REDACTED_PASSWORD_1]"]`, `"time":"20`, `"proxy":"chat"`,
		`"name":"Secret Password"`, `"placeholders":["[REDACTED_PASSWORD_1]"]`, `"policy":{"name":"llm-data-redaction","version":"1.0"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s\nlacks %s", text, want)
		}
	}
	if strings.Contains(text, "super_s3cr3t") {
		t.Errorf("the password stands in %s", text)
	}
}

func TestNames(t *testing.T) {
	a := newAudited(t, nil, object{"all": true}, nil)
	for _, tt := range []struct {
		path                      string
		params, headers           map[string]string
		proxy, requestID, traceID string
	}{
		{path: "/v1/users/bob%40x.io/mail", params: map[string]string{"Id": "bob@x.io"}, proxy: "POST /v1/users/{Id}/mail"},
		{path: "/v1/users/42", params: map[string]string{"Id": "42"}, proxy: "POST /v1/users/{Id}"},
		{path: "/v1/user-1", params: map[string]string{"Id": "1"}, proxy: "POST /{Id}/{Id}"},
		{path: "/v1/1", params: map[string]string{"Id": "1"}, proxy: "POST /v1/{Id}"},
		{path: "/v1/a/b", params: map[string]string{"Rest": "a/b", "Resp0": "all of v1 and more", "Empty": ""}, proxy: "POST /v1/{Rest}/{Rest}"},
		{path: "/to/al@x.io?q=bob@x.io", proxy: "POST /to/[EMAIL_1]"},
		{path: "/" + strings.Repeat("long", 100), proxy: otherProxy},
		{path: "/a", headers: map[string]string{"x-request-id": "abc-1.2"}, proxy: "POST /a", requestID: "abc-1.2"},
		{path: "/a", headers: map[string]string{"X-Request-Id": "id 4111111111111111"}, proxy: "POST /a"},
		{path: "/a", headers: map[string]string{"X-Request-Id": "id-4111111111111111"}, proxy: "POST /a", requestID: "id-[CARD_1]"},
		{path: "/a", headers: map[string]string{"Traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}, proxy: "POST /a", traceID: "0af7651916cd43dd8448eb211c80319c"},
		{path: "/a", headers: map[string]string{"Traceparent": "00-bob@x.io-b7ad6b7169203331-01"}, proxy: "POST /a"},
	} {
		if err := os.Truncate(a.file, 0); err != nil {
			t.Fatal(err)
		}
		in := jsonRequest(`["hello"]`)
		in.path, in.params = tt.path, tt.params
		for k, v := range tt.headers {
			in.headers[k] = []string{v}
		}
		if err := a.ask(in, jsonMedia, `["hello"]`); err != nil {
			t.Fatal(err)
		}
		events, _ := a.events()
		if len(events) != 2 {
			t.Fatalf("%d events", len(events))
		}
		for _, e := range events {
			if e.Proxy != tt.proxy || e.RequestID != tt.requestID || e.TraceID != tt.traceID {
				t.Errorf("%s: %s is %q, %q, %q", tt.path, e.Direction, e.Proxy, e.RequestID, e.TraceID)
			}
		}
	}
	for i := 0; i < maxProxyNames+10; i++ {
		in := jsonRequest(`["hello"]`)
		in.path = fmt.Sprintf("/p/%dx", i)
		if err := a.ask(in, "", ""); err != nil {
			t.Fatal(err)
		}
	}
	names := map[string]bool{}
	events, _ := a.events()
	for _, e := range events {
		names[e.Proxy] = true
	}
	if !names[otherProxy] || len(names) > maxProxyNames+1 {
		t.Errorf("%d names", len(names))
	}
}

// With on_full refuse, what cannot be written of does not go on.
func TestAFullAuditLog(t *testing.T) {
	for _, onFull := range []string{"pass", "refuse"} {
		full := filepath.Join(t.TempDir(), "full")
		if err := os.Symlink("/dev/full", full); err != nil {
			t.Fatal(err)
		}
		a := newAudited(t, nil, object{"file": object{"path": full}, "on_full": onFull}, nil)
		_, err := a.onRequest(jsonRequest(`["bob@x.io"]`))
		var refusal *lurax.Error
		if refused := errors.As(err, &refusal) && refusal.Status == http.StatusServiceUnavailable && refusal.Code == "audit_unavailable"; refused != (onFull == "refuse") {
			t.Errorf("%s: %v", onFull, err)
		}
		if _, err := a.onRequest(jsonRequest(`["nothing to tell"]`)); err != nil {
			t.Errorf("%s: %v", onFull, err)
		}
		if lines := strings.Join(a.log.withLevel("WARNING"), "\n"); strings.Count(lines, "alert: sink") != 1 || strings.Contains(lines, "bob@") {
			t.Errorf("%s: the log says %s", onFull, lines)
		}
	}
}

// brokenOff is an answer that ends before its time.
type brokenOff struct {
	text string
	read bool
}

func (b *brokenOff) Read(p []byte) (int, error) {
	if b.read {
		return 0, errors.New("canary@x.io")
	}
	b.read = true
	return copy(p, b.text), nil
}

// gone is a client that is not there any more.
type gone struct{}

func (gone) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	return 0, errors.New("gone")
}

func TestFailures(t *testing.T) {
	a := newAudited(t, nil, nil, nil)
	panics := jsonRequest("")
	panics.body = io.NopCloser(panicking{"canary@x.io"})
	if err := a.ask(panics, "", ""); !errors.Is(err, errInternal) {
		t.Errorf("%v", err)
	}
	out := modifyRequest(t, a.onRequest, jsonRequest(`["bob@x.io"]`))
	answer := func(contentType string, source io.Reader) (lurax.ResponseWrapper, error) {
		back, err := a.onResponse(&response{request: out, headers: map[string][]string{"Content-Type": {contentType}}, io: source})
		wrapper, _ := back.(lurax.ResponseWrapper)
		return wrapper, err
	}
	if _, err := answer(jsonMedia, panicking{"canary@x.io"}); !errors.Is(err, errInternal) {
		t.Errorf("%v", err)
	}
	const half = "data: \"[EMAIL_1] is\"\n\n"
	for _, source := range []io.Reader{panicking{"canary@x.io"}, &brokenOff{text: half}} {
		back, err := answer("text/event-stream", source)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(back.Io()); err == nil {
			t.Error("a stream that fails ends well")
		}
	}
	back, err := answer("text/event-stream", strings.NewReader(half))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := back.Io().(io.WriterTo).WriteTo(gone{}); err == nil {
		t.Error("nobody is there, and nobody says so")
	}
	events, alerts := a.events()
	var got []string
	for _, e := range events {
		got = append(got, short(e))
	}
	want := []string{
		"request failed internal",
		"request masked Email/mask:1[[EMAIL_1]] “[EMAIL_1]”",
		"response failed internal",
		"response failed internal streamed",
		"response failed broken_off 1/0/0 streamed",
		"response failed abandoned 1/0/0 streamed",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(alerts) != 2 || alerts[0] != "fault" || alerts[1] != "fault" { // of two names
		t.Errorf("alerts %s", alerts)
	}
	if text := a.lines() + a.log.text(); strings.Contains(text, "canary") {
		t.Errorf("the canary stands in %s", text)
	}
}

// canaries are values that rules find, in the spellings in which they could show.
func canaries() []string {
	var all []string
	for _, value := range []string{"canary.bird@x.io", "4111111111111234", "secretcanary", `odd"canary\bird`} {
		quoted, _ := json.Marshal(value)
		escaped := ""
		for _, r := range value {
			escaped += fmt.Sprintf(`\u%04x`, r)
		}
		all = append(all, value, strings.Trim(string(quoted), `"`), escaped, strings.ToUpper(escaped), url.QueryEscape(value), url.PathEscape(value))
		for shift := 0; shift < 3; shift++ {
			// base64 shows a value in one of three ways, by where it begins.
			text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + value))
			all = append(all, strings.TrimRight(text[shift+1:len(text)-4], "="))
		}
	}
	return all
}

// No event, whatever it is of, holds a value that a rule finds.
func TestEventsHoldNoValues(t *testing.T) {
	const (
		plain  = `canary.bird@x.io and 4111111111111234, secretcanary, odd\"canary\\bird`
		coded  = `canary.bird\u0040x.io and \u0034111111111111234, secret\u0063anary, odd\u0022canary\\bird`
		nested = `{\"to\":\"canary.bird@x.io\",\"n\":4111111111111234,\"w\":\"secretcanary odd\\\"canary\\\\bird\"}`
	)
	chat := func(text string) string { return `{"model":"m","messages":[{"role":"user","content":"` + text + `"}]}` }
	form := url.Values{"q": {`canary.bird@x.io 4111111111111234 secretcanary odd"canary\bird`}}.Encode()
	type sent struct{ media, body string }
	bodies := []sent{
		{jsonMedia, chat(plain)},
		{jsonMedia, chat(coded)},
		{jsonMedia, chat(strings.Repeat("filler ", 40) + plain + strings.Repeat(" filler", 40) + " " + plain)},
		{jsonMedia, `{"messages":[{"role":"assistant","tool_calls":[{"function":{"arguments":"` + nested + `"}}]}],"n":4111111111111234}`},
		{jsonMedia, chat(plain)[:40]},
		{jsonMedia, `{"a":"` + plain + `"}}`},
		{"application/x-ndjson", chat(plain) + "\n" + chat(coded)},
		{"application/x-www-form-urlencoded", form},
		{"text/plain", `canary.bird@x.io 4111111111111234 secretcanary odd"canary\bird`},
		{"multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\ncanary.bird@x.io secretcanary\r\n--b--\r\n"},
		{"multipart/form-data; boundary=b", "--b\r\ncanary.bird@x.io secretcanary"},
		{"image/png", "\x89PNG canary.bird@x.io"},
		{"", `canary.bird@x.io 4111111111111234`},
	}
	answers := []sent{
		{jsonMedia, chat("[EMAIL_1] [CARD_1] [EMAIL_99] " + plain)},
		{jsonMedia, `{"a":"[EMAIL_1] ` + coded},
		{"text/plain", "[EMAIL_1] canary.bird@x.io secretcanary 4111111111111234"},
		{"text/event-stream", "data: {\"choices\":[{\"delta\":{\"content\":\"[EMAIL_1] [EMAIL_99] canary.b\"}}]}\n\n" +
			"data: {\"choices\":[{\"delta\":{\"content\":\"ird@x.io 41111111\"}}]}\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"11111234 secretcan\"}}]}\n\n" +
			"data: {\"choices\":[{\"delta\":{\"content\":\"ary odd\\\"can\"}}]}\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"ary\\\\bird\"}}]}\n\ndata: [DONE]\n\n"},
		{"text/event-stream", "data: canary.bird@x.io\n\ndata: [EMAIL_1] secretcanary"},
		{"application/x-ndjson", chat("[EMAIL_1] "+plain) + "\n" + chat(coded) + "\n"},
		{"text/html", "<b>canary.bird@x.io [EMAIL_1] 4111111111111234</b>"},
		{"image/png", "\x89PNG canary.bird@x.io"},
	}
	forbidden := canaries()
	events := 0
	for _, include := range []string{"none", "excerpt", "body"} {
		for _, action := range []string{"mask", "redact", "hash", "block", "alert"} {
			for _, mode := range []string{"enforce", "test"} {
				for _, onError := range []string{"refuse", "pass"} {
					rules := []any{
						object{"name": "Email", "pattern": `\b[a-z0-9.]+@[a-z0-9.]+\.[a-z]{2,}\b`, "replacement": "[EMAIL]"},
						object{"name": "Word", "pattern": `secret[a-z]+`, "action": action},
						object{"name": "Card", "pattern": `\b4[0-9]{15}\b`, "replacement": "[CARD]"},
						object{"name": "Odd", "pattern": `odd.canary.bird`, "action": action},
					}
					t.Setenv("AUDIT_TEST_KEY", "0123456789abcdef")
					a := newAudited(t, object{
						"mode": mode, "redaction_rules": rules, "hash_key_env": "AUDIT_TEST_KEY",
						"response_rules": []any{object{"name": "New", "pattern": `\bnew-[a-z]+`}},
					}, object{"include": include, "all": true}, object{"on_error": onError, "headers": []any{"X-Mail"}})
					for i, body := range bodies {
						answer := answers[i%len(answers)]
						target, _ := url.Parse("http://llm.example/u/canary.bird%40x.io?q=secretcanary&c=4111111111111234")
						in := jsonRequest(body.body)
						in.headers = map[string][]string{
							"Content-Type": {body.media}, "X-Mail": {"canary.bird@x.io"}, "X-Request-Id": {"r-4111111111111234"}, "Traceparent": {"00-canary.bird@x.io-1-01"},
						}
						in.url, in.path = target, "/u/canary.bird@x.io?q=secretcanary"
						in.params = map[string]string{"User": "canary.bird@x.io"}
						in.query = url.Values{"q": {"secretcanary"}, "c": {"4111111111111234"}}
						_ = a.ask(in, answer.media, answer.body)
					}
					panics := jsonRequest("")
					panics.body = io.NopCloser(panicking{"canary.bird@x.io"})
					_ = a.ask(panics, "", "")
					text := a.lines() + a.log.text()
					for _, canary := range forbidden {
						if strings.Contains(text, canary) {
							t.Fatalf("%s, %s, %s, %s: %q stands in\n%s", include, action, mode, onError, canary, lineWith(text, canary))
						}
					}
					all, _ := a.events()
					events += len(all)
					for _, e := range all {
						if len(e.Excerpts) > maxExcerpts {
							t.Errorf("%d excerpts", len(e.Excerpts))
						}
						for _, piece := range e.Excerpts {
							if utf8.RuneCountInString(piece) > 240 {
								t.Errorf("an excerpt of %d characters", utf8.RuneCountInString(piece))
							}
						}
					}
				}
			}
		}
	}
	if events < 500 {
		t.Errorf("only %d events", events)
	}
}

func lineWith(text, what string) string {
	for _, line := range strings.Split(text, "\n") {
		if strings.Contains(line, what) {
			return line
		}
	}
	return ""
}
