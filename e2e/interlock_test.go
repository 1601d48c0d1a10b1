package e2e

import (
	"debug/buildinfo"
	"errors"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const chatRequest = `{"model":"gpt-4","messages":[{"role":"user","content":"I am ` + email + `"}]}`

// TestInterlock: when redact did not run, for whatever reason, the request is
// refused and nothing arrives at the LLM.
func TestInterlock(t *testing.T) {
	t.Parallel()
	replace := func(old, by string) func(string) string {
		return func(config string) string { return strings.ReplaceAll(config, old, by) }
	}
	empty := func(t *testing.T) string { return t.TempDir() }
	for _, c := range []struct {
		name    string
		plugins func(*testing.T) string
		change  func(string) string
		// stops allows that the gateway does not even start.
		stops bool
		// loads says that plugins are involved, which a compiled-in redact does not need.
		loads bool
		// logged is what KrakenD says, at DEBUG.
		logged string
	}{
		{name: "the plugin folder is empty", plugins: empty, loads: true},
		{name: "redact.so was built with other flags", plugins: foreignPlugins, loads: true, logged: "plugin was built with a different version of package"},
		{name: "the names are misspelt", change: replace(`["redact-request","redact-response"]`, `["redact-requset","redact-respones"]`)},
		{name: "one name is misspelt", change: replace(`"redact-request",`, `"redact-requset",`), stops: true},
		{name: "the modifier is not in the list", change: replace(`["redact-request","redact-response"]`, `["redact-response"]`), stops: true},
		{name: "the list is empty", change: replace(`["redact-request","redact-response"]`, `[]`)},
		{name: "the namespace is misspelt", change: replace(`plugin/req-resp-modifier`, `plugin/req-resp-modifiers`)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.loads && bin.compiledIn {
				t.Skip("the modifiers are compiled in")
			}
			llm := provider(t, providerKeys["LLM_API_KEY"])
			// A client may send whatever it likes: everything is forwarded here.
			all := func(config string) string {
				config = strings.ReplaceAll(config, `["Content-Type", "Accept", "Content-Encoding"]`, `["*"]`)
				if c.change == nil {
					return config
				}
				changed := c.change(config)
				if changed == config {
					t.Errorf("nothing to change in\n%s", config)
				}
				return changed
			}
			s := shipped{file: "krakend.json", env: map[string]string{"LLM_HOST": llm.url}, change: all}
			if c.plugins != nil {
				s.plugins = c.plugins(t)
			}
			if err := s.try(t); err != nil {
				if !c.stops || !errors.Is(err, errStopped) {
					t.Fatalf("%v\n%s", err, s.log.tail())
				}
				return
			}
			for _, forged := range []string{"redact-request", "Redact-Request", "Req_params"} {
				got := s.ask(t, http.MethodPost, "/v1/chat/completions?redact-request=llm-data-redaction", chatRequest, forged, "llm-data-redaction")
				if want := "request aborted by evaluator #0"; got.status != http.StatusInternalServerError || string(got.body) != want {
					t.Errorf("got %d %q, want 500 and %q", got.status, got.body, want)
				}
			}
			llm.nothing(t)
			if !strings.Contains(s.log.String(), c.logged) {
				t.Errorf("the log does not say %q", c.logged)
			}
			s.hides(t, email)
		})
	}
}

