package e2e

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/pgtest"
)

// Tokens of the consoles of the canary test.
const (
	ingestToken = "ingestion-token-of-the-canary-test"
	loginToken  = "login-token-of-the-canary-test-and-more"
)

// until waits until something is so.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// filesIn returns the files of a folder whose names end like this.
func filesIn(t *testing.T, dir, ending string) (files []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Type().IsRegular() && strings.HasSuffix(e.Name(), ending) {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	return files
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func fetch(t *testing.T, client *http.Client, url string) []byte {
	t.Helper()
	resp, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// hooks receives the alerts that webhooks tell, in both forms.
type hooks struct {
	*httptest.Server
	mu     sync.Mutex
	bodies map[string][]byte // by path
}

func newHooks(t *testing.T) *hooks {
	h := &hooks{bodies: map[string][]byte{}}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		h.mu.Lock()
		defer h.mu.Unlock()
		h.bodies[r.URL.Path] = fmt.Appendf(h.bodies[r.URL.Path], "%s\n%s\n", r.Header, body)
	}))
	t.Cleanup(h.Close)
	return h
}

// both tells whether alerts of the control's proxy and of a reload have arrived in
// both forms.
func (h *hooks) both() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, form := range []string{"/json", "/slack"} {
		if b := h.bodies[form]; !bytes.Contains(b, []byte(controlProxy)) || !bytes.Contains(b, []byte("examples")) {
			return false
		}
	}
	return true
}

func (h *hooks) all() []byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	return bytes.Join([][]byte{h.bodies["/json"], h.bodies["/slack"]}, nil)
}

// postgres returns the URL of an empty database of a server of its own, empty where
// PostgreSQL is not installed and nobody asks for it.
func postgres(t *testing.T) string {
	t.Helper()
	server, err := pgtest.Start("fsync=off", "full_page_writes=off")
	if err != nil {
		if os.Getenv(pgtest.RequireEnv) == "1" {
			t.Fatal(err)
		}
		t.Logf("without PostgreSQL: %v", err)
		return ""
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	url, err := server.Create()
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// consoleBinary builds the console once.
var consoleBinary = sync.OnceValues(func() (string, error) {
	file := filepath.Join(filepath.Dir(bin.folder), "redact-console")
	return file, goBuild("../console", nil, "-o", file, ".")
})

// canaryConsole is a console, and an editor who is logged in.
type canaryConsole struct {
	t        *testing.T
	name, db string
	address  string
	log      logBuffer
	client   *http.Client
	tail     logBuffer // what the live tail has sent
	answers  logBuffer // what answers to forms hold but for what they repeat
}

func startConsole(t *testing.T, db string, h *hooks) *canaryConsole {
	t.Helper()
	c := &canaryConsole{t: t, db: db, name: "console on SQLite"}
	if strings.HasPrefix(db, "postgres:") {
		c.name = "console on PostgreSQL"
	}
	binary, err := consoleBinary()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "serve", "--db", db, "--listen", "127.0.0.1:0", "--publish", t.TempDir(), "--webhook-private")
	cmd.Env = append(os.Environ(), "REDACT_CONSOLE_INGEST_TOKEN="+ingestToken, "REDACT_CONSOLE_LOGIN_TOKEN="+loginToken)
	cmd.Stderr = &c.log
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for c.address == "" && lines.Scan() {
		_, c.address, _ = strings.Cut(lines.Text(), "redact-console: ")
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		for lines.Scan() {
			_, _ = c.log.Write(append(lines.Bytes(), '\n'))
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-drained
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s: %s", c.name, c.log.tail())
		}
	})
	if c.address == "" {
		t.Fatalf("%s does not start: %s", c.name, c.log.String())
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c.client = &http.Client{Jar: jar, Timeout: time.Minute}
	c.post("/login", url.Values{"token": {loginToken}}, http.StatusOK)
	for _, form := range []string{"json", "slack"} {
		c.post("/webhooks", url.Values{"name": {form}, "url": {h.URL + "/" + form}, "form": {form}, "severity": {"low"}, "enabled": {"yes"}, "key": {"the key of a webhook"}}, http.StatusOK)
	}
	c.follow()
	return c
}

// post sends a form as a page of the console does, and returns the page that it
// leads to.
func (c *canaryConsole) post(path string, form url.Values, status int) string {
	c.t.Helper()
	r, err := http.NewRequest(http.MethodPost, c.address+path, strings.NewReader(form.Encode()))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", c.address)
	resp, err := c.client.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != status {
		c.t.Fatalf("%s: %s answers %s, want %d, %v: %s", c.name, path, resp.Status, status, err, text)
	}
	return string(text)
}

// follow reads the live tail from its beginning.
func (c *canaryConsole) follow() {
	ctx, stop := context.WithCancel(context.Background())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.address+"/audit/tail", nil)
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Last-Event-ID", "0")
	resp, err := (&http.Client{Jar: c.client.Jar}).Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(&c.tail, resp.Body)
	}()
	c.t.Cleanup(func() {
		stop()
		<-done
		_ = resp.Body.Close()
	})
}

