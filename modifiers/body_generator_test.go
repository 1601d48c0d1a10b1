package modifiers

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/lurax"
)

// inline is a template as settings hold one.
func inline(text string, more ...object) object {
	s := object{"template": base64.StdEncoding.EncodeToString([]byte(text))}
	for _, m := range more {
		for k, v := range m {
			s[k] = v
		}
	}
	return s
}

// startGenerator makes a modifier that must start.
func startGenerator(t *testing.T, name string, settings object) (modifier, *testLog) {
	t.Helper()
	m, log, codes := start(name, object{"name": []interface{}{name}, name: settings})
	if codes != nil {
		t.Fatalf("%s does not start: %s", name, log.text())
	}
	return m, log
}

func TestGeneratorWithoutSprig(t *testing.T) {
	t.Parallel()
	g := new(BodyGenerator)
	m := g.factory(generatorName, (*generator).modifyRequest)(map[string]interface{}{generatorName: inline(`{{ printf "%q" .req_path }}`)})
	out, err := m(&request{path: "/chat"})
	if err != nil {
		t.Fatal(err)
	}
	if body, _ := io.ReadAll(out.(lurax.RequestWrapper).Body()); string(body) != `"/chat"` {
		t.Errorf("got %s", body)
	}
}

func TestGeneratorStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := file("good.tmpl", `{{ .req_body | toJson }}`)
	bad := file("bad.tmpl", "\n{{ regexFind \"(hunter2\" .req_body.x }}")
	const at = "plugin/req-resp-modifier: "
	const own = at + generatorName + ": "
	for _, c := range []struct {
		name  string
		extra map[string]interface{}
		want  string // empty: it starts
	}{
		{"file", object{generatorName: object{"path": good}}, ""},
		{"everything", object{generatorName: inline("1", object{
			"content_type": "application/json; charset=utf-8", "debug": true, "debug_values": true, "variables": object{"a": 1},
			"validate": false, "missingkey": "error", "allow_env": true, "max_body_bytes": 10, "@comment": "x",
		})}, ""},
		{"base64 in lines", object{generatorName: object{"template": "e3sg\n MX0g\r\n"}}, "the template cannot be parsed"},
		{"indented base64", object{generatorName: object{"template": " MX\t0g\r\n"}}, ""},
		{"no-break space in base64", object{generatorName: object{"template": "MQ==\u00a0"}}, own + "field template: is not base64"},
		{"vertical tab in base64", object{generatorName: object{"template": "MQ\v=="}}, own + "field template: is not base64"},
		{"settings of the alias", object{"name": []interface{}{generatorName}, requestGeneratorName: inline("1")}, ""},
		{"settings of a listed alias", object{"name": []interface{}{generatorName, requestGeneratorName}, requestGeneratorName: inline("1")}, at + "field modifier/body-generator: is missing, so there is no template; add"},
		{"both listed", object{"name": []interface{}{generatorName, requestGeneratorName}, requestGeneratorName: inline("1"), generatorName: inline("2")}, ""},
		{"two settings, one listed", object{"name": []interface{}{generatorName}, requestGeneratorName: inline("1"), generatorName: inline("2")}, at + "field modifier/request-body-generator: stands beside modifier/body-generator, which is the same modifier; keep one"},
		{"settings of the response", object{responseGeneratorName: inline("1")}, at + "field modifier/body-generator: is missing, so there is no template"},
		{"no settings", object{}, at + "field modifier/body-generator: is missing, so there is no template"},
		{"no object", object{generatorName: "x"}, own + "must be an object"},
		{"no template", object{generatorName: object{}}, own + "field path: is missing, and so is template"},
		{"two templates", object{generatorName: inline("1", object{"path": good})}, own + "field template: stands beside path; keep one of them"},
		{"empty path", object{generatorName: object{"path": ""}}, own + "field path: is empty"},
		{"no base64", object{generatorName: object{"template": "{{ hunter2 }}"}}, own + "field template: is not base64"},
		{"empty template", object{generatorName: object{"template": ""}}, "modifier/body-generator.template: the template is empty"},
		{"no such file", object{generatorName: object{"path": filepath.Join(dir, "none.tmpl")}}, "none.tmpl: cannot be read: no such file or directory; check the path"},
		{"unknown field", object{generatorName: inline("1", object{"contenttype": "hunter2"})}, own + "field contenttype: is unknown; known fields are allow_env, content_type, debug, debug_values, max_body_bytes, missingkey, path, template, validate, variables"},
		{"wrong type", object{generatorName: inline("1", object{"debug": "hunter2"})}, own + "field debug: must be true or false"},
		{"bad content type", object{generatorName: inline("1", object{"content_type": "json"})}, own + "field content_type: is no media type"},
		{"no-break space before the content type", object{generatorName: inline("1", object{"content_type": "\u00a0text/plain"})}, own + "field content_type: is no media type"},
		{"no-break space after the content type", object{generatorName: inline("1", object{"content_type": "text/plain\u00a0"})}, own + "field content_type: is no media type"},
		{"vertical tab in the content type", object{generatorName: inline("1", object{"content_type": "text/plain;\va=b"})}, own + "field content_type: is no media type"},
		{"no-break space in a quoted parameter", object{generatorName: inline("1", object{"content_type": "text/plain; a=\"\u00a0\\\"\""})}, ""},
		{"header injection", object{generatorName: inline("1", object{"content_type": "a/b\r\nX: hunter2"})}, own + "field content_type: is no media type"},
		{"bad missingkey", object{generatorName: inline("1", object{"missingkey": "hunter2"})}, own + "field missingkey: is not one of default, zero, error"},
		{"no bytes", object{generatorName: inline("1", object{"max_body_bytes": 0})}, own + "field max_body_bytes: must be at least 1"},
		{"list of variables", object{generatorName: inline("1", object{"variables": []interface{}{1}})}, own + "field variables: must be an object"},
		{"no variables", object{generatorName: inline("1", object{"variables": nil})}, own + "field variables: must be an object"},
		{"values without debug", object{generatorName: inline("1", object{"debug_values": true})}, own + "field debug_values: is on without debug"},
		{"pattern in a file", object{generatorName: object{"path": bad}}, "bad.tmpl:2:3: the pattern is no valid regular expression"},
		{"function of the environment", object{generatorName: inline(`{{ env "A" }}`)}, "modifier/body-generator.template:1: the function env is not available"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m, log, codes := start(generatorName, c.extra)
			text, ended := log.text(), codes != nil
			if ended != (c.want != "") || !strings.Contains(text, c.want) || strings.Contains(text, "hunter2") {
				t.Errorf("ended: %v, log: %s, want %s", ended, text, c.want)
			}
			if !ended {
				return
			}
			if !strings.HasPrefix(text, "CRITICAL modifier/body-generator: KrakenD does not start: ") {
				t.Errorf("log: %s", text)
			}
			if _, err := m(&request{}); !errors.Is(err, errInternal) {
				t.Errorf("a request passes: %v", err)
			}
		})
	}
}

