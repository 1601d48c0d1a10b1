package exchange

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/detector"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/modifiers"
)

// request has the shape that KrakenD hands to a request modifier.
type request struct {
	contentType string
	body        io.ReadCloser
}

func (*request) Context() context.Context  { return context.Background() }
func (*request) Params() map[string]string { return nil }
func (r *request) Headers() map[string][]string {
	return map[string][]string{"Content-Type": {r.contentType}}
}
func (r *request) Body() io.ReadCloser { return r.body }
func (*request) Method() string        { return http.MethodPost }
func (*request) URL() *url.URL         { return nil }
func (*request) Query() url.Values     { return nil }
func (*request) Path() string          { return "" }

// The tool and the gateway's own modifier mask alike.
func TestMasksAsTheModifierDoes(t *testing.T) {
	policies, err := filepath.Glob("../../../../krakend/policies/*.json")
	if err != nil || len(policies) == 0 {
		t.Fatal(policies, err)
	}
	var examples []string
	for _, d := range detector.All() {
		for _, e := range d.Examples.Match {
			examples = append(examples, e.Text)
		}
		examples = append(examples, d.Examples.NoMatch...)
	}
	all := strings.Join(examples, "\n")
	bodies := []struct{ profile, contentType, body string }{
		{"", "text/plain", ""},
		{"", "text/plain", all},
		{"", "text/plain", `{"to": "jane.doe@corp.example", "card": 4111111111111111}`},
		{"openai", "application/json", `{"model":"gpt-4o","messages":[{"role":"system","content":"Be brief. [REDACTED_EMAIL_1]"},{"role":"user","content":[{"type":"text","text":` + quote(all) + `}]},{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{\"to\":\"jane.doe@corp.example\",\"card\":4111111111111111}"}}]}]}`},
		{"anthropic", "application/json", `{"model":"m","max_tokens":9,"system":"x","messages":[{"role":"user","content":"my \u0070assword: hunter2hunter2, SSN 536-22-8145, then 536-22-8145"}]}`},
		{"gemini", "application/json", `{"contents":[{"parts":[{"text":` + quote(all) + `}]}]}`},
		{AutoProfile, "application/json", `[{"password":"hunter2hunter2","ssn":536228145},"536228145"]`},
	}
	for _, file := range policies {
		p, err := policy.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range bodies {
			want := masked(t, file, b.contentType, b.body)
			e, err := New(p, Options{Profile: b.profile})
			if err != nil {
				t.Fatal(err)
			}
			m, err := e.Mask(strings.NewReader(b.body), false)
			if err != nil {
				t.Fatal(err)
			}
			if blocked := len(m.Blocked) > 0; blocked && want != "" || !blocked && m.Text != want {
				t.Errorf("%s: %.200q is masked as\n%q, by the modifier as\n%q", file, b.body, m.Text, want)
			}
		}
	}
}

// masked returns what the modifier makes of a body, "" if it refuses it.
func masked(t *testing.T, file, contentType, body string) string {
	t.Helper()
	var modifier func(interface{}) (interface{}, error)
	new(modifiers.Redact).RegisterModifiers(func(name string, factory func(map[string]interface{}) func(interface{}) (interface{}, error), onRequest, _ bool) {
		if onRequest {
			modifier = factory(map[string]interface{}{
				"name": []interface{}{"redact-request", "redact-response"}, "redact": map[string]interface{}{"policy": file},
			})
		}
	})
	out, err := modifier(&request{contentType, io.NopCloser(strings.NewReader(body))})
	if err != nil {
		return ""
	}
	text, err := io.ReadAll(out.(interface{ Body() io.ReadCloser }).Body())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func quote(text string) string {
	r := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`)
	return `"` + r.Replace(text) + `"`
}