// TestEveryConfigurationIsInterlocked: without plugins, no endpoint of any shipped
// configuration lets a request through to an LLM, or an answer that was to be masked.
func TestEveryConfigurationIsInterlocked(t *testing.T) {
	t.Parallel()
	if bin.compiledIn {
		t.Skip("the modifiers are compiled in")
	}
	id := newIssuer(t, "k1")
	token := "Bearer " + id.sign(t, claims(nil))
	type request struct{ method, path, body string }
	post := func(path, body string) request { return request{http.MethodPost, path, body} }
	covered := map[string]bool{}
	for file, requests := range map[string][]request{
		"krakend.json":                 {post("/v1/chat/completions", chatRequest)},
		"scenarios/isolated-auth.json": {post("/v1/chat/completions", chatRequest)},
		"scenarios/static-masking.json": {
			{http.MethodGet, "/mask", ""},
			post("/req-mask", `{"message": "123456789"}`),
		},
		"scenarios/llm-transformer.json": {post("/tickets", `{"contents": "do it"}`), {http.MethodGet, "/records/7", ""}},
		"scenarios/exfiltration.json": {
			post("/v1/chat/completions", conversation("hi")),
			post("/v1/agent", conversation("hi")),
			post("/v1/ask", `{"contents": "hi"}`),
		},
		"scenarios/provider-routing.json": {
			post("/openai/v1/chat/completions", chatRequest),
			post("/anthropic/v1/messages", chatRequest),
			post("/gemini/v1beta/models/m:generateContent", `{"contents": []}`),
			post("/local/api/chat", chatRequest),
		},
	} {
		covered[filepath.Join("../krakend", file)] = true
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			llm, backend := answering(t, http.StatusOK, completion("done")), answering(t, http.StatusOK, `{"note": "n"}`)
			s := authGateway(t, id, true, llm)
			s.file, s.plugins = file, t.TempDir()
			s.env["BACKEND_HOST"] = backend.url
			for _, name := range []string{"OPENAI_HOST", "ANTHROPIC_HOST", "GEMINI_HOST", "LOCAL_HOST"} {
				s.env[name] = llm.url
			}
			s.start(t)
			for _, r := range requests {
				got := s.ask(t, r.method, r.path, r.body, "Authorization", token)
				// In a sequence the first backend is asked; KrakenD answers 200 with what is left.
				refused := got.status == http.StatusInternalServerError && strings.Contains(string(got.body), "evaluator #")
				if !refused && (r.path != "/records/7" || got.header.Get("X-Krakend-Completed") != "false") {
					t.Errorf("%s: the user got %s", r.path, got.wire())
				}
				if strings.Contains(got.wire(), "123456789") {
					t.Errorf("%s: the user got %s", r.path, got.wire())
				}
			}
			llm.nothing(t)
		})
	}
	scenarios, err := filepath.Glob("../krakend/scenarios/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range scenarios {
		if !covered[file] {
			t.Errorf("nobody tests the interlock of %s", file)
		}
	}
}

// TestInterlockOpens: with everything in its place, and neither side sees the note.
func TestInterlockOpens(t *testing.T) {
	t.Parallel()
	llm := provider(t, providerKeys["LLM_API_KEY"])
	s := (&shipped{file: "krakend.json", env: map[string]string{"LLM_HOST": llm.url}}).start(t)
	got := s.ask(t, http.MethodPost, "/v1/chat/completions", chatRequest)
	if got.status != http.StatusOK || !strings.Contains(string(got.body), email) {
		t.Errorf("the user got %s", got.wire())
	}
	arrived := llm.only(t).wire()
	if !strings.Contains(arrived, "[REDACTED_EMAIL_1]") || strings.Contains(arrived, email) {
		t.Errorf("the LLM received %s", arrived)
	}
	for side, text := range map[string]string{"the LLM": arrived, "the user": got.wire()} {
		if text := strings.ToLower(text); strings.Contains(text, "redact-request") || strings.Contains(text, "llm-data-redaction") {
			t.Errorf("%s sees the note: %s", side, text)
		}
	}
	s.hides(t, email)
}

// foreignPlugins is a folder with a redact.so that this gateway refuses: one
// built with -trimpath for a gateway built without, or the other way round.
func foreignPlugins(t *testing.T) string {
	t.Helper()
	host, err := buildinfo.ReadFile(bin.gateway)
	if err != nil {
		t.Fatal(err)
	}
	env, flags := likeHost(host)
	if slices.Contains(flags, "-trimpath") {
		flags = nil
	} else {
		flags = []string{"-trimpath"}
	}
	folder := t.TempDir()
	args := append(append([]string{"-buildmode=plugin"}, flags...), "-o", filepath.Join(folder, "redact.so"), "./plugins/redact")
	if err := goBuild("..", env, args...); err != nil {
		t.Fatal(err)
	}
	return folder
}

// TestInterlockIsPerBackend: that a modifier has run at one backend opens no
// other, not even in a sequence that hands parameters on.
func TestInterlockIsPerBackend(t *testing.T) {
	t.Parallel()
	llm, backend := answering(t, http.StatusOK, completion("done")), answering(t, http.StatusOK, `{"ticket": 7}`)
	s := (&shipped{
		file: "scenarios/llm-transformer.json", env: map[string]string{"LLM_HOST": llm.url, "BACKEND_HOST": backend.url},
		change: func(config string) string {
			return strings.Replace(config, `["modifier/request-body-generator"]`, `["modifier/request-bodygenerator"]`, 1)
		},
	}).start(t)
	got := s.ask(t, http.MethodPost, "/tickets", `{"contents": "do it"}`)
	// KrakenD answers with what the first backend gave, and says so.
	if got.status != http.StatusOK || got.header.Get("X-Krakend-Completed") != "false" {
		t.Errorf("the user got %s", got.wire())
	}
	llm.only(t)
	backend.nothing(t)
}
