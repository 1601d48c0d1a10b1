package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// shipped is a gateway with one of the configurations in krakend/, as a platform
// engineer starts it.
type shipped struct {
	dir     string            // working folder; the repository's root when empty
	file    string            // under krakend/, or in dir
	env     map[string]string // over defaults that let every configuration start
	plugins string            // folder; all of ours when empty
	// change edits the rendered configuration, to see what a mistake does.
	change func(config string) string

	url    string
	log    logBuffer
	exited chan struct{}
}

// providerKeys are what only gateway and LLM may know. The LLM stand-in takes
// them all; a test that cares looks which one arrived.
var providerKeys = map[string]string{
	"LLM_API_KEY": "sk-live-llm-5f3a9c", "OPENAI_API_KEY": "sk-live-openai-81b7d2",
	"ANTHROPIC_API_KEY": "sk-live-anthropic-c07e44", "GEMINI_API_KEY": "sk-live-gemini-9d12f0",
}

// environment is what the configuration sees, and nothing of the machine's own.
func (s *shipped) environment(t *testing.T, port int) []string {
	t.Helper()
	if s.plugins == "" {
		s.plugins = pluginFolder(t)
	}
	vars := map[string]string{
		"FC_ENABLE": "1", "FC_SETTINGS": "krakend/settings", "FC_PARTIALS": "krakend/partials", "FC_TEMPLATES": "krakend/templates",
		"GATEWAY_PORT": strconv.Itoa(port), "GATEWAY_LOG_LEVEL": "DEBUG", "PLUGIN_FOLDER": s.plugins,
		"PATH": os.Getenv("PATH"), "HOME": os.Getenv("HOME"), "TMPDIR": t.TempDir(),
	}
	for _, more := range []map[string]string{providerKeys, s.env} {
		for name, value := range more {
			vars[name] = value
		}
	}
	env := []string{}
	for name, value := range vars {
		if value != "" {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// command returns a KrakenD command on the configuration, in the repository's root.
func (s *shipped) command(t *testing.T, port int, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(bin.gateway, args...)
	cmd.Dir, cmd.Env = "..", s.environment(t, port)
	if s.dir != "" {
		cmd.Dir = s.dir
	}
	return cmd
}

// path is what the file is called in the working folder.
func (s *shipped) path() string {
	if s.dir != "" {
		return s.file
	}
	return "krakend/" + s.file
}

// rendered has KrakenD render the configuration and returns where it stands,
// after the change.
func (s *shipped) rendered(t *testing.T, port int) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "rendered.json")
	cmd := s.command(t, port, "check", "-c", s.path())
	cmd.Env = append(cmd.Env, "FC_OUT="+file)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("krakend check: %v\n%s", err, out)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := s.change(string(text))
	if changed == string(text) {
		t.Fatalf("nothing to change in\n%s", text)
	}
	if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// errStopped is a gateway that ended by itself.
var errStopped = errors.New("the gateway ended by itself")

// try starts the gateway and waits until it is ready.
func (s *shipped) try(t *testing.T) error {
	t.Helper()
	port, err := freePort()
	if err != nil {
		return err
	}
	file := s.path()
	if s.change != nil {
		file = s.rendered(t, port)
	}
	cmd := s.command(t, port, "run", "-c", file)
	if s.change != nil {
		cmd.Env = append(cmd.Env, "FC_ENABLE=") // the last one wins
	}
	cmd.Stdout, cmd.Stderr = &s.log, &s.log
	if err := cmd.Start(); err != nil {
		return err
	}
	s.url, s.exited = fmt.Sprintf("http://127.0.0.1:%d", port), make(chan struct{})
	go func() { _ = cmd.Wait(); close(s.exited) }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-s.exited
		if t.Failed() {
			t.Logf("the log of %s:\n%s", s.file, s.log.tail())
		}
	})
	deadline := time.After(30 * time.Second)
	for {
		if resp, err := http.Get(s.url + "/__health"); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-s.exited:
			return errStopped
		case <-deadline:
			return errors.New("not ready after 30 s")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *shipped) start(t *testing.T) *shipped {
	t.Helper()
	if err := s.try(t); err != nil {
		t.Fatalf("%s: %v\n%s", s.file, err, s.log.tail())
	}
	// KrakenD goes on without a part that it cannot make: a CEL list, a JSON
	// Schema, Martian. Its log alone tells.
	for line := range strings.Lines(s.log.String()) {
		if s.change == nil && (strings.Contains(line, "WARNING") || strings.Contains(line, "ERROR") || strings.Contains(line, "error parsing")) {
			t.Errorf("%s: the log says at start %s", s.file, line)
		}
	}
	return s
}

// hides asserts that the log shows none of the values.
func (s *shipped) hides(t *testing.T, secrets ...string) {
	t.Helper()
	if found := leak(s.log.String(), secrets); found != "" {
		t.Errorf("the gateway's log shows %s", found)
	}
}

// ask sends a request with a JSON body; the header is a list of names and values.
func (s *shipped) ask(t *testing.T, method, path, body string, header ...string) result {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return result{status: resp.StatusCode, header: resp.Header, body: text}
}

// wire spells out everything that the user got.
func (r result) wire() string {
	var b strings.Builder
	fmt.Fprintln(&b, r.status)
	_ = r.header.Write(&b)
	b.Write(r.body)
	return b.String()
}

// remote is what a gateway talks to: it remembers what arrived and then answers.
type remote struct {
	url string
	mu  sync.Mutex
	got []received
}

// newRemote starts a server that remembers.
func newRemote(t *testing.T, answer http.Handler) *remote {
	t.Helper()
	r := &remote{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, in *http.Request) {
		body, _ := io.ReadAll(in.Body)
		in.Body = io.NopCloser(bytes.NewReader(body))
		r.mu.Lock()
		r.got = append(r.got, received{
			method: in.Method, uri: in.RequestURI, path: in.URL.Path, query: in.URL.Query(),
			header: in.Header.Clone(), body: body, length: in.ContentLength,
		})
		r.mu.Unlock()
		answer.ServeHTTP(w, in)
	}))
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

