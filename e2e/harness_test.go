// Package e2e tests krakend-redact from outside: a real KrakenD process with
// the real redact.so, real HTTP on both sides.
package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

//go:embed testdata/seed-policy.json
var seedPolicy []byte

// Values that the seed policy's three rules find, and what becomes of them.
const (
	password = "super_s3cr3t_password"
	card     = "4111111111111111"
	email    = "jane.doe@example.com"
	email2   = "john.roe@example.org"
)

// obj and list keep configuration literals short.
type (
	obj  = map[string]any
	list = []any
)

// rule is one redaction rule; more is merged over it.
func rule(name, pattern, replacement string, more ...obj) obj {
	r := obj{"name": name, "pattern": pattern, "replacement": replacement, "enabled": true, "case_sensitive": true}
	for _, m := range more {
		for k, v := range m {
			r[k] = v
		}
	}
	return r
}

// policy is an inline policy that restores for the user.
func policy(rules ...obj) obj {
	rs := list{}
	for _, r := range rules {
		rs = append(rs, r)
	}
	return obj{"name": "e2e-policy", "version": "2.7", "redaction_rules": rs, "unmask_for_user": true}
}

// ---- the upstream ----

// received is one request as it arrived at the upstream.
type received struct {
	method string
	uri    string // as on the wire, query included
	path   string // decoded
	query  map[string][]string
	header http.Header
	body   []byte
	length int64 // -1: unknown (chunked)
}

// reply is what the upstream answers.
type reply struct {
	status int // 200 when 0
	header http.Header
	body   []byte
}

// echo answers with the body that arrived, under its own Content-Type.
func echo(r received) reply {
	ct := r.header.Get("Content-Type")
	if ct == "" {
		ct = "application/octet-stream"
	}
	return reply{header: http.Header{"Content-Type": {ct}}, body: r.body}
}

// say answers with a fixed body.
func say(contentType, body string, header ...string) func(received) reply {
	h := http.Header{"Content-Type": {contentType}}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return func(received) reply { return reply{header: h, body: []byte(body)} }
}

// quote answers with a JSON object that quotes the body that arrived.
func quote(r received) reply {
	b, _ := json.Marshal(obj{"you_said": string(r.body)})
	return reply{header: http.Header{"Content-Type": {"application/json"}}, body: b}
}

// ---- routes ----

// route describes one endpoint of the gateway under test.
type route struct {
	method       string   // POST when empty
	settings     obj      // under "redact"; the seed's policy file unless it names one
	noPolicy     bool     // do not add the seed's policy
	atEndpoint   bool     // modifiers at the endpoint instead of the backend
	names        []string // of the modifiers; request and response when nil
	extra        obj      // more keys beside "name" and "redact"
	encoding     string   // of the backend; no-op when empty
	output       string   // output_encoding of the endpoint
	collection   bool     // is_collection
	param        string   // "/{email}": added to both URL patterns
	query        string   // query of the backend's URL pattern, "?mail={email}"
	inputHeaders []string
	inputQuery   []string
	backends     int              // more than one: each answers under its own group b0, b1…
	namesOf      map[int][]string // modifiers of a single backend
	patternOf    map[int]string   // suffix of the URL pattern of a single backend
	backendExtra obj              // further extra_config of the backend
	proxy        obj              // extra_config "proxy" of the endpoint
}

// endpoint is a route inside a running gateway.
type endpoint struct {
	id     string
	route  route
	group  *group
	answer func(received) reply
	serve  http.HandlerFunc // instead of answer

	mu  sync.Mutex
	got []received
}

func (e *endpoint) received() []received {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]received(nil), e.got...)
}

