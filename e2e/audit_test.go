package e2e

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// ingestion is the console's side of the audit log.
type ingestion struct {
	mu      sync.Mutex
	lines   []map[string]any
	arrived chan struct{}
}

func (i *ingestion) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := gzip.NewReader(r.Body)
	if err != nil || r.URL.Path != "/api/v1/ingest" || r.Header.Get("Authorization") != "Bearer e2e-token" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	n := 0
	for lines := bufio.NewScanner(body); lines.Scan(); n++ {
		var line map[string]any
		if json.Unmarshal(lines.Bytes(), &line) == nil {
			i.mu.Lock()
			i.lines = append(i.lines, line)
			i.mu.Unlock()
		}
	}
	_, _ = fmt.Fprintf(w, `{"accepted":%d,"duplicates":0,"rejected":0}`, n)
	i.arrived <- struct{}{}
}

// until waits until a line has arrived that is as it should be.
func (i *ingestion) until(t *testing.T, is func(line map[string]any) bool) map[string]any {
	t.Helper()
	deadline := time.After(time.Minute)
	for {
		i.mu.Lock()
		for _, line := range i.lines {
			if is(line) {
				i.mu.Unlock()
				return line
			}
		}
		i.mu.Unlock()
		select {
		case <-i.arrived:
		case <-deadline:
			t.Fatalf("waited in vain for a line; there are %v", i.lines)
		}
	}
}

// The seed's request stands in the audit log with the placeholder, before the
// user has the answer. What a gateway could not send to the console before it was
// killed, the next one sends.
func TestAuditLogOfTheSeedsRequest(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	token := filepath.Join(dir, "token")
	if err := os.WriteFile(token, []byte("e2e-token\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	gateway := func(t *testing.T, console string) (*group, *endpoint, string) {
		file := filepath.Join(t.TempDir(), "audit.jsonl")
		g := newGroup(t)
		e := g.add(route{
			inputHeaders: []string{"Content-Type", "X-Request-Id"},
			settings: obj{
				"proxy": "chat", "audit": obj{
					"gateway": "e2e", "file": obj{"path": file},
					"console": obj{"url": console, "token_file": token, "spool": filepath.Join(dir, "spool")},
				},
			},
		}, nil)
		g.start(t)
		g.hide(password, "e2e-token")
		return g, e, file
	}
	const seed = `{"model":"gpt-4","messages":[{"role":"user","content":"dont tell anyone, but my password is: ` + password + `"}]}`
	const excerpt = "dont tell anyone, but my password is: [REDACTED_PASSWORD_1]"

	away := httptest.NewServer(http.NotFoundHandler())
	away.Close()
	t.Run("while the console is away", func(t *testing.T) {
		_, e, file := gateway(t, away.URL)
		res := e.send(t, message{body: seed, header: http.Header{"X-Request-Id": {"e2e-1"}}})
		sameBytes(t, "the user's answer", res.body, seed)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{
			`"request_id":"e2e-1"`, `"proxy":"chat"`, `"gateway":"e2e"`, `"policy":{"name":"llm-data-redaction","version":"1.0"`,
			`"name":"Secret Password"`, `"placeholders":["[REDACTED_PASSWORD_1]"]`, `"excerpts":["` + excerpt + `"]`,
			`"direction":"response"`, `"restored":1`,
		} {
			if !strings.Contains(string(text), want) {
				t.Errorf("the audit log lacks %s:\n%s", want, text)
			}
		}
		if strings.Contains(string(text), password) {
			t.Errorf("the password stands in the audit log:\n%s", text)
		}
		res = e.send(t, message{body: seed[:50]})
		checkRefusal(t, res, http.StatusBadRequest, "broken_json", []string{password})
	})

	stand := &ingestion{arrived: make(chan struct{}, 1000)}
	console := httptest.NewServer(stand)
	defer console.Close()
	t.Run("when it is back", func(t *testing.T) {
		_, e, _ := gateway(t, console.URL)
		line := stand.until(t, func(line map[string]any) bool { return line["request_id"] == "e2e-1" })
		if got := fmt.Sprint(line["excerpts"]); got != "["+excerpt+"]" {
			t.Errorf("excerpts %s", got)
		}
		stand.until(t, func(line map[string]any) bool { return line["reason"] == "broken_json" && line["outcome"] == "refused" })
		stand.until(t, func(line map[string]any) bool { return line["kind"] == "alert" && line["type"] == "uninspectable" })
		e.send(t, message{body: seed, header: http.Header{"X-Request-Id": {"e2e-2"}}})
		stand.until(t, func(line map[string]any) bool {
			return line["request_id"] == "e2e-2" && line["direction"] == "response"
		})
		stand.until(t, func(line map[string]any) bool { return line["kind"] == "status" })
	})
	stand.mu.Lock()
	defer stand.mu.Unlock()
	all, err := json.Marshal(stand.lines)
	if err != nil || strings.Contains(string(all), password) {
		t.Errorf("the console was told the password: %s, %v", all, err)
	}
}
