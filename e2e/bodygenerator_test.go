package e2e

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Names of the body generators.
const (
	requestGenerator  = "modifier/request-body-generator"
	bodyGenerator     = "modifier/body-generator"
	responseGenerator = "modifier/response-body-generator"
)

// generates is a route with modifiers in this order and templates by name.
func generates(names []string, templates obj, more ...func(*route)) route {
	r := route{names: names, extra: obj{}}
	for name, text := range templates {
		settings, ok := text.(obj)
		if !ok {
			settings = obj{"template": base64.StdEncoding.EncodeToString([]byte(text.(string)))}
		}
		r.extra[name] = settings
	}
	for _, m := range more {
		m(&r)
	}
	return r
}

func encoded(encoding string) func(*route) {
	return func(r *route) { r.encoding = encoding }
}

// sent asserts the body and its headers as the LLM received them.
func sent(body string) func(*testing.T, received) {
	return func(t *testing.T, r received) {
		t.Helper()
		sameBytes(t, "the LLM received", r.body, body)
		if r.length != int64(len(body)) || r.header.Get("Content-Type") != "application/json" || r.header.Get("Content-Encoding") != "" {
			t.Errorf("the LLM received %d bytes with %v", r.length, r.header)
		}
	}
}

func TestBodyGenerator(t *testing.T) {
	t.Parallel()
	const prompt = `{"prompt": {{ .req_body.m | toJson }}, "from": {{ index .req_headers "X-From" 0 | toJson }}}`
	const big = "12345678901234567890"
	fromHeader := func(r *route) {
		r.inputHeaders = []string{"Content-Type", "x-from"}
		r.settings = obj{"headers": list{"X-From"}}
	}
	from := http.Header{"X-From": {email2}}
	g := newGroup(t)
	g.plugins = pluginFolder(t)
	g.run(t, atBothLevels(
		scenario{
			name:  "the generator before redact: what it makes is masked",
			route: generates([]string{requestGenerator, "redact-request", "redact-response"}, obj{requestGenerator: prompt}, fromHeader),
			send:  message{header: from, body: `{"m": "I am ` + email + `", "unused": 1}`}, secrets: []string{email, email2},
			llmCheck: sent(`{"prompt": "I am [REDACTED_EMAIL_1]", "from": "[REDACTED_EMAIL_2]"}`),
			userGot:  `{"prompt": "I am ` + email + `", "from": "` + email2 + `"}`,
		},
		scenario{
			name:  "the generator after redact: it sees placeholders, and the vault survives",
			route: generates([]string{"redact-request", bodyGenerator, "redact-response"}, obj{bodyGenerator: `{"prompt": {{ .req_body.m | toJson }}, "params": {{ .req_params | toJson }}}`}),
			send:  message{body: `{"m": "I am ` + email + `"}`}, secrets: []string{email},
			llmCheck: sent(`{"prompt": "I am [REDACTED_EMAIL_1]", "params": {}}`),
			userGot:  `{"prompt": "I am ` + email + `", "params": {}}`,
		},
		scenario{
			name:  "both directions with redact between them",
			route: generates([]string{requestGenerator, "redact-request", "redact-response", responseGenerator}, obj{requestGenerator: `{"q": {{ .req_body.m | toJson }}}`, responseGenerator: `{"a": {{ .resp_body.q | toJson }}, "status": {{ .resp_status }}, "type": {{ index .resp_headers "Content-Type" 0 | toJson }}}`}),
			send:  message{body: `{"m": "` + email + `"}`}, secrets: []string{email},
			llmCheck: sent(`{"q": "[REDACTED_EMAIL_1]"}`),
			userGot:  `{"a": "` + email + `", "status": 200, "type": "application/json"}`,
		},
		scenario{
			name:     "a decoded answer",
			route:    generates([]string{responseGenerator}, obj{responseGenerator: `{"n": {{ .resp_body.n }}, "l": {{ .resp_body.l | toJson }}}`}, encoded("json")),
			send:     message{body: `{"n": ` + big + `, "l": [1.50, "<"]}`},
			llmCheck: func(*testing.T, received) {},
			userJSON: `{"n": ` + big + `, "l": [1.50, "<"]}`,
		},
		scenario{
			name:     "settings under the other name",
			route:    generates([]string{bodyGenerator}, obj{requestGenerator: `{{ .req_body | toJson }}`}),
			send:     message{body: `{"n": ` + big + ` }`},
			llmCheck: sent(`{"n":` + big + `}`), userGot: `{"n":` + big + `}`,
		},
		scenario{
			name:     "a form",
			route:    generates([]string{requestGenerator}, obj{requestGenerator: `{{ .req_body | toJson }}`}),
			send:     message{header: contentType("application/x-www-form-urlencoded"), body: "a=1&b=x+y&a=2"},
			llmCheck: sent(`{"a":["1","2"],"b":["x y"]}`), userGot: `{"a":["1","2"],"b":["x y"]}`,
		},
		scenario{
			name:     "a Content-Type that KrakenD keeps",
			route:    generates([]string{requestGenerator}, obj{requestGenerator: `{{ .req_body | toJson }}`}, func(r *route) { r.inputHeaders = []string{"X-None"} }),
			send:     message{body: `{"a": 1.0}`, chunked: true},
			llmCheck: sent(`{"a":1.0}`), userGot: `{"a":1.0}`,
		},
		scenario{
			name:    "quotes that a client closes",
			route:   generates([]string{requestGenerator}, obj{requestGenerator: `{"prompt": "{{ .req_body.m }}"}`}),
			send:    message{body: `{"m": "` + email + `\" x"}`},
			secrets: []string{email},
			status:  http.StatusInternalServerError, refused: "template_output_invalid",
		},
		scenario{
			name:    "a template that fails",
			route:   generates([]string{requestGenerator}, obj{requestGenerator: `{{ fail .req_body.m }}`}),
			send:    message{body: `{"m": "` + email + `"}`},
			secrets: []string{email},
			status:  http.StatusInternalServerError, refused: "template_failed",
		},
		scenario{
			name:   "broken JSON",
			route:  generates([]string{requestGenerator}, obj{requestGenerator: `1`}),
			send:   message{body: `{"m": `},
			status: http.StatusBadRequest, refused: "broken_json",
		},
		scenario{
			name:   "a body that is too large",
			route:  generates([]string{requestGenerator}, obj{requestGenerator: obj{"template": "MQ==", "max_body_bytes": 10}}),
			send:   message{body: `{"m": 123456}`},
			status: http.StatusRequestEntityTooLarge, refused: "body_too_large",
		},
	))
}

