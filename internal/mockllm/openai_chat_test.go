package mockllm

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// What the tests read of a Chat Completions answer.
type (
	completion struct {
		ID, Object, Model string
		Created           int64
		Choices           []struct {
			Message      struct{ Role, Content string }
			FinishReason string `json:"finish_reason"`
		}
		Usage *usage
	}
	completionChunk struct {
		ID, Object, Model string
		Choices           []struct {
			Delta struct {
				Role    string
				Content *string
			}
			FinishReason *string `json:"finish_reason"`
		}
		Usage *usage
	}
	usage struct {
		PromptTokens     int `json:"prompt_tokens"`
		CompletionTokens int `json:"completion_tokens"`
		TotalTokens      int `json:"total_tokens"`
	}
)

func TestChatCompletion(t *testing.T) {
	for _, tc := range []struct{ name, messages, want string }{
		{"string", `[{"role":"user","content":"hello there"}]`, `You wrote: "hello there". I will keep that in mind.`},
		{
			"text parts, other parts skipped",
			`[{"role":"user","content":[{"type":"text","text":"one"},{"type":"image_url","image_url":{"url":"data:,x"}},{"type":"text","text":"two"}]}]`,
			"You wrote: \"one\ntwo\". I will keep that in mind.",
		},
		{"last user message", `[{"role":"user","content":"old"},{"role":"user","content":"new"},{"role":"assistant","content":"reply"}]`, `You wrote: "new". I will keep that in mind.`},
		{"not escaped twice", `[{"role":"user","content":"<a> & \"b\" \u00e9 \ud83d\ude00"}]`, `You wrote: "<a> & "b" é 😀". I will keep that in mind.`},
		{"null", `[{"role":"user","content":null}]`, `You wrote: "". I will keep that in mind.`},
		{"no user", `[{"role":"system","content":"be brief"}]`, "You wrote nothing yet."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := do(t, New(Options{}), "POST", "/v1/chat/completions", `{"model":"gpt-x","messages":`+tc.messages+`}`, "Content-Type: application/json; charset=utf-8")
			if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json" {
				t.Fatalf("status %d, Content-Type %q: %s", w.Code, w.Header().Get("Content-Type"), w.Body)
			}
			if strings.Contains(w.Body.String(), `\u00`) {
				t.Errorf("escaped more than a provider would: %s", w.Body)
			}
			var got completion
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			if len(got.Choices) != 1 {
				t.Fatalf("%d choices: %s", len(got.Choices), w.Body)
			}
			c := got.Choices[0]
			if c.Message.Content != tc.want {
				t.Errorf("answer %q, want %q", c.Message.Content, tc.want)
			}
			if got.Object != "chat.completion" || got.Model != "gpt-x" || got.ID == "" || got.Created == 0 || c.Message.Role != "assistant" || c.FinishReason != "stop" {
				t.Errorf("frame of the answer: %s", w.Body)
			}
			if got.Usage == nil || got.Usage.CompletionTokens == 0 || got.Usage.TotalTokens != got.Usage.PromptTokens+got.Usage.CompletionTokens {
				t.Errorf("usage %+v", got.Usage)
			}
		})
	}
}

func TestAnswersHaveTheirOwnIDs(t *testing.T) {
	s := New(Options{})
	seen := map[string]bool{}
	for range 3 {
		var got completion
		if err := json.Unmarshal(do(t, s, "POST", "/v1/chat/completions", hello).Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		seen[got.ID] = true
	}
	if len(seen) != 3 {
		t.Errorf("ids %v, want three different ones", seen)
	}
}

func TestBadChatRequests(t *testing.T) {
	for _, tc := range []struct{ name, body, contentType, want string }{
		{"broken JSON", `{"model":`, "application/json", "could not parse"},
		{"empty", ``, "application/json", "could not parse"},
		{"something after the JSON", hello + "x", "application/json", "could not parse"},
		{"content is a number", `{"model":"m","messages":[{"role":"user","content":1}]}`, "application/json", "could not parse"},
		{"content is a broken part", `{"model":"m","messages":[{"role":"user","content":["x"]}]}`, "application/json", "could not parse"},
		{"no model", `{"messages":[{"role":"user","content":"x"}]}`, "application/json", "model"},
		{"no messages", `{"model":"m","messages":[]}`, "application/json", "'messages'"},
		{"other type", hello, "text/plain", "application/json"},
		{"broken type", hello, "application/json; =", "application/json"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := do(t, New(Options{}), "POST", "/v1/chat/completions", tc.body, "Content-Type: "+tc.contentType)
			if w.Code != http.StatusBadRequest {
				t.Fatalf("status %d: %s", w.Code, w.Body)
			}
			if message, _ := errorOf(t, w); !strings.Contains(message, tc.want) {
				t.Errorf("message %q, want something on %q", message, tc.want)
			}
		})
	}
}