// config is the endpoint's part of the gateway's configuration.
func (e *endpoint) config(host, policyFile string) obj {
	r := e.route
	method, encoding := r.method, r.encoding
	if method == "" {
		method = http.MethodPost
	}
	if encoding == "" {
		encoding = "no-op"
	}
	output := r.output
	if output == "" {
		output = encoding
	}
	modifiers := func(names []string) obj {
		settings := obj{}
		if !r.noPolicy {
			settings["policy"] = policyFile
		}
		for k, v := range r.settings {
			settings[k] = v
		}
		c := obj{"name": names}
		if slices.Contains(names, "redact-request") || slices.Contains(names, "redact-response") {
			c["redact"] = settings
		}
		for k, v := range r.extra {
			c[k] = v
		}
		return obj{"plugin/req-resp-modifier": c}
	}
	names := r.names
	if names == nil {
		names = []string{"redact-request", "redact-response"}
	}

	var backends list
	for i := range max(r.backends, 1) {
		b := obj{
			"url_pattern": "/" + e.id + r.param + r.query, "method": method, "encoding": encoding,
			"host": []string{host}, "is_collection": r.collection,
		}
		if r.backends > 1 {
			b["url_pattern"] = fmt.Sprintf("/%s/b%d", e.id, i) + r.patternOf[i]
			b["group"] = fmt.Sprintf("b%d", i)
		}
		extra := obj{}
		if !r.atEndpoint {
			extra = modifiers(names)
			if own := r.namesOf[i]; own != nil {
				extra = modifiers(own)
			}
		}
		for k, v := range r.backendExtra {
			extra[k] = v
		}
		b["extra_config"] = extra
		backends = append(backends, b)
	}
	c := obj{
		"endpoint": "/" + e.id + r.param, "method": method, "output_encoding": output, "backend": backends,
		"timeout": "30s",
	}
	if r.inputHeaders != nil {
		c["input_headers"] = r.inputHeaders
	}
	if r.inputQuery != nil {
		c["input_query_strings"] = r.inputQuery
	}
	extra := obj{}
	if r.atEndpoint {
		extra = modifiers(names)
	}
	if r.proxy != nil {
		extra["proxy"] = r.proxy
	}
	c["extra_config"] = extra
	return c
}

// ---- one gateway with its upstream ----

// group is a gateway process, the endpoints it serves and the upstream that
// plays the LLM.
type group struct {
	// To be set before start.
	quietAccess bool // no access log: KrakenD's own writes path and query as the client sent them
	root        obj  // further root keys of the configuration
	plugins     string

	url       string
	health    string // path of its own: another gateway that has taken the port must not look like ours
	endpoints map[string]*endpoint
	upstream  *httptest.Server
	client    *http.Client
	log       logBuffer
	exited    chan struct{}

	mu      sync.Mutex
	secrets []string // that the log must not show
}

