package e2e

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Gemini without alt=sse answers with one JSON array, element by element.
func TestArrayIsRestoredElementByElement(t *testing.T) {
	t.Parallel()
	const (
		first  = `[{"candidates":[{"content":{"parts":[{"text":"hello [REDACTED_EMAIL_1], [REDACTED_"}]}}]}`
		second = ",\r\n" + `{"candidates":[{"content":{"parts":[{"text":"CC_1] [REDACTED_EMAIL_99]"}]}}]}`
		end    = "\n]"
	)
	g := newGroup(t)
	endpoints := map[string]*endpoint{"plain": g.add(route{}, nil), "gzip": g.add(route{inputHeaders: []string{"*"}}, nil)}
	arrived := map[string]chan bool{}
	for name, e := range endpoints {
		seen, compress := make(chan bool), name == "gzip"
		arrived[name] = seen
		e.serve = func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json; charset=UTF-8")
			var to io.Writer = w
			flush := func() {}
			if compress {
				z := gzip.NewWriter(w)
				to, flush = z, func() { _ = z.Flush() }
				w.Header().Set("Content-Encoding", "gzip")
				defer func() { _ = z.Close() }()
			}
			send := func(s string) {
				_, _ = io.WriteString(to, s)
				flush()
				_ = http.NewResponseController(w).Flush()
			}
			send(first)
			select { // the second element waits until the user has the first
			case <-seen:
			case <-time.After(5 * time.Second):
			case <-r.Context().Done():
			}
			send(second)
			send(end)
		}
	}
	g.start(t)
	for name, e := range endpoints {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g.hide(email, card)
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			resp, err := e.open(ctx, message{body: `{"contents":[{"parts":[{"text":"` + email + ` ` + card + `"}]}]}`})
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if ct := resp.Header.Get("Content-Type"); resp.StatusCode != 200 || !strings.HasPrefix(ct, "application/json") || resp.Header.Get("Content-Encoding") != "" {
				t.Errorf("the user got status %d, headers %v", resp.StatusCode, resp.Header)
			}
			body := readUntil(t, resp.Body, "}]}", arrived[name])
			want := strings.NewReplacer("[REDACTED_EMAIL_1]", email, ", [REDACTED_", ", ", "CC_1]", card).Replace(first + second + end)
			sameBytes(t, "the user got", []byte(body), want)
		})
	}
}

// readUntil is readFirst for a stream that has no lines.
func readUntil(t *testing.T, stream io.Reader, end string, arrived chan<- bool) string {
	t.Helper()
	var body strings.Builder
	for buf := make([]byte, 1); !strings.HasSuffix(body.String(), end); {
		if _, err := io.ReadFull(stream, buf); err != nil {
			t.Fatal(err)
		}
		body.Write(buf)
	}
	select {
	case arrived <- true:
	case <-time.After(2 * time.Second):
		t.Error("the first element arrived only after the upstream had sent the second")
	}
	if _, err := io.Copy(&body, stream); err != nil {
		t.Fatal(err)
	}
	return body.String()
}
