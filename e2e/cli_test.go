package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// cli builds the command line tool and returns a function that runs it.
func cli(t *testing.T) func(in string, args ...string) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "redact")
	if err := goBuild("../cmd/redact", []string{"CGO_ENABLED=0"}, "-o", binary, "."); err != nil {
		t.Fatal(err)
	}
	return func(in string, args ...string) string {
		t.Helper()
		cmd := exec.Command(binary, args...)
		cmd.Stdin = strings.NewReader(in)
		var errOut bytes.Buffer
		cmd.Stderr = &errOut
		out, err := cmd.Output()
		if err != nil || errOut.Len() > 0 {
			t.Fatalf("redact %s: %v\n%s", strings.Join(args, " "), err, &errOut)
		}
		return string(out)
	}
}

// The command line tool masks what a gateway masks, byte for byte, and gives it
// back.
func TestCommandLineToolMasksAsTheGatewayDoes(t *testing.T) {
	t.Parallel()
	redact := cli(t)
	policyFile, err := filepath.Abs("../krakend/policies/default.json")
	if err != nil {
		t.Fatal(err)
	}
	var detectors []struct {
		Match   []string `json:"match"`
		NoMatch []string `json:"no_match"`
	}
	if err := json.Unmarshal([]byte(redact("", "detectors", "--output", "json")), &detectors); err != nil {
		t.Fatal(err)
	}
	var all string
	for _, d := range detectors {
		all += strings.Join(append(d.Match, d.NoMatch...), "\n") + "\n"
	}
	bodies := []struct{ profile, contentType, body string }{
		{"", "text/plain", all},
		{"", "text/plain", "\r\n" + email + "\t[REDACTED_EMAIL_1] see https://wiki.example/?m=" + email},
		{"", "text/plain", `{"to": "` + email + `", "n": 1.50, "card": ` + card + `}`},
		{"auto", "application/json", chat(all)},
		{"auto", "application/json", chat("my card is " + card + ", mail " + email + ", mail again " + email)},
		{"auto", "application/json", `{"model":"m","max_tokens":5,"system":"Be brief.","messages":[{"role":"user","content":[{"type":"text","text":"SSN 536-22-8145"}]}]}`},
		{"auto", "application/json", `{"contents":[{"parts":[{"text":"` + email + `"}]}]}`},
		{"auto", "application/json", `{"password":"hunter2hunter2","list":["hunter2hunter2",` + card + `],"a":"{\"b\":\"` + email + `\"}"}`},
		{"auto", "application/json", `"` + email + `"`},
	}
	g := newGroup(t)
	e := g.add(route{settings: obj{"policy": policyFile}, inputHeaders: []string{"Content-Type"}}, say("text/plain", "ok"))
	g.start(t)
	key, vault := filepath.Join(t.TempDir(), "key"), filepath.Join(t.TempDir(), "vault")
	redact("", "keygen", key)
	for i, b := range bodies {
		if got := e.send(t, message{body: b.body, header: contentType(b.contentType)}); got.status != http.StatusOK {
			t.Fatalf("%.200q: status %d, %s", b.body, got.status, got.body)
		}
		want := string(e.received()[i].body)
		got := redact(b.body, "mask", policyFile, "--profile", b.profile, "--vault", vault, "--key-file", key, "--force")
		if got != want {
			t.Errorf("%.200q: the tool makes\n%s\nof it, the gateway\n%s", b.body, got, want)
		}
		if got == b.body {
			t.Errorf("%.200q: nothing is masked", b.body)
		}
		back := redact(got, "unmask", "--vault", vault, "--key-file", key, "--restore-in-urls", "always")
		switch {
		case back == b.body:
		case strings.Contains(b.body, `\u0026`): // values come back in the usual spelling
			sameJSON(t, "redact unmask gives", []byte(back), b.body)
		default:
			t.Errorf("%.200q comes back as\n%s", b.body, back)
		}
	}
}

// What redact init writes starts and masks.
func TestWhatInitWritesRuns(t *testing.T) {
	t.Parallel()
	redact := cli(t)
	llm := startMockLLMWith(t, providerKeys["LLM_API_KEY"])
	for provider, body := range map[string]string{
		"openai": chat("I am " + email), "mistral": chat("I am " + email),
		"anthropic": `{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"I am ` + email + `"}]}`,
		"gemini":    `{"contents":[{"role":"user","parts":[{"text":"I am ` + email + `"}]}]}`,
		"cohere":    chat("I am " + email),
		"ollama":    `{"model":"m","stream":false,"messages":[{"role":"user","content":"I am ` + email + `"}]}`,
	} {
		t.Run(provider, func(t *testing.T) {
			dir := t.TempDir()
			redact("", "init", "--dir", dir, "--provider", provider)
			s := &shipped{dir: dir, file: "krakend.json", env: map[string]string{
				"FC_SETTINGS": "", "FC_PARTIALS": "", "FC_TEMPLATES": "templates", "LLM_HOST": llm.String(),
			}}
			s.start(t)
			path := map[string]string{"anthropic": "/v1/messages", "gemini": "/v1beta/models/m:generateContent", "cohere": "/v2/chat", "ollama": "/api/chat"}[provider]
			if path == "" {
				path = "/v1/chat/completions"
			}
			got := s.ask(t, http.MethodPost, path, body, "Anthropic-Version", "2023-06-01")
			if got.status != http.StatusOK || !strings.Contains(string(got.body), email) {
				t.Errorf("status %d, %s", got.status, got.body)
			}
			s.hides(t, email, providerKeys["LLM_API_KEY"])
			resp, err := http.Get(llm.String() + "/received")
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if seen, err := io.ReadAll(resp.Body); err != nil || strings.Contains(string(seen), email) || !strings.Contains(string(seen), "[REDACTED_EMAIL_1]") {
				t.Errorf("the LLM got %s, %v", seen, err)
			}

			if bin.compiledIn {
				return
			}
			without := &shipped{dir: dir, file: "krakend.json", env: s.env, plugins: t.TempDir()}
			if err := without.try(t); err != nil {
				t.Fatal(err)
			}
			if got := without.ask(t, http.MethodPost, path, body); got.status != http.StatusInternalServerError {
				t.Errorf("without redact.so: status %d, %s", got.status, got.body)
			}
		})
	}
}