func newGroup(t *testing.T) *group {
	t.Helper()
	g := &group{
		endpoints: map[string]*endpoint{}, plugins: bin.folder, health: "/__health/" + rand.Text(),
		client: &http.Client{
			Timeout:       time.Minute,
			Transport:     &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 32},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	g.upstream = httptest.NewServer(http.HandlerFunc(g.serve))
	return g
}

// add registers an endpoint; answer nil means echo.
func (g *group) add(r route, answer func(received) reply) *endpoint {
	if answer == nil {
		answer = echo
	}
	e := &endpoint{id: fmt.Sprintf("e%d", len(g.endpoints)), route: r, group: g, answer: answer}
	g.endpoints[e.id] = e
	return e
}

func (g *group) serve(w http.ResponseWriter, r *http.Request) {
	id, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	e := g.endpoints[id]
	if e == nil {
		http.NotFound(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		body = append(body, "\nE2E: the body ended too early: "+err.Error()...)
	}
	got := received{
		method: r.Method, uri: r.RequestURI, path: r.URL.Path, query: r.URL.Query(),
		header: r.Header, body: body, length: r.ContentLength,
	}
	e.mu.Lock()
	e.got = append(e.got, got)
	e.mu.Unlock()
	if e.serve != nil {
		r.Body = io.NopCloser(bytes.NewReader(body))
		e.serve(w, r)
		return
	}
	a := e.answer(got)
	for k, v := range a.header {
		w.Header()[k] = v
	}
	if a.status != 0 {
		w.WriteHeader(a.status)
	}
	_, _ = w.Write(a.body)
}

// config writes the gateway's configuration and the seed's policy into dir.
func (g *group) config(dir string, port int) (string, error) {
	policyFile := filepath.Join(dir, "seed-policy.json")
	if err := os.WriteFile(policyFile, seedPolicy, 0o600); err != nil {
		return "", err
	}
	var endpoints list
	for _, e := range g.endpoints {
		endpoints = append(endpoints, e.config(g.upstream.URL, policyFile))
	}
	c := obj{
		"version": 3, "name": "e2e", "port": port, "listen_ip": "127.0.0.1", "timeout": "30s",
		"plugin": obj{"folder": g.plugins, "pattern": ".so"}, "endpoints": endpoints,
		"extra_config": obj{
			"telemetry/logging": obj{"level": "DEBUG", "stdout": true, "prefix": "[KRAKEND]"},
			"router":            obj{"return_error_msg": true, "disable_access_log": g.quietAccess, "health_path": g.health},
		},
	}
	for k, v := range g.root {
		c[k] = v
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "krakend.json")
	return file, os.WriteFile(file, raw, 0o600)
}

// start runs the gateway and waits until it is ready.
func (g *group) start(t *testing.T) {
	t.Helper()
	var err error
	for range 3 { // another process may take the port between choosing and listening
		if err = g.tryStart(t); err == nil {
			return
		}
		if !strings.Contains(g.log.String(), "address already in use") {
			break
		}
	}
	t.Fatalf("the gateway did not start: %v\n%s", err, g.log.tail())
}

func (g *group) tryStart(t *testing.T) error {
	g.log.reset()
	dir := t.TempDir()
	port, err := freePort()
	if err != nil {
		return err
	}
	file, err := g.config(dir, port)
	if err != nil {
		return err
	}
	cmd := exec.Command(bin.gateway, "run", "-c", file)
	cmd.Dir = dir
	cmd.Env = cleanEnv()
	cmd.Stdout, cmd.Stderr = &g.log, &g.log
	if err := cmd.Start(); err != nil {
		return err
	}
	exited := make(chan struct{})
	go func() { _ = cmd.Wait(); close(exited) }()
	g.exited, g.url = exited, fmt.Sprintf("http://127.0.0.1:%d", port)

	ready := func() bool {
		resp, err := g.client.Get(g.url + g.health)
		if err != nil {
			return false
		}
		_ = resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	}
	deadline := time.Now().Add(30 * time.Second)
	for !ready() {
		select {
		case <-exited:
			return errors.New("it ended: " + cmd.ProcessState.String())
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			_ = cmd.Process.Kill()
			<-exited
			return errors.New("not ready after 30 s")
		}
	}
	// KrakenD ignores a modifier that it does not know; its own line tells.
	if g.modified() && !g.logs(func(line string) bool { return strings.Contains(line, "[Modifier Plugins] Adding ") }) {
		_ = cmd.Process.Kill()
		<-exited
		return errors.New("KrakenD knows no redact modifiers; does redact.so load?")
	}
	t.Cleanup(func() {
		alive := g.alive()
		g.client.CloseIdleConnections()
		_ = cmd.Process.Kill()
		<-exited
		g.upstream.Close()
		if !alive {
			t.Errorf("the gateway died during the tests: %s", cmd.ProcessState)
		}
		if found := leak(g.log.String(), g.secrets); found != "" {
			t.Errorf("the gateway's log shows %s", found)
		}
		if t.Failed() {
			t.Logf("the gateway's log:\n%s", g.log.tail())
		}
	})
	return nil
}

// modified tells whether any endpoint asks for modifiers.
func (g *group) modified() bool {
	for _, e := range g.endpoints {
		if e.route.names == nil || len(e.route.names) > 0 {
			return true
		}
	}
	return false
}

func (g *group) alive() bool {
	select {
	case <-g.exited:
		return false
	default:
		return true
	}
}

// logs waits for a line of the log: it arrives through a pipe and may be later
// than the answer.
func (g *group) logs(is func(line string) bool) bool {
	for range 100 {
		for line := range strings.Lines(g.log.String()) {
			if is(line) {
				return true
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	return false
}

// hide adds to what the log must never show.
func (g *group) hide(secrets ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.secrets = append(g.secrets, secrets...)
}

// givenPorts are the ports that freePort has returned: a gateway may not have
// begun to listen when the kernel offers its port again.
var givenPorts sync.Map

func freePort() (int, error) {
	for {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return 0, err
		}
		port := l.Addr().(*net.TCPAddr).Port
		_ = l.Close()
		if _, given := givenPorts.LoadOrStore(port, true); !given {
			return port, nil
		}
	}
}

// cleanEnv is the environment without what would change KrakenD's configuration.
func cleanEnv() []string {
	var env []string
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "KRAKEND_") && !strings.HasPrefix(kv, "FC_") {
			env = append(env, kv)
		}
	}
	return env
}

// logBuffer collects what a process prints.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func (l *logBuffer) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buf.Reset()
}

func (l *logBuffer) tail() string {
	s := l.String()
	if len(s) > 64<<10 {
		s = "…" + s[len(s)-64<<10:]
	}
	return s
}

// ---- requests ----

// message is a request as the user sends it.
type message struct {
	path   string // appended to the endpoint's
	query  string // raw, without "?"
	header http.Header
	body   string
	noType bool // send no Content-Type; otherwise application/json unless header says more

	chunked bool // do not announce the body's length
}

// result is what the user got.
type result struct {
	status int
	header http.Header
	body   []byte
}

func (e *endpoint) send(t *testing.T, m message) result {
	t.Helper()
	res, err := e.try(t.Context(), m)
	if err != nil {
		t.Fatalf("request failed: %v", err)
	}
	return res
}

func (e *endpoint) open(ctx context.Context, m message) (*http.Response, error) {
	method, url := e.route.method, e.group.url+"/"+e.id+m.path
	if method == "" {
		method = http.MethodPost
	}
	if m.query != "" {
		url += "?" + m.query
	}
	var body io.Reader
	switch {
	case m.chunked:
		body = io.MultiReader(strings.NewReader(m.body)) // of a length that net/http cannot know
	case m.body != "":
		body = strings.NewReader(m.body)
	}
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return nil, err
	}
	for k, v := range m.header {
		req.Header[http.CanonicalHeaderKey(k)] = v
	}
	if !m.noType && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	return e.group.client.Do(req)
}