func TestGeneratorRequest(t *testing.T) {
	t.Parallel()
	zipped := gzipped(`{"m":"a"}`)
	jsonType := map[string][]string{"content-type": {"application/json"}}
	for _, c := range []struct {
		name     string
		template string
		settings object
		headers  map[string][]string
		body     string
		want     string
		refusal  string
		status   int
	}{
		{"JSON", `{"x": {{ .req_body.m | toJson }}}`, nil, jsonType, `{"m":"a\"b"}`, `{"x": "a\"b"}`, "", 0},
		{"sniffed", `{"x": {{ .req_body.m | toJson }}}`, nil, nil, `{"m":1}`, `{"x": 1}`, "", 0},
		{"gzip", `{"x": {{ .req_body.m | toJson }}}`, nil, map[string][]string{"Content-Type": {"application/json"}, "content-encoding": {"gzip"}}, zipped, `{"x": "a"}`, "", 0},
		{"gzip unannounced", `{"x": {{ .req_body.m | toJson }}}`, nil, nil, zipped, `{"x": "a"}`, "", 0},
		{"form", `{{ .req_body | toJson }}`, nil, map[string][]string{"Content-Type": {"application/x-www-form-urlencoded"}}, `a=1`, `{"a":["1"]}`, "", 0},
		{"text", `{{ .req_body.content | toJson }}`, nil, map[string][]string{"Content-Type": {"text/plain"}}, `hello`, `"hello"`, "", 0},
		{"no body", `{{ dig "m" "none" .req_body | toJson }}`, nil, nil, "", `"none"`, "", 0},
		{"everything else", `[{{ .req_path | toJson }}, {{ .req_params.Id | toJson }}, {{ index .req_headers "X-A" 0 | toJson }}, {{ .req_querystring | toJson }}, {{ .variables.v.w | toJson }}, {{ len .req_params }}]`, object{"variables": object{"v": object{"w": 7}}}, map[string][]string{"x-a": {"b"}}, "", `["/chat", "7", "b", {"q":["1","2"]}, 7, 1]`, "", 0},
		{"not JSON", `<a>{{ .req_body.m | html }}</a>`, object{"content_type": "application/xml"}, jsonType, `{"m":"<"}`, `<a>&lt;</a>`, "", 0},
		{"unchecked", `{"x": `, object{"validate": false}, nil, "", `{"x": `, "", 0},
		{"broken quoting", `{"x": "{{ .req_body.m }}"}`, nil, jsonType, `{"m":"hunter2\""}`, "", "template_output_invalid", 500},
		{"broken quoting of a +json type", `{`, object{"content_type": "application/vnd.x+json"}, nil, "", "", "template_output_invalid", 500},
		{"empty output", `{{ if false }}{{ end }} `, nil, nil, "", "", "template_output_invalid", 500},
		{"missing key", `{{ .req_body.m | toJson }}`, object{"missingkey": "error"}, jsonType, `{}`, "", "template_failed", 500},
		{"failed", `{{ fail .req_body.m }}`, nil, jsonType, `{"m":"hunter2"}`, "", "template_failed", 500},
		{"broken JSON", `1`, nil, jsonType, `{"m":"hunter2"`, "", "broken_json", 400},
		{"broken form", `1`, nil, map[string][]string{"Content-Type": {"application/x-www-form-urlencoded"}}, `hunter2=%`, "", "broken_form", 400},
		{"broken parts", `1`, nil, map[string][]string{"Content-Type": {"multipart/form-data"}}, `hunter2`, "", "broken_multipart", 400},
		{"binary", `1`, nil, map[string][]string{"Content-Type": {"image/png"}}, "\xff\xfe", "", "unsupported_media_type", 415},
		{"unknown encoding", `1`, nil, map[string][]string{"Content-Encoding": {"br"}}, "x", "", "unsupported_encoding", 415},
		{"too large", `1`, object{"max_body_bytes": 5}, nil, "123456", "", "body_too_large", 413},
		{"bomb", `1`, object{"max_body_bytes": 8}, map[string][]string{"Content-Encoding": {"gzip"}}, zipped, "", "body_too_large", 413},
		{"as large as allowed", `{{ .req_body.content | toJson }}`, object{"max_body_bytes": 6}, nil, "123456", `"123456"`, "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m, log := startGenerator(t, requestGeneratorName, inline(c.template, c.settings))
			in := &request{
				path: "/chat", headers: c.headers, query: url.Values{"q": {"1", "2"}},
				params: map[string]string{"Id": "7", vaultParam: "secret"},
			}
			if c.body != "" {
				in.body = io.NopCloser(strings.NewReader(c.body))
			}
			headersBefore := fmt.Sprint(c.headers)
			got, err := m(in)
			if strings.Contains(log.text(), "hunter2") {
				t.Errorf("the log shows a value: %s", log.text())
			}
			if fmt.Sprint(in.headers) != headersBefore || len(in.params) != 2 {
				t.Error("what was handed in was changed")
			}
			if c.refusal != "" {
				var refusal *lurax.Error
				if !errors.As(err, &refusal) || refusal.Code != c.refusal || refusal.Status != c.status || strings.Contains(refusal.Error(), "hunter2") {
					t.Fatalf("got %v, want %s", err, c.refusal)
				}
				if logged := strings.Contains(log.text(), "ERROR"); logged != (c.status == http.StatusInternalServerError) {
					t.Errorf("log: %s", log.text())
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			out := got.(lurax.RequestWrapper)
			body, _ := io.ReadAll(out.Body())
			if string(body) != c.want {
				t.Errorf("got %s, want %s", body, c.want)
			}
			contentType, _ := c.settings["content_type"].(string)
			if contentType == "" {
				contentType = "application/json"
			}
			want := map[string][]string{"Content-Type": {contentType}, "Content-Length": {fmt.Sprint(len(c.want))}}
			for name, values := range c.headers {
				if !strings.HasPrefix(strings.ToLower(name), "content-") {
					want[name] = values
				}
			}
			if !reflect.DeepEqual(out.Headers(), want) {
				t.Errorf("headers %v, want %v", out.Headers(), want)
			}
			if out.Params()[vaultParam] != "secret" {
				t.Error("the vault is lost")
			}
		})
	}
}

func TestGeneratorResponse(t *testing.T) {
	t.Parallel()
	asked := &request{params: map[string]string{"Id": "7", vaultParam: "secret"}, headers: map[string][]string{"X-A": {"b"}}}
	decoded := func(data map[string]interface{}) *response { return &response{request: asked, data: data} }
	raw := func(status int, contentType, body string) *response {
		return &response{request: asked, status: status, io: strings.NewReader(body), headers: map[string][]string{
			"Content-Type": {contentType}, "etag": {"x"}, "Content-Length": {"99"}, "X-B": {"c"},
		}}
	}
	for _, c := range []struct {
		name     string
		template string
		settings object
		in       *response
		data     map[string]interface{}
		body     string
		code     string
	}{
		{"object", `{"got": {{ .resp_body.n | toJson }}, "id": {{ .req_params.Id }}}`, nil, decoded(object{"n": json.Number("1.50")}), object{"got": json.Number("1.50"), "id": json.Number("7")}, "", ""},
		{"collection", `{{ .resp_body.collection | toJson }}`, nil, decoded(object{"collection": []interface{}{"a"}}), object{"collection": []interface{}{"a"}}, "", ""},
		{"scalar", `{{ .resp_body.n }}`, nil, decoded(object{"n": "5"}), object{"content": json.Number("5")}, "", ""},
		{"text", `hello {{ .resp_body.n }}`, object{"content_type": "text/plain"}, decoded(object{"n": "5"}), object{"content": "hello 5"}, "", ""},
		{"data stays", `{{ $_ := set .resp_body "x" 1 }}{}`, nil, decoded(object{"n": "5"}), object{}, "", ""},
		{"status of a decoded answer", `{{ .resp_status }}`, nil, decoded(nil), object{"content": json.Number("0")}, "", ""},
		{"no request", `[{{ len .req_params }}]`, nil, &response{data: object{}}, object{"collection": []interface{}{json.Number("0")}}, "", ""},
		{"invalid", `{`, nil, decoded(nil), nil, "", "template_output_invalid"},
		{"invalid and unchecked", `{`, object{"validate": false}, decoded(nil), nil, "", "template_output_invalid"},
		{"failed", `{{ fail "x" }}`, nil, decoded(nil), nil, "", "template_failed"},
		{"raw JSON", `[{{ .resp_body.a }}, {{ .resp_status }}, {{ index .resp_headers "X-B" 0 | toJson }}]`, nil, raw(201, "application/json", `{"a":1}`), nil, `[1, 201, "c"]`, ""},
		{"raw text", `{{ .resp_body.content | toJson }}`, nil, raw(500, "text/html", `<p>`), nil, `"\u003cp\u003e"`, ""},
		{"raw and empty", `{{ .resp_body | toJson }}`, nil, raw(200, "application/json", ``), nil, `{}`, ""},
		{"raw and broken", `1`, nil, raw(200, "application/json", `{"hunter2`), nil, "", "unreadable_answer"},
		{"raw and too large", `1`, object{"max_body_bytes": 3}, raw(200, "text/plain", `hunter2`), nil, "", "unreadable_answer"},
		{"raw and cut off", `1`, nil, &response{io: io.MultiReader(strings.NewReader("x"), failing{errors.New("hunter2")})}, nil, "", "unreadable_answer"},
		{"raw without a body", `1`, nil, raw(204, "", ``), nil, "", "untouched"},
		{"not modified", `1`, nil, raw(304, "", ``), nil, "", "untouched"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m, log := startGenerator(t, responseGeneratorName, inline(c.template, c.settings))
			before := fmt.Sprint(c.in.data, c.in.headers)
			got, err := m(c.in)
			if strings.Contains(log.text(), "hunter2") {
				t.Errorf("the log shows a value: %s", log.text())
			}
			if fmt.Sprint(c.in.data, c.in.headers) != before {
				t.Error("what was handed in was changed")
			}
			if c.code == "untouched" {
				if err != nil || got != c.in {
					t.Errorf("got %v, %v", got, err)
				}
				return
			}
			if c.code != "" {
				var refusal *lurax.Error
				if !errors.As(err, &refusal) || refusal.Code != c.code {
					t.Fatalf("got %v, want %s", err, c.code)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			out := got.(lurax.ResponseWrapper)
			if c.data != nil {
				if !reflect.DeepEqual(out.Data(), c.data) || out.Io() != nil {
					t.Errorf("got %#v, want %#v", out.Data(), c.data)
				}
				return
			}
			body, _ := io.ReadAll(out.Io())
			headers := map[string][]string{"Content-Type": {"application/json"}, "Content-Length": {fmt.Sprint(len(c.body))}, "X-B": {"c"}}
			if string(body) != c.body || out.StatusCode() != c.in.status || !reflect.DeepEqual(out.Headers(), headers) {
				t.Errorf("got %d %v %s, want %s", out.StatusCode(), out.Headers(), body, c.body)
			}
		})
	}
}

func TestGeneratorHead(t *testing.T) {
	t.Parallel()
	m, _ := startGenerator(t, responseGeneratorName, inline("1"))
	in := &response{request: &request{method: http.MethodHead}, io: strings.NewReader(""), status: 200}
	if got, err := m(in); err != nil || got != in {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestGeneratorTakesNothingElse(t *testing.T) {
	t.Parallel()
	for _, name := range []string{generatorName, responseGeneratorName} {
		m, _ := startGenerator(t, name, inline("1"))
		if _, err := m("x"); !errors.Is(err, errInternal) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestGeneratorDebug(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		settings object
		has, not []string
	}{
		{"off", nil, nil, []string{"DEBUG", "hunter2", "WARNING"}},
		{"shape", object{"debug": true}, []string{"DEBUG", "\"m\": text of 7 bytes", "\"out\": text of 7 bytes", "produced 18 bytes"}, []string{"hunter2", "WARNING", "vault"}},
		{"values", object{"debug": true, "debug_values": true}, []string{"DEBUG", `"m": "hunter2"`, `{"out": "hunter2"}`, "WARNING modifier/body-generator: modifier/body-generator.template: debug_values is on"}, []string{"vault"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m, log := startGenerator(t, generatorName, inline(`{"out": {{ .req_body.m | toJson }}}`, c.settings))
			if _, err := m(&request{
				params: map[string]string{vaultParam: "vault"},
				body:   io.NopCloser(strings.NewReader(`{"m":"hunter2"}`)),
			}); err != nil {
				t.Fatal(err)
			}
			for _, s := range c.has {
				if !strings.Contains(log.text(), s) {
					t.Errorf("%q is not in %s", s, log.text())
				}
			}
			for _, s := range c.not {
				if strings.Contains(log.text(), s) {
					t.Errorf("%q is in %s", s, log.text())
				}
			}
		})
	}
}

// TestGeneratorDebugOfAForm: a text that is sent as a form is a key.
func TestGeneratorDebugOfAForm(t *testing.T) {
	t.Parallel()
	m, log := startGenerator(t, generatorName, inline("1", object{"debug": true}))
	if _, err := m(&request{
		headers: map[string][]string{"Content-Type": {"application/x-www-form-urlencoded"}},
		query:   url.Values{"my ssn is 123-45-6789": {""}},
		body:    io.NopCloser(strings.NewReader("my ssn is 123-45-6789")),
	}); err != nil {
		t.Fatal(err)
	}
	if text := log.text(); strings.Contains(text, "6789") || strings.Count(text, "key of 21 bytes") != 2 {
		t.Errorf("log: %s", text)
	}
}