// TestBodyGeneratorFeedsPostFromGet: the request needs no body of its own.
func TestBodyGeneratorFeedsPostFromGet(t *testing.T) {
	t.Parallel()
	g := newGroup(t)
	g.plugins = pluginFolder(t)
	e := g.add(route{method: http.MethodGet}, nil)
	template := base64.StdEncoding.EncodeToString([]byte(`{"id": {{ .req_params.Id | toJson }}, "q": {{ .req_querystring.q | toJson }}, "path": {{ .req_path | toJson }}}`))
	g.root = obj{"endpoints": list{obj{
		"endpoint": "/" + e.id + "/{id}", "method": "GET", "input_query_strings": list{"q"}, "output_encoding": "no-op",
		"backend": list{obj{
			"url_pattern": "/" + e.id, "method": "POST", "host": list{g.upstream.URL}, "encoding": "no-op",
			"extra_config": obj{"plugin/req-resp-modifier": obj{"name": list{bodyGenerator}, bodyGenerator: obj{"template": template}}},
		}},
	}}}
	g.start(t)
	want := fmt.Sprintf(`{"id": "7", "q": ["a","b"], "path": "/%s"}`, e.id)
	got := e.send(t, message{path: "/7", query: "q=a&q=b", noType: true})
	sameBytes(t, "the user got", got.body, want)
	r := e.received()[0]
	sent(want)(t, r)
	if r.method != http.MethodPost {
		t.Errorf("the LLM received %s", r.method)
	}
}

// TestSeedPromptMasking is KrakenD's own example, over the gateway's echo.
func TestSeedPromptMasking(t *testing.T) {
	t.Parallel()
	template, err := filepath.Abs("../templates/body_mask.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	llm := newGroup(t)
	llm.root = obj{"echo_endpoint": true}
	llm.add(route{names: []string{}}, nil)
	llm.start(t)

	g := newGroup(t)
	g.plugins = pluginFolder(t)
	e := g.add(route{}, nil)
	g.root = obj{"endpoints": list{obj{
		"endpoint": "/" + e.id, "method": "POST",
		"backend": list{obj{
			"url_pattern": "/__echo/test", "host": list{llm.url},
			"extra_config": obj{"plugin/req-resp-modifier": obj{
				"name":           list{requestGenerator},
				requestGenerator: obj{"path": template, "content_type": "application/json", "debug": true},
			}},
		}},
	}}}
	g.hide("123456789")
	g.start(t)
	got := e.send(t, message{body: `{"message": "123456789 is a number that should never be sent"}`})
	answer, err := parseJSON(got.body)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := answer.(obj)["req_body"].(string)
	sameBytes(t, "the LLM received", []byte(body), "\n{\n    \"message\": \"XXX-6789 is a number that should never be sent\"\n}\n")
}

func TestBadTemplatesStopTheStart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, template, says string
	}{
		{"syntax", "\n{{ if }}", requestGenerator + ".template:2: the template cannot be parsed: missing value for if"},
		{"pattern", "\n\n{{ regexFind \"(" + password + "\" .req_path }}", requestGenerator + ".template:3:3: the pattern is no valid regular expression: missing closing )"},
		{"environment", `{{ env "HOME" }}`, requestGenerator + ".template:1: the function env is not available"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := newGroup(t)
			defer g.upstream.Close()
			g.plugins = pluginFolder(t)
			g.add(generates([]string{requestGenerator}, obj{requestGenerator: c.template}), nil)
			dir := t.TempDir()
			file, err := g.config(dir, 1)
			if err != nil {
				t.Fatal(err)
			}
			output, code := runToEnd(t, dir, file)
			if code != 1 || !strings.Contains(output, "CRITICAL") || !strings.Contains(output, c.says) || strings.Contains(output, password) {
				t.Errorf("exit status %d:\n%s", code, output)
			}
		})
	}
}

// runToEnd runs a gateway that gives up by itself.
func runToEnd(t *testing.T, dir, file string) (output string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, bin.gateway, "run", "-c", file)
	cmd.Dir, cmd.Env = dir, cleanEnv()
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}