// plant saves a policy, and writes canaries into forms whose content nobody is to
// keep. The answer to the form itself may repeat what was written into it.
func (c *canaryConsole) plant(policy string) (all grep) {
	field := func(where string, value func(canary) string) string {
		planted := newCanary(c.name + ", " + where)
		all = append(all, planted)
		return value(planted)
	}
	same := func(c canary) string { return c.core }
	// The key for hashes is not where the console is.
	policy = strings.NewReplacer(`"hash_key_file":"",`, "", `"action":"hash"`, `"action":"redact"`).Replace(policy)
	c.post("/policies/new", url.Values{"base": {"0"}, "text": {policy}, "do": {"save"}}, http.StatusOK)
	for _, sample := range []func(canary) string{canary.mail, canary.odd, func(c canary) string { return "stop-" + c.core }, same} {
		c.post("/try", url.Values{"policy": {"canary-policy"}, "text": {field("try "+fmt.Sprint(len(all)), sample)}}, http.StatusOK)
		c.post("/policies/canary-policy/edit", url.Values{"base": {"1"}, "text": {policy}, "sample": {field("sample "+fmt.Sprint(len(all)), sample)}, "do": {"check"}}, http.StatusOK)
	}
	c.post("/try", url.Values{"policy": {field("a policy's name", same)}, "text": {field("try without a policy", same)}}, http.StatusUnprocessableEntity)
	for _, broken := range []string{
		strings.Replace(policy, "[g-z]{16}@canary", "("+field("a broken pattern", same), 1), policy + field("behind a policy", same),
		strings.Replace(policy, `"mode"`, `"`+field("a mode", same)+`"`, 1) + "}", `{"name":"canary-policy","mode":"` + field("another mode", same) + `"}`,
	} {
		c.post("/policies/canary-policy/edit", url.Values{"base": {"1"}, "text": {broken}, "do": {"save"}}, http.StatusUnprocessableEntity)
	}
	c.post("/webhooks", url.Values{"name": {"x"}, "form": {"json"}, "severity": {"low"}, "url": {"ftp://" + field("a webhook's address", same)}}, http.StatusBadRequest)
	c.post("/webhooks", url.Values{"name": {"x"}, "form": {field("a webhook's form", same)}, "severity": {"low"}}, http.StatusBadRequest)
	c.post("/alerts/"+field("an alert", same), url.Values{"state": {field("a state", same)}}, http.StatusBadRequest)
	c.post("/login", url.Values{"token": {field("a token", same)}, "next": {"//" + field("the way back", same)}}, http.StatusUnauthorized)
	for _, wrong := range []string{
		"/audit?from=", "/audit?severity=", "/audit?older=", "/audit/event/", "/audit/export?format=", "/policies/", "/policies/canary-policy?version=",
		"/policies/canary-policy/diff?from=", "/nowhere/", "/static/", "/login/callback?state=", "/audit?proxy=%zz", "/api/v1/ingest?",
	} {
		_, _ = c.answers.Write(fetch(c.t, c.client, c.address+wrong+field(wrong, same)))
	}
	return all
}

// href is a link of a page.
var href = regexp.MustCompile(`(?:href|action|src)="([^"]*)"`)

// maxPages bounds how many pages of a console are looked at.
const maxPages = 250

// look adds all that the console keeps and shows.
func (c *canaryConsole) look(places map[string][]byte) {
	c.t.Helper()
	place := func(name string) string { return c.name + ": " + name }
	until(c.t, "the live tail has sent the last line", func() bool {
		return strings.Contains(c.tail.String(), controlProxy)
	})
	queue, seen := []string{"/", "/audit"}, map[string]bool{"/": true, "/audit": true}
	for n := 0; n < len(queue) && n < maxPages; n++ {
		page := fetch(c.t, c.client, c.address+queue[n])
		places[place(queue[n])] = page
		for _, link := range href.FindAllSubmatch(page, -1) {
			to, _, _ := strings.Cut(html.UnescapeString(string(link[1])), "#")
			if strings.HasPrefix(to, "/") && !seen[to] {
				seen[to] = true
				queue = append(queue, to)
			}
		}
	}
	for _, format := range []string{"csv", "jsonl"} {
		places[place("export as "+format)] = fetch(c.t, c.client, c.address+"/audit/export?format="+format)
	}
	places[place("answers to mistakes")] = []byte(c.answers.String())
	places[place("the live tail")] = []byte(c.tail.String())
	places[place("the log")] = []byte(c.log.String())
	if strings.HasPrefix(c.db, "postgres:") {
		dump, err := pgtest.Dump(c.db)
		if err != nil {
			c.t.Fatal(err)
		}
		places[place("the dump")] = dump
	}
}

