package e2e

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// eventLine is what these tests read of a line of the audit log.
type eventLine struct {
	Kind, Proxy, Direction, Outcome, Reason, Exchange string
	Restored                                          int
}

func eventLines(t *testing.T, file string) (all []eventLine) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var e eventLine
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if e.Kind == "event" {
			all = append(all, e)
		}
	}
	return all
}

// TestAuditOfUnusualRequests counts the lines of requests and answers that do not
// go the usual way, and starts other KrakenDs beside the gateway meanwhile.
func TestAuditOfUnusualRequests(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	metricsPort, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	token := filepath.Join(dir, "token")
	if err := os.WriteFile(token, []byte("t"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "audit.jsonl")
	settings := func(proxy string, more obj) obj {
		s := obj{
			"proxy": proxy, "metrics": obj{"listen": fmt.Sprintf("127.0.0.1:%d", metricsPort)},
			"audit": obj{
				"all": true, "file": obj{"path": file},
				"console": obj{"url": "http://127.0.0.1:1", "token_file": token, "spool": filepath.Join(dir, "spool")},
			},
		}
		for k, v := range more {
			s[k] = v
		}
		return s
	}
	g := newGroup(t)
	g.hide(email)
	hello := `["` + email + `"]`
	unavailable := func(received) reply { return reply{status: http.StatusServiceUnavailable, body: []byte("no")} }
	bomb := g.add(route{settings: settings("bomb", obj{"max_body_bytes": 10000})}, nil)
	parallel := g.add(route{settings: settings("parallel", nil), backends: 3, encoding: "json"}, say("application/json", `{"a":"[REDACTED_EMAIL_1]"}`))
	failing := g.add(route{settings: settings("failing", nil)}, unavailable)
	decoded := g.add(route{settings: settings("decoded", nil), encoding: "json"}, unavailable)
	own := policy(rule("Word", `hello`, "[WORD]"))
	outer := g.add(route{
		atEndpoint: true, settings: settings("outer", nil),
		backendExtra: obj{"plugin/req-resp-modifier": obj{
			"name": list{"redact-request", "redact-response"}, "redact": settings("inner", obj{"policy": own}),
		}},
	}, nil)
	stream := func(proxy, text string) *endpoint {
		e := g.add(route{settings: settings(proxy, nil)}, nil)
		e.serve = func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, text)
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}
		return e
	}
	leaves := stream("leaves", "data: \"[REDACTED_EMAIL_1]\"\n\n")
	done := stream("done", "data: \"[REDACTED_EMAIL_1]\"\n\ndata: [DONE]\n\n")
	g.start(t)

	var zeros bytes.Buffer
	zipped := gzip.NewWriter(&zeros)
	_, _ = zipped.Write(make([]byte, 10<<20))
	_ = zipped.Close()
	res := bomb.send(t, message{body: zeros.String(), header: http.Header{"Content-Encoding": {"gzip"}}})
	checkRefusal(t, res, http.StatusRequestEntityTooLarge, "body_too_large", nil)
	for _, e := range []*endpoint{parallel, failing, decoded} {
		e.send(t, message{body: hello})
	}
	hello = `["hello ` + email + `"]`
	sameBytes(t, "the user's answer", outer.send(t, message{body: hello}).body, hello)
	for e, last := range map[*endpoint]string{leaves: email + "\"\n\n", done: "[DONE]"} {
		ctx, leave := context.WithCancel(t.Context())
		resp, err := e.open(ctx, message{body: `["` + email + `"]`})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for piece := make([]byte, 100); err == nil && !strings.Contains(got, last); {
			var n int
			n, err = resp.Body.Read(piece)
			got += string(piece[:n])
		}
		if err != nil {
			t.Fatalf("%v after %q", err, got)
		}
		if e == done {
			lines := eventLines(t, file)
			if !slices.ContainsFunc(lines, func(e eventLine) bool { return e.Proxy == "done" && e.Direction == "response" }) {
				t.Errorf("the client has [DONE], and the answer has no line yet: %v", lines)
			}
		}
		leave()
		_ = resp.Body.Close()
	}

	for deadline := time.Now().Add(20 * time.Second); len(eventLines(t, file)) < 18 && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond) // nothing tells that the gateway has seen the client go
	}
	var got []string
	exchanges := map[string]map[string]bool{}
	for _, e := range eventLines(t, file) {
		got = append(got, strings.Join(strings.Fields(fmt.Sprintf("%s %s %s %s %d", e.Proxy, e.Direction, e.Outcome, e.Reason, e.Restored)), " "))
		if exchanges[e.Proxy] == nil {
			exchanges[e.Proxy] = map[string]bool{}
		}
		exchanges[e.Proxy][e.Exchange] = true
	}
	slices.Sort(got)
	want := []string{
		"bomb request refused body_too_large 0",
		"decoded request masked 0",
		"done request masked 0",
		"done response restored 1",
		"failing request masked 0",
		"failing response clean 0",
		"inner request masked 0",
		"inner response restored 2",
		"leaves request masked 0",
		"leaves response failed abandoned 1",
		"outer request masked 0",
		"outer response clean 0",
		"parallel request masked 0", "parallel request masked 0", "parallel request masked 0",
		"parallel response restored 1", "parallel response restored 1", "parallel response restored 1",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(exchanges["parallel"]) != 3 || len(exchanges["outer"]) != 1 || fmt.Sprint(exchanges["inner"]) != fmt.Sprint(exchanges["outer"]) {
		t.Errorf("exchanges %v", exchanges)
	}
	if g.logs(func(line string) bool { return strings.Contains(line, "a version that is gone") }) {
		t.Error("an answer does not find the version of its request")
	}

	// Checks leave file, spool and address alone; another gateway does not start.
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	config, err := g.config(t.TempDir(), port)
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		fine bool
		says string
	}{
		{[]string{"check", "-c", config, "-t", "-ddd"}, true, "Syntax OK"},
		{[]string{"run", "-c", config}, false, "field redact.audit.console.spool: is in use by another process"},
	} {
		out, err := exec.CommandContext(t.Context(), bin.gateway, c.args...).CombinedOutput()
		if (err == nil) != c.fine || !strings.Contains(string(out), c.says) {
			t.Errorf("%v: %v\n%s", c.args, err, out)
		}
	}
	after, err := os.ReadFile(file)
	if err != nil || !bytes.HasPrefix(after, before) {
		t.Errorf("the audit log was changed, %v", err)
	}
	n := len(eventLines(t, file))
	failing.send(t, message{body: hello})
	if got := len(eventLines(t, file)); got != n+2 {
		t.Errorf("%d more lines", got-n)
	}
}