// provider is the LLM stand-in, which takes one key.
func provider(t *testing.T, key string) *remote {
	t.Helper()
	target := startMockLLMWith(t, key)
	return newRemote(t, &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }})
}

// answering gives one answer to everything; "$BODY" in it is what arrived, as a
// JSON string.
func answering(t *testing.T, status int, answer string) *remote {
	t.Helper()
	return newRemote(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		quoted, _ := json.Marshal(string(body))
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, strings.ReplaceAll(answer, "$BODY", string(quoted)))
	}))
}

// received returns what has arrived since the last call.
func (r *remote) received() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.got
	r.got = nil
	return got
}

// only returns the one request that has arrived since the last call.
func (r *remote) only(t *testing.T) received {
	t.Helper()
	got := r.received()
	if len(got) != 1 {
		t.Fatalf("%d requests arrived, want one", len(got))
	}
	return got[0]
}

// nothing asserts that nothing has arrived.
func (r *remote) nothing(t *testing.T) {
	t.Helper()
	for _, got := range r.received() {
		t.Errorf("this arrived:\n%.2000s", got.wire())
	}
}

// TestShippedConfigurationsPassKrakenDsCheck: with flexible configuration, and
// with the router that would serve them.
func TestShippedConfigurationsPassKrakenDsCheck(t *testing.T) {
	t.Parallel()
	scenarios, err := filepath.Glob("../krakend/scenarios/*.json")
	if err != nil || len(scenarios) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, file := range append(scenarios, "../krakend/krakend.json") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			s := shipped{file: strings.TrimPrefix(file, "../krakend/")}
			if out, err := s.command(t, 8080, "check", "-t", "-c", "krakend/"+s.file).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// TestMissingKeysStopTheStart: instead of sending an empty key.
func TestMissingKeysStopTheStart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ file, key string }{
		{"krakend.json", "LLM_API_KEY"},
		{"scenarios/isolated-auth.json", "LLM_API_KEY"},
		{"scenarios/llm-transformer.json", "LLM_API_KEY"},
		{"scenarios/exfiltration.json", "LLM_API_KEY"},
		{"scenarios/provider-routing.json", "OPENAI_API_KEY"},
		{"scenarios/provider-routing.json", "ANTHROPIC_API_KEY"},
		{"scenarios/provider-routing.json", "GEMINI_API_KEY"},
	} {
		for _, value := range []string{"", " \n"} {
			s := shipped{file: c.file, env: map[string]string{c.key: value}}
			if err := s.try(t); !errors.Is(err, errStopped) {
				t.Errorf("%s without %s: %v, want that it does not start", c.file, c.key, err)
			}
			if !strings.Contains(s.log.String(), c.key+" is not set: put the ") {
				t.Errorf("%s does not say what is missing:\n%s", c.file, s.log.String())
			}
			for name, value := range providerKeys {
				if strings.Contains(s.log.String(), value) {
					t.Errorf("%s prints %s", c.file, name)
				}
			}
		}
	}
}

// TestMissingFoldersStopTheStart: KrakenD itself takes a folder that it was not
// told of for an empty one.
func TestMissingFoldersStopTheStart(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../krakend/scenarios/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, "../krakend/krakend.json") {
		for _, folder := range []string{"FC_SETTINGS", "FC_PARTIALS"} {
			s := shipped{file: strings.TrimPrefix(file, "../krakend/"), env: map[string]string{folder: ""}}
			if err := s.try(t); !errors.Is(err, errStopped) || !strings.Contains(s.log.String(), folder+" must name the folder krakend/") {
				t.Errorf("%s without %s: %v\n%s", s.file, folder, err, s.log.String())
			}
		}
	}
}
