package e2e

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Placeholders that are whole inside one event; split ones are tested elsewhere.
func TestEventStreamIsRestoredEventByEvent(t *testing.T) {
	t.Parallel()
	const (
		first  = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hello [REDACTED_EMAIL_1], \"}}]}\n\n"
		second = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"[REDACTED_EMAIL_99] your card is [REDACTED_CC_1].\"}}]}\n\n"
		done   = "data: [DONE]\n\n"
	)
	g := newGroup(t)
	levels := map[string]*endpoint{"backend": g.add(route{}, nil), "endpoint": g.add(route{atEndpoint: true}, nil)}
	arrived := map[string]chan bool{}
	for level, e := range levels {
		seen := make(chan bool)
		arrived[level] = seen
		e.serve = func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			flush := func(s string) {
				_, _ = io.WriteString(w, s)
				_ = http.NewResponseController(w).Flush()
			}
			flush(first)
			select { // the second event waits until the user has the first
			case <-seen:
			case <-time.After(5 * time.Second):
			case <-r.Context().Done():
			}
			flush(second)
			flush(done)
		}
	}
	g.start(t)
	for level, e := range levels {
		t.Run(level, func(t *testing.T) {
			t.Parallel()
			g.hide(email, card)
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			resp, err := e.open(ctx, message{body: chat(email + " " + card)})
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if ct := resp.Header.Get("Content-Type"); resp.StatusCode != 200 || !strings.HasPrefix(ct, "text/event-stream") {
				t.Errorf("the user got status %d, Content-Type %q", resp.StatusCode, ct)
			}
			body := readFirst(t, resp.Body, "\n", arrived[level])
			want := strings.NewReplacer("[REDACTED_EMAIL_1]", email, "[REDACTED_CC_1]", card).Replace(first + second + done)
			sameBytes(t, "the user got", []byte(body), want)
			got := e.received()
			if len(got) != 1 || string(got[0].body) != chat("[REDACTED_EMAIL_1] [REDACTED_CC_1]") {
				t.Errorf("the LLM received %d requests, the first %q", len(got), got[0].body)
			}
			if found := leak(g.log.String(), []string{email, card}); found != "" {
				t.Errorf("the gateway's log shows %s", found)
			}
		})
	}
}

func TestEventStreamRestoresValuesEscapedForJSON(t *testing.T) {
	t.Parallel()
	newGroup(t).run(t, atBothLevels(scenario{
		name: "nasty value", route: route{settings: obj{"policy": nastyPolicy()}}, send: message{body: chat(nasty)}, secrets: []string{nasty},
		llmGot: chat("[REDACTED_N_1]"), answer: say("text/event-stream", ": ping\n\nevent: delta\ndata: {\"t\":\"x [REDACTED_N_1]\"}\n\n"),
		userCheck: func(t *testing.T, r result) {
			data, ok := strings.CutPrefix(string(r.body), ": ping\n\nevent: delta\ndata: ")
			if !ok || !strings.HasSuffix(data, "}\n\n") || strings.Count(data, "\n") != 2 {
				t.Fatalf("the user got %q", r.body)
			}
			v, err := parseJSON([]byte(data))
			if err != nil || v.(obj)["t"] != "x "+nasty {
				t.Errorf("the user got %q: %v", data, err)
			}
		},
	}))
}

// readFirst reads a stream whose upstream waits with the second event until the
// user has the first, which ends with end.
func readFirst(t *testing.T, stream io.Reader, end string, arrived chan<- bool) string {
	t.Helper()
	in := bufio.NewReader(stream)
	var body strings.Builder
	for !strings.HasSuffix(body.String(), end) {
		line, err := in.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		body.WriteString(line)
	}
	select {
	case arrived <- true: // the upstream is still waiting: it came in time
	case <-time.After(2 * time.Second):
		t.Error("the first event arrived only after the upstream had sent the second")
	}
	if _, err := in.WriteTo(&body); err != nil {
		t.Fatal(err)
	}
	return body.String()
}
