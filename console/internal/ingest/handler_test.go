package ingest

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/krakend-redact/krakend-redact/console/internal/store"
	"github.com/krakend-redact/krakend-redact/internal/audit"
	"github.com/krakend-redact/krakend-redact/internal/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// console is a handler with a store of its own, and what it has logged.
type console struct {
	*Handler
	log *bytes.Buffer
}

func newConsole(t *testing.T, url string) console {
	t.Helper()
	s, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // some tests close it before
	var log bytes.Buffer
	want := sha256.Sum256([]byte("right"))
	return console{New(Options{
		Store: s, Live: &Live{}, Log: slog.New(slog.NewTextHandler(&log, nil)),
		Authorized: func(_ context.Context, token string) bool {
			got := sha256.Sum256([]byte(token))
			return subtle.ConstantTimeCompare(want[:], got[:]) == 1
		},
	}), &log}
}

func sqlite(t *testing.T) console { return newConsole(t, filepath.Join(t.TempDir(), "console.db")) }

func (c console) post(body io.Reader, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, Path, body)
	r.Header.Set("Authorization", "Bearer right")
	r.Header.Set("Content-Type", "application/x-ndjson")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	c.ServeHTTP(w, r)
	return w
}

func (c console) send(t *testing.T, lines ...string) answer {
	t.Helper()
	w := c.post(strings.NewReader(strings.Join(lines, "\n")))
	var a answer
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return a
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

func event() audit.Event {
	return audit.Event{
		Head:     audit.Head{Schema: 1, Kind: "event", ID: newID(), Time: time.Now().UTC().Truncate(time.Millisecond), Gateway: "g"},
		Exchange: newID(), Proxy: "p", Policy: audit.Policy{Name: "llm", Mode: "enforce"}, Direction: "request", Outcome: "masked",
		Rules: []audit.RuleCount{{Name: "email", Severity: "high", Action: "mask", Count: 1, Placeholders: []string{"[REDACTED_EMAIL_1]"}}},
	}
}

func alert() audit.Alert {
	now := time.Now()
	return audit.Alert{
		Head: audit.Head{Schema: 1, Kind: "alert", ID: newID(), Time: now, Gateway: "g"},
		Type: "severity", Severity: "high", First: now, Last: now, Count: 1, Action: "mask",
	}
}

func status() audit.Status {
	now := time.Now()
	return audit.Status{
		Head:    audit.Head{Schema: 1, Kind: "status", ID: newID(), Time: now, Gateway: "g"},
		Version: "1.0", Started: now, Proxies: []audit.ProxyStatus{{Proxy: "p", Policy: audit.Policy{Name: "llm", Mode: "test"}, Source: "inline", Loaded: now}},
	}
}

func line(t *testing.T, record any) string {
	t.Helper()
	text, err := json.Marshal(record)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestLinesAreTakenIn(t *testing.T) {
	c := sqlite(t)
	alerted := 0
	c.Alerted = func() { alerted++ }
	lines := []string{line(t, event()), "", " " + line(t, alert()) + "\r", line(t, status()), line(t, event())}
	if got := c.send(t, lines...); got != (answer{Accepted: 4}) {
		t.Errorf("first: %+v", got)
	}
	if got := c.send(t, lines...); got != (answer{Duplicates: 4}) {
		t.Errorf("again: %+v", got)
	}
	if alerted != 1 {
		t.Errorf("webhooks heard of alerts %d times", alerted)
	}

	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	for range 1200 { // more than a batch
		fmt.Fprintln(z, line(t, event()))
	}
	z.Close()
	w := c.post(&zipped, "Content-Encoding", "gzip", "Content-Type", "application/x-ndjson; charset=utf-8")
	if want := `{"accepted":1200,"duplicates":0,"rejected":0}`; strings.TrimSpace(w.Body.String()) != want {
		t.Errorf("compressed: %d %s", w.Code, w.Body)
	}
}

func TestWhatIsNoRecordIsRejected(t *testing.T) {
	const canary = "canary-8f1e"
	change := func(record any, field string, value any) string {
		var fields map[string]any
		if err := json.Unmarshal([]byte(line(t, record)), &fields); err != nil {
			t.Fatal(err)
		}
		at := fields
		names := strings.Split(field, ".")
		for _, name := range names[:len(names)-1] {
			switch next := at[name].(type) {
			case map[string]any:
				at = next
			case []any:
				at = next[0].(map[string]any)
			}
		}
		if value == nil {
			delete(at, names[len(names)-1])
		} else {
			at[names[len(names)-1]] = value
		}
		return line(t, fields)
	}
	c := sqlite(t)
	bad := []string{
		canary, `"` + canary + `"`, `[]`, `{"schema":1}`, `null`, line(t, event())[:50], line(t, event()) + line(t, event()),
		change(event(), "schema", 2), change(event(), "schema", nil), change(event(), "kind", canary), change(event(), "new", canary),
		change(event(), "id", canary), change(event(), "id", "{"+newID()+"}"), change(event(), "exchange", nil),
		change(event(), "time", "1970-01-01T00:00:00Z"), change(event(), "time", time.Now().Add(25*time.Hour)), change(event(), "time", nil), change(event(), "time", "292277026596-01-01T00:00:00Z"),
		change(event(), "outcome", canary), change(event(), "direction", canary), change(event(), "policy.mode", canary), change(event(), "policy.mode", ""),
		change(event(), "rules.severity", canary), change(event(), "rules.action", canary), change(event(), "rules.count", -1), change(event(), "rules.new", canary),
		change(event(), "restored", -1), change(event(), "bytes_in", 1e15), change(event(), "micros", 1e30), change(event(), "proxy", 3),
		change(alert(), "type", canary), change(alert(), "severity", ""), change(alert(), "count", 0), change(alert(), "last", "2025-06-01T00:00:00Z"), change(alert(), "exchange", canary),
		change(status(), "started", nil), change(status(), "dropped", -1), change(status(), "proxies.policy.mode", canary),
	}
	for _, l := range bad {
		if got := c.send(t, l); got != (answer{Rejected: 1}) {
			t.Errorf("%s: %+v", l, got)
		}
	}
	if got := c.send(t, append(bad, line(t, event()))...); got != (answer{Accepted: 1, Rejected: len(bad)}) {
		t.Errorf("among good ones: %+v", got)
	}
	if strings.Contains(c.log.String(), canary) || !strings.Contains(c.log.String(), "a schema that this console does not know") {
		t.Errorf("the log is\n%s", c.log)
	}
}

func TestTextsAreMadeHarmless(t *testing.T) {
	for name, url := range map[string]func(t *testing.T) string{
		"SQLite":     func(t *testing.T) string { return filepath.Join(t.TempDir(), "console.db") },
		"PostgreSQL": func(t *testing.T) string { return pgtest.URL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			c := newConsole(t, url(t))
			const nasty = "a\x00b\x1b[31m\u0085c\u202e<script>\n'; DROP TABLE events; --"
			const clean = "a\ufffdb\ufffd[31m\ufffdc\u202e<script>\n'; DROP TABLE events; --"
			e := event()
			e.Gateway, e.RequestID, e.TraceID, e.Proxy, e.Profile, e.Reason, e.Body = nasty, nasty, nasty, nasty, nasty, nasty, nasty
			e.Policy = audit.Policy{Name: nasty, Version: nasty, Digest: nasty, Mode: "enforce"}
			e.Excerpts = []string{strings.Repeat("ü", 600), nasty, "", "", "", "", "", "", "ninth"}
			e.Rules[0].Name = strings.Repeat("x", 300)
			e.Rules[0].Placeholders = nil
			for range 40 {
				e.Rules[0].Placeholders = append(e.Rules[0].Placeholders, nasty)
			}
			a := alert()
			a.Rule, a.Proxy, a.Reason, a.Action = nasty, nasty, nasty, nasty
			s := status()
			s.Version, s.Proxies[0].Proxy, s.Proxies[0].Source, s.Proxies[0].ReloadError = nasty, nasty, nasty, nasty
			raw := strings.Replace(line(t, event()), `"proxy":"p"`, `"proxy":"`+"\xff\xfe"+`\ud800"`, 1)
			if got := c.send(t, line(t, e), line(t, a), line(t, s), raw); got != (answer{Accepted: 4}) {
				t.Fatalf("%+v", got)
			}
			got, err := c.Store.Event(t.Context(), e.ID)
			if err != nil {
				t.Fatal(err)
			}
			r := got.Rules[0]
			if got.Proxy != clean || got.Body != clean || got.Policy.Name != clean || got.RequestID != clean || len(r.Placeholders) != maxIssued || r.More != 8 || r.Placeholders[0] != clean {
				t.Errorf("the event is %+v", got)
			}
			if len(got.Excerpts) != maxExcerpt || len(got.Excerpts[0]) > maxText || !strings.HasSuffix(got.Excerpts[0], "ü…") || len(r.Name) != maxName {
				t.Errorf("texts were not cut: %d excerpts, %q", len(got.Excerpts), got.Excerpts[0])
			}
			page, err := c.Store.Events(t.Context(), store.EventFilter{Proxy: "\ufffd\ufffd\ufffd"}, store.Page{})
			if err != nil || len(page.Events) != 1 {
				t.Errorf("bytes that are no UTF-8: %d events, %v", len(page.Events), err)
			}
			kept, _, err := c.Store.Alert(t.Context(), a.ID)
			if err != nil || kept.Reason != clean || kept.Rule != clean {
				t.Errorf("the alert is %+v, %v", kept, err)
			}
			if p, err := c.Store.Proxy(t.Context(), clean); err != nil || p.Reports[0].ReloadError != clean {
				t.Errorf("the proxy is %+v, %v", p, err)
			}
		})
	}
}

func TestRequestsAreRefused(t *testing.T) {
	bomb := func() io.Reader {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write(bytes.Repeat([]byte(" "), MaxBody+1))
		z.Close()
		return &b
	}
	good := func() io.Reader { return strings.NewReader(line(t, event())) }
	for name, test := range map[string]struct {
		body    io.Reader
		headers []string
		status  int
	}{
		"no token":         {good(), []string{"Authorization", ""}, 401},
		"wrong token":      {good(), []string{"Authorization", "Bearer wrong"}, 401},
		"wrong scheme":     {good(), []string{"Authorization", "Basic right"}, 401},
		"no type":          {good(), []string{"Content-Type", ""}, 415},
		"another type":     {good(), []string{"Content-Type", "application/json"}, 415},
		"another encoding": {good(), []string{"Content-Encoding", "br"}, 415},
		"not gzip":         {good(), []string{"Content-Encoding", "gzip"}, 400},
		"broken gzip":      {io.LimitReader(bomb(), 2000), []string{"Content-Encoding", "gzip"}, 400},
		"too large":        {bytes.NewReader(bytes.Repeat([]byte(" "), MaxBody+1)), nil, 413},
		"a bomb":           {bomb(), []string{"Content-Encoding", "gzip"}, 413},
	} {
		c := sqlite(t)
		w := c.post(test.body, test.headers...)
		if w.Code != test.status || !strings.Contains(w.Body.String(), `"accepted":0`) || !strings.Contains(w.Body.String(), `"error":"`) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if (w.Header().Get("WWW-Authenticate") == "Bearer") != (test.status == 401) {
			t.Errorf("%s: %v", name, w.Header())
		}
	}
}

func TestALineThatIsTooLongIsPassedOver(t *testing.T) {
	c := sqlite(t)
	long := `{"schema":1,"kind":"event","body":"` + strings.Repeat("x", MaxLine) + `"}`
	if got := c.send(t, line(t, event()), long, line(t, event())); got != (answer{Accepted: 2, Rejected: 1}) {
		t.Errorf("%+v", got)
	}
	if got := c.send(t, line(t, event()), long); got != (answer{Accepted: 1, Rejected: 1}) {
		t.Errorf("at the end: %+v", got)
	}
}

func TestOtherMethods(t *testing.T) {
	c := sqlite(t)
	w := httptest.NewRecorder()
	c.ServeHTTP(w, httptest.NewRequest(http.MethodGet, Path, nil))
	if w.Code != 405 || w.Header().Get("Allow") != "POST" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

// TestTooMany fills all places with requests that do not end.
func TestTooMany(t *testing.T) {
	c := sqlite(t)
	done := make(chan bool)
	var writers []*io.PipeWriter
	for range maxAtOnce {
		r, w := io.Pipe()
		writers = append(writers, w)
		go func() {
			c.post(r)
			done <- true
		}()
		if _, err := w.Write([]byte("\n")); err != nil { // once it is read, the place is taken
			t.Fatal(err)
		}
	}
	if w := c.post(strings.NewReader("")); w.Code != 429 || w.Header().Get("Retry-After") == "" {
		t.Errorf("one too many: %d %v", w.Code, w.Header())
	}
	for _, w := range writers {
		w.Close()
		<-done
	}
	if w := c.post(strings.NewReader("")); w.Code != 200 {
		t.Errorf("afterwards: %d", w.Code)
	}
}

func TestADatabaseThatIsAway(t *testing.T) {
	c := sqlite(t)
	if err := c.Store.Close(); err != nil {
		t.Fatal(err)
	}
	w := c.post(strings.NewReader(line(t, event())))
	if w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}

func TestLive(t *testing.T) {
	c := sqlite(t)
	fast, endFast := c.Live.Subscribe()
	slow, endSlow := c.Live.Subscribe()
	for i := range backlog + 1 {
		e := event()
		c.send(t, line(t, e), line(t, e), line(t, alert()))
		if got := <-fast; len(got) != 1 || got[0].ID != e.ID || got[0].Seq == 0 {
			t.Fatalf("batch %d: %+v", i, got)
		}
	}
	n := 0
	for range slow { // closed, because it was dropped
		n++
	}
	if n != backlog {
		t.Errorf("the slow one got %d batches", n)
	}
	endSlow()
	endFast()
	endFast()
	if _, open := <-fast; open {
		t.Error("the channel is open after the end")
	}
}

func FuzzAdd(f *testing.F) {
	for _, seed := range []string{`{"schema":1,"kind":"event"}`, `{"schema":1,"kind":"alert","time":"2026-01-01T00:00:00Z"}`, `{`} {
		f.Add([]byte(seed))
	}
	text, _ := json.Marshal(event())
	f.Add(text)
	f.Fuzz(func(t *testing.T, text []byte) {
		var b store.Batch
		if err := add(&b, text, time.Now()); err == nil && len(b.Events)+len(b.Alerts)+len(b.Statuses) != 1 {
			t.Fatal("a line that was taken is not in the batch")
		}
		for i := range b.Events {
			if again, err := json.Marshal(b.Events[i]); err != nil || bytes.Contains(again, []byte(`\u0000`)) {
				t.Fatalf("%v %q", err, again)
			}
		}
	})
}