// flushCounter tells how often the handler flushed.
type flushCounter struct {
	*httptest.ResponseRecorder
	flushes int
}

func (f *flushCounter) Flush() { f.flushes++ }

func stream(t *testing.T, options string) (events []string, flushes int) {
	t.Helper()
	body := `{"model":"gpt-x","messages":[{"role":"user","content":"my name  is\nBob"}],"stream":true` + options + `}`
	r := httptest.NewRequest("POST", "/v1/chat/completions", strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+DefaultKey)
	w := &flushCounter{ResponseRecorder: httptest.NewRecorder()}
	New(Options{}).ServeHTTP(w, r)
	if ct := w.Header().Get("Content-Type"); w.Code != http.StatusOK || !strings.HasPrefix(ct, "text/event-stream") {
		t.Fatalf("status %d, Content-Type %q", w.Code, ct)
	}
	text, ok := strings.CutSuffix(w.Body.String(), "\n\n")
	if !ok {
		t.Fatalf("the last event is not closed: %q", w.Body)
	}
	for _, e := range strings.Split(text, "\n\n") {
		data, ok := strings.CutPrefix(e, "data: ")
		if !ok || strings.Contains(data, "\n") {
			t.Fatalf("strange event %q", e)
		}
		events = append(events, data)
	}
	return events, w.flushes
}

func TestStream(t *testing.T) {
	events, flushes := stream(t, "")
	if flushes != len(events) {
		t.Errorf("%d flushes for %d events", flushes, len(events))
	}
	last := len(events) - 1
	if events[last] != "[DONE]" {
		t.Fatalf("the stream ends with %q", events[last])
	}
	var deltas []string
	for i, e := range events[:last] {
		var c completionChunk
		if err := json.Unmarshal([]byte(e), &c); err != nil {
			t.Fatalf("event %d: %v: %s", i, err, e)
		}
		if c.Object != "chat.completion.chunk" || c.Model != "gpt-x" || c.ID == "" || c.Usage != nil || len(c.Choices) != 1 {
			t.Fatalf("event %d: %s", i, e)
		}
		d, reason := c.Choices[0].Delta, c.Choices[0].FinishReason
		if (d.Role == "assistant") != (i == 0) {
			t.Errorf("event %d has role %q", i, d.Role)
		}
		switch {
		case i < last-1 && (d.Content == nil || reason != nil):
			t.Errorf("event %d: %s", i, e)
		case i == last-1 && (d.Content != nil || reason == nil || *reason != "stop"):
			t.Errorf("event %d should finish: %s", i, e)
		case d.Content != nil:
			deltas = append(deltas, *d.Content)
		}
	}
	if got, want := strings.Join(deltas, "|"), "|You |wrote: |\"my |name | |is\nBob\". |I |will |keep |that |in |mind."; got != want {
		t.Errorf("deltas %q, want %q", got, want)
	}
}

func TestStreamUsage(t *testing.T) {
	events, _ := stream(t, `,"stream_options":{"include_usage":true}`)
	var c completionChunk
	if err := json.Unmarshal([]byte(events[len(events)-2]), &c); err != nil {
		t.Fatal(err)
	}
	if c.Usage == nil || c.Usage.PromptTokens != 4 || c.Choices == nil || len(c.Choices) != 0 {
		t.Errorf("the event before [DONE] is %s", events[len(events)-2])
	}
}

func TestStreamEndsWhenTheCallerLeaves(t *testing.T) {
	done := make(chan struct{})
	s := New(Options{Delay: time.Hour})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.ServeHTTP(w, r)
		close(done)
	}))
	defer srv.Close()

	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	body := strings.Replace(hello, "{", `{"stream":true,`, 1)
	req, err := http.NewRequestWithContext(ctx, "POST", srv.URL+"/v1/chat/completions", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+DefaultKey)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	// The answer takes hours: an event that is here now was flushed on its own.
	if line, err := bufio.NewReader(resp.Body).ReadString('\n'); err != nil || !strings.HasPrefix(line, "data: {") {
		t.Fatalf("first line %q, %v", line, err)
	}
	leave()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("the stream goes on without a caller")
	}
}

func TestModels(t *testing.T) {
	w := do(t, New(Options{}), "GET", "/v1/models", "")
	var got struct {
		Object string
		Data   []struct{ ID, Object string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Object != "list" || len(got.Data) == 0 || got.Data[0].ID == "" || got.Data[0].Object != "model" {
		t.Errorf("models: %s", w.Body)
	}
}