func (e *endpoint) try(ctx context.Context, m message) (result, error) {
	resp, err := e.open(ctx, m)
	if err != nil {
		return result{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body) // fails when Content-Length promised more
	if err != nil {
		return result{}, fmt.Errorf("reading the answer after %d bytes: %w", len(body), err)
	}
	return result{status: resp.StatusCode, header: resp.Header, body: body}, nil
}

// ---- scenarios ----

// scenario is one request through one endpoint and what all three sides saw.
// The LLM's side and the user's side must be stated: by the exact text, by the
// JSON value, by a check, or by the refusal.
type scenario struct {
	name    string
	route   route
	answer  func(received) reply // echo when nil
	send    message
	secrets []string // that neither the LLM nor the log may see

	llmGot   string // exact body
	llmCheck func(t *testing.T, r received)

	status    int    // 200 when 0
	userGot   string // exact body
	userJSON  string // the same as a JSON value
	userCheck func(t *testing.T, r result)

	refused string // error code of the gateway's own answer, with status; the LLM is not called
}

// run starts one gateway for the scenarios and plays them in parallel.
func (g *group) run(t *testing.T, scenarios []scenario) {
	t.Helper()
	endpoints := make([]*endpoint, len(scenarios))
	for i, s := range scenarios {
		endpoints[i] = g.add(s.route, s.answer)
	}
	g.start(t)
	for i, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.play(t, endpoints[i])
		})
	}
}

