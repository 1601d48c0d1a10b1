package compose

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
)

// testConsole: what the gateway masked stands in the console, without a value, and
// lines that were written while the console was away arrive when it is back.
func (s *stack) testConsole(t *testing.T) {
	u := user{s.published(t)[0], s.login(t)}
	say := func(text string) {
		t.Helper()
		if status, answer, err := u.ask(t.Context(), says(text), nil); status != http.StatusOK || err != nil {
			t.Fatalf("%d %s %v", status, answer, err)
		}
	}
	say("write to here@example.com")
	s.run(t, "stop", "console")
	say("write to while.away@example.com")
	s.up(t)

	var log []byte
	await(t, "both requests stand in the audit log", func() bool {
		log = s.auditLog(t)
		return bytes.Count(log, []byte(`"direction":"request"`)) >= 2
	})
	for line := range bytes.Lines(log) {
		var event struct{ Proxy, Kind string }
		if err := json.Unmarshal(line, &event); err != nil || event.Proxy != "chat" || event.Kind != "event" {
			t.Errorf("%v: %s", err, line)
		}
	}
	if !bytes.Contains(log, []byte("[REDACTED_EMAIL_1]")) || bytes.Contains(log, []byte("@example")) {
		t.Errorf("the audit log: %s", log)
	}
}

// auditLog logs in and exports the audit log.
func (s *stack) auditLog(t *testing.T) []byte {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	console := "http://127.0.0.1:" + s.the(t, "console").NetworkSettings.Ports["8090/tcp"][0].HostPort
	client := http.Client{Jar: jar}
	body := func(resp *http.Response, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		raw, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK || strings.HasSuffix(resp.Request.URL.Path, "/login") {
			t.Fatalf("%s: %s, %v", resp.Request.URL.Path, resp.Status, err)
		}
		return raw
	}
	form := url.Values{"token": {"login-token-of-the-demonstration"}}
	login, err := http.NewRequestWithContext(t.Context(), http.MethodPost, console+"/login", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	login.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	login.Header.Set("Origin", console) // as browsers do
	body(client.Do(login))
	return body(client.Get(console + "/audit/export?format=jsonl"))
}