// toAll hands lines to several consoles.
func toAll(consoles []*canaryConsole) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		for i, c := range consoles {
			again, err := http.NewRequest(r.Method, c.address+r.URL.Path, bytes.NewReader(body))
			if err != nil {
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			again.Header = r.Header.Clone()
			resp, err := http.DefaultClient.Do(again)
			if err != nil {
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			text, _ := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusOK || i == len(consoles)-1 {
				w.WriteHeader(resp.StatusCode)
				_, _ = w.Write(text)
				return
			}
		}
	})
}

// breakPolicies puts policies in place that are refused, each with a canary, and
// at last the good one.
func breakPolicies(t *testing.T, g *group, file string) (all grep) {
	t.Helper()
	good := string(read(t, file))
	put := func(text string) {
		if err := os.WriteFile(file+".new", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(file+".new", file); err != nil {
			t.Fatal(err)
		}
	}
	for _, b := range []struct{ where, old, new, says string }{
		{"a pattern", `[g-z]{16}@canary`, "(?P<%s", "redaction_rules[0].pattern"},
		{"a text that is no JSON", `"unmask_for_user"`, `%s`, "not valid JSON"},
		{"an action", `"action":"hash"`, `"action":"%s"`, "action"},
		{"examples", `"severity":"critical"`, `"examples":{"match":["%s"]}`, "examples"},
	} {
		c := newCanary("a policy: " + b.where)
		all = append(all, c)
		text := strings.Replace(good, b.old, fmt.Sprintf(b.new, c.core), 1)
		if !strings.Contains(text, c.core) {
			t.Fatalf("nothing was planted in %s", b.where)
		}
		put(text)
		until(t, "a policy with a canary in "+b.where+" is refused", func() bool {
			for line := range strings.Lines(g.log.String()) {
				if strings.Contains(line, "was refused") && strings.Contains(line, b.says) {
					return true
				}
			}
			return false
		})
	}
	put(good)
	until(t, "the good policy applies again", func() bool { return strings.Contains(g.log.String(), "is again the version that applies") })
	return all
}

// checkControls checks that what must be somewhere is there.
func checkControls(t *testing.T, places map[string][]byte, onPostgres bool) {
	t.Helper()
	const masked = "writes to [MAIL_1]"
	texts := []string{control.core, masked, controlProxy, "control-id"}
	for _, want := range []struct {
		place string
		texts []string
	}{
		{"the gateway's log", append(texts, "DEBUG", "was refused")},
		{"/audit.jsonl", texts},
		{"/console.db", []string{control.core}},
		{"spool-away", []string{control.core, masked}},
		{"metrics", []string{controlProxy, "krakend_redact_refused_total", `reason="body_too_large"`}},
		{"webhooks", []string{controlProxy, "examples", `"type":"blocked"`, "Rule: Stop", "X-Redact"}},
		{"console on SQLite: the log", []string{"the console is up", "a login was refused"}},
		{"console on SQLite: export as jsonl", texts},
		{"console on SQLite: export as csv", []string{controlProxy, "control-id"}},
		{"console on SQLite: /audit/event/", []string{control.core}},
		{"console on SQLite: the live tail", []string{controlProxy}},
		{"console on SQLite: /alerts", []string{controlProxy}},
		{"console on SQLite: /policies/canary-policy", []string{"Odd"}},
		{"console on PostgreSQL: the dump", append(texts, "canary-gateway")},
		{"console on PostgreSQL: export as jsonl", texts},
		{"console on PostgreSQL: /audit/event/", []string{control.core}},
		{"console on PostgreSQL: /changes", []string{"policy.add"}},
	} {
		if strings.HasPrefix(want.place, "console on PostgreSQL") && !onPostgres {
			continue
		}
		var all []byte
		for name, text := range places {
			if name == want.place || strings.HasSuffix(want.place, "/") && strings.HasPrefix(name, want.place) || strings.HasPrefix(name, "/"+want.place) || strings.HasPrefix(want.place, "/") && strings.HasPrefix(name, want.place) {
				all = append(all, text...)
			}
		}
		for _, text := range want.texts {
			if !bytes.Contains(all, []byte(text)) {
				t.Errorf("%s, of %d bytes, lacks the control %q", want.place, len(all), text)
			}
		}
	}
	rotated := 0
	for name := range places {
		if strings.HasPrefix(name, "/audit.jsonl.") {
			rotated++
		}
	}
	if rotated == 0 {
		t.Error("the audit file was not rotated")
	}
}