func (s scenario) play(t *testing.T, e *endpoint) {
	e.group.hide(s.secrets...)
	res := e.send(t, s.send)

	llm := e.received()
	for _, r := range llm {
		if found := leak(r.wire(), s.secrets); found != "" {
			t.Errorf("the LLM received %s:\n%.2000s", found, r.wire())
		}
	}
	if found := leak(e.group.log.String(), s.secrets); found != "" {
		t.Errorf("the gateway's log shows %s", found)
	}
	if s.refused != "" {
		if len(llm) != 0 {
			t.Errorf("the LLM was called in spite of the refusal, with %.2000q", llm[0].body)
		}
		checkRefusal(t, res, s.status, s.refused, s.secrets)
		return
	}

	want := s.status
	if want == 0 {
		want = http.StatusOK
	}
	if res.status != want {
		t.Errorf("the user got status %d, want %d; body %.2000q", res.status, want, res.body)
	}
	if len(llm) != 1 {
		t.Fatalf("the LLM was called %d times, want once", len(llm))
	}
	if s.llmCheck != nil {
		s.llmCheck(t, llm[0])
	}
	if s.llmCheck == nil || s.llmGot != "" {
		sameBytes(t, "the LLM received", llm[0].body, s.llmGot)
	}
	switch {
	case s.userCheck != nil:
		s.userCheck(t, res)
	case s.userJSON != "":
		sameJSON(t, "the user got", res.body, s.userJSON)
	default:
		sameBytes(t, "the user got", res.body, s.userGot)
	}
}

// checkRefusal asserts the gateway's own error answer.
func checkRefusal(t *testing.T, res result, status int, code string, secrets []string) {
	t.Helper()
	if res.status != status {
		t.Errorf("status %d, want %d", res.status, status)
	}
	if ct := res.header.Get("Content-Type"); !strings.HasPrefix(ct, "application/json") {
		t.Errorf("Content-Type of the error is %q, want application/json", ct)
	}
	var body struct {
		Error struct{ Code, Message string }
	}
	if err := json.Unmarshal(res.body, &body); err != nil {
		t.Errorf("the error is not JSON: %v: %.2000q", err, res.body)
	}
	if body.Error.Code != code || body.Error.Message == "" {
		t.Errorf("error %.2000q, want code %q and a message", res.body, code)
	}
	if found := leak(string(res.body), secrets); found != "" {
		t.Errorf("the error shows %s", found)
	}
}

// sameBytes compares without flooding the output.
func sameBytes(t *testing.T, what string, got []byte, want string) {
	t.Helper()
	if string(got) == want {
		return
	}
	if len(got)+len(want) < 4000 {
		t.Errorf("%s\n %q, want\n %q", what, got, want)
		return
	}
	i := 0
	for i < len(got) && i < len(want) && got[i] == want[i] {
		i++
	}
	clip := func(s string) string { return s[min(max(i-40, 0), len(s)):min(i+80, len(s))] }
	t.Errorf("%s %d bytes, want %d; they differ at byte %d:\n …%q, want\n …%q",
		what, len(got), len(want), i, clip(string(got)), clip(want))
}

func sameJSON(t *testing.T, what string, got []byte, want string) {
	t.Helper()
	g, err := parseJSON(got)
	if err != nil {
		t.Errorf("%s no JSON: %v: %.2000q", what, err, got)
		return
	}
	w, err := parseJSON([]byte(want))
	if err != nil {
		t.Fatalf("the expectation is no JSON: %v", err)
	}
	if !reflect.DeepEqual(g, w) {
		t.Errorf("%s\n %s, want\n %s", what, got, want)
	}
}

func parseJSON(raw []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	err = d.Decode(&v)
	return v, err
}

// atBothLevels doubles the scenarios: modifiers at the backend, and at the endpoint.
func atBothLevels(scenarios ...scenario) []scenario {
	var out []scenario
	for _, s := range scenarios {
		for _, atEndpoint := range []bool{false, true} {
			c := s
			c.route.atEndpoint = atEndpoint
			c.name += map[bool]string{false: " (backend)", true: " (endpoint)"}[atEndpoint]
			out = append(out, c)
		}
	}
	return out
}
