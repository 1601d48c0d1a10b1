package modifiers

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/lurax"
)

// testPolicy is a policy as KrakenD hands an inline one to a modifier.
func testPolicy() object {
	return object{
		"name": "test", "version": "1", "unmask_for_user": true,
		"redaction_rules": []interface{}{
			object{"name": "Email", "pattern": `\b[a-z0-9.]+@[a-z0-9.]+\.[a-z]{2,}\b`, "replacement": "[EMAIL]"},
			object{"name": "Card", "pattern": `\b4[0-9]{15}\b`, "replacement": "[CARD]"},
		},
	}
}

// load makes both modifiers with the given settings beside the test policy.
func load(t *testing.T, settings object) (onRequest, onResponse modifier, log *testLog) {
	t.Helper()
	merged := object{"policy": testPolicy()}
	for k, v := range settings {
		merged[k] = v
	}
	log = &testLog{}
	modifiers := all(log, func(int) { t.Error("the modifier ends the process") })
	extra := object{"name": []interface{}{redactRequestName, redactResponseName}, "redact": merged}
	return modifiers[redactRequestName].factory(extra), modifiers[redactResponseName].factory(extra), log
}

func jsonRequest(body string) *request {
	return &request{
		headers: map[string][]string{"Content-Type": {"application/json"}, "Accept-Encoding": {"gzip"}},
		body:    io.NopCloser(strings.NewReader(body)),
	}
}

func TestRequestAndAnswer(t *testing.T) {
	onRequest, onResponse, log := load(t, object{"headers": []interface{}{"x-user"}})
	in := jsonRequest(`{"to":"a@x.io","cc":"b@x.io"}`)
	in.headers["Content-Length"] = []string{"29"}
	in.headers["X-User"] = []string{"c@x.io", "a@x.io"}
	in.headers["X-Other"] = []string{"d@x.io"}
	in.params = map[string]string{"Id": "b@x.io"}
	in.path = "/u/b@x.io?k=a@x.io"
	in.url, _ = url.Parse("http://llm.example/u/b@x.io?k=a%40x.io&q=4111111111111111")
	in.query = url.Values{"q": {"4111111111111111"}}
	out := modifyRequest(t, onRequest, in)

	body := read(t, out.Body())
	if want := `{"to":"[EMAIL_1]","cc":"[EMAIL_2]"}`; body != want {
		t.Errorf("body %s, want %s", body, want)
	}
	wantHeaders := map[string][]string{
		"Content-Type": {"application/json"}, "Content-Length": {fmt.Sprint(len(body))},
		"X-User": {"[EMAIL_3]", "[EMAIL_1]"}, "X-Other": {"d@x.io"},
	}
	if !reflect.DeepEqual(out.Headers(), wantHeaders) {
		t.Errorf("headers %v, want %v", out.Headers(), wantHeaders)
	}
	if got, want := out.URL().String(), "http://llm.example/u/%5BEMAIL_2%5D?k=%5BEMAIL_1%5D&q=%5BCARD_1%5D"; got != want {
		t.Errorf("URL %s, want %s", got, want)
	}
	if got, want := out.Path(), "/u/%5BEMAIL_2%5D?k=%5BEMAIL_1%5D"; got != want {
		t.Errorf("path %s, want %s", got, want)
	}
	if got := out.Query().Get("q"); got != "[CARD_1]" {
		t.Errorf("query %s", got)
	}
	if got := out.Params()["Id"]; got != "[EMAIL_2]" {
		t.Errorf("parameter %s", got)
	}

	answer := modifyResponse(t, onResponse, &response{
		request: out,
		headers: map[string][]string{"Content-Type": {"application/json"}, "Content-Length": {"40"}, "Etag": {`"1"`}, "X-Kept": {"1"}},
		io:      strings.NewReader(`{"m":"[EMAIL_1] [EMAIL_2] [EMAIL_9] [CARD_1]"}`),
	})
	restored := read(t, answer.Io())
	if want := `{"m":"a@x.io b@x.io [EMAIL_9] 4111111111111111"}`; restored != want {
		t.Errorf("answer %s, want %s", restored, want)
	}
	wantHeaders = map[string][]string{"Content-Type": {"application/json"}, "Content-Length": {fmt.Sprint(len(restored))}, "X-Kept": {"1"}}
	if !reflect.DeepEqual(answer.Headers(), wantHeaders) {
		t.Errorf("answer's headers %v, want %v", answer.Headers(), wantHeaders)
	}

	for _, want := range []string{
		`INFO redact-request: policy "test" 1 from plugin/req-resp-modifier: redact.policy applies with 2 rules: Email, Card`,
		`DEBUG redact-request: policy "test" 1: found Email: `, `DEBUG redact-response: policy "test" 1: restored 3, kept out of links 0, masked 0`,
	} {
		if !strings.Contains(log.text(), want) {
			t.Errorf("the log lacks %q:\n%s", want, log.text())
		}
	}
	if strings.Contains(log.text(), "x.io") || strings.Contains(log.text(), "4111") {
		t.Errorf("the log holds a value:\n%s", log.text())
	}
}

func TestDecodedAnswer(t *testing.T) {
	onRequest, onResponse, _ := load(t, nil)
	out := modifyRequest(t, onRequest, jsonRequest(`["a@x.io"]`))
	data := object{"content": "[EMAIL_1]"}
	answer := modifyResponse(t, onResponse, &response{request: out, data: data})
	if got := answer.Data()["content"]; got != "a@x.io" {
		t.Errorf("content %v", got)
	}
	if data["content"] != "[EMAIL_1]" {
		t.Error("the data that was handed in has changed")
	}
}

func TestAnswerStaysAsItIs(t *testing.T) {
	onRequest, onResponse, _ := load(t, nil)
	withVault := modifyRequest(t, onRequest, jsonRequest(`["a@x.io"]`))
	withoutVault := modifyRequest(t, onRequest, jsonRequest(`["nothing"]`))
	headers := func() map[string][]string {
		return map[string][]string{"Content-Type": {"application/json"}, "Etag": {`"1"`}, "Content-Length": {"11"}}
	}
	for name, in := range map[string]*response{
		"nothing was masked":     {request: withoutVault, io: strings.NewReader(`{"a": "b" }`), headers: headers()},
		"no placeholder in it":   {request: withVault, io: strings.NewReader(`{"a": "b" }`), headers: headers()},
		"the host gives no past": {io: strings.NewReader(`{"a": "b" }`), headers: headers()},
	} {
		answer := modifyResponse(t, onResponse, in)
		if got := read(t, answer.Io()); got != `{"a": "b" }` {
			t.Errorf("%s: body %s", name, got)
		}
		if !reflect.DeepEqual(answer.Headers(), headers()) {
			t.Errorf("%s: headers %v", name, answer.Headers())
		}
	}
}

func TestUnreadableAnswersKeepTheirPlaceholders(t *testing.T) {
	onRequest, onResponse, log := load(t, object{"max_body_bytes": 40, "proxy": "chat"})
	out := modifyRequest(t, onRequest, jsonRequest(`["a@x.io"]`))
	cut := errors.New("cut off")
	for _, tt := range []struct {
		name, encoding, body string
		reader               io.Reader
		want                 error
	}{
		{"broken", "", `{"a":"[EMAIL_1]`, nil, nil},
		{"unknown encoding", "br", `"[EMAIL_1]"`, nil, nil},
		{"too large", "", `"` + strings.Repeat("[EMAIL_1]", 9) + `"`, nil, nil},
		{"cut off", "", `"[EMAIL_1]`, io.MultiReader(strings.NewReader(`"[EMAIL_1]`), failing{err: cut}), cut},
	} {
		reader := tt.reader
		if reader == nil {
			reader = strings.NewReader(tt.body)
		}
		answer := modifyResponse(t, onResponse, &response{
			request: out, io: reader, headers: map[string][]string{"Content-Type": {"application/json"}, "Content-Encoding": {tt.encoding}},
		})
		got, err := io.ReadAll(answer.Io())
		if string(got) != tt.body || !errors.Is(err, tt.want) {
			t.Errorf("%s: %q, %v", tt.name, got, err)
		}
	}
	if !strings.Contains(log.text(), `WARNING redact-response: proxy "chat", policy "test" 1: an answer was passed on with its placeholders`) ||
		!strings.Contains(log.text(), "(4 so far)") {
		t.Errorf("the log does not count:\n%s", log.text())
	}
}

func TestStreamsAreFlushedAsTheyCome(t *testing.T) {
	onRequest, onResponse, _ := load(t, nil)
	out := modifyRequest(t, onRequest, jsonRequest(`["a@x.io"]`))
	source, feed := io.Pipe()
	answer := modifyResponse(t, onResponse, &response{
		request: out, io: source, headers: map[string][]string{"Content-Type": {"text/event-stream"}, "Content-Length": {"1"}},
	})
	if len(answer.Headers()["Content-Length"]) != 0 {
		t.Error("a stream keeps its Content-Length")
	}
	w := &flushed{seen: make(chan string)}
	done := make(chan error)
	go func() {
		_, err := answer.Io().(io.WriterTo).WriteTo(w)
		done <- err
	}()
	for _, event := range []string{"data: {\"d\":\"[EMAIL_1]\"}\n\n", "data: [DONE]\n\n"} {
		if _, err := io.WriteString(feed, event); err != nil {
			t.Fatal(err)
		}
		if got, want := <-w.seen, strings.ReplaceAll(event, "[EMAIL_1]", "a@x.io"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	_ = feed.Close()
	for range w.seen {
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// flushed is a response writer that hands on what was written between flushes.
type flushed struct {
	bytes.Buffer
	seen chan string
}

func (f *flushed) Flush() {
	if f.Len() > 0 {
		f.seen <- f.String()
		f.Reset()
	} else if f.Cap() > 0 {
		close(f.seen)
	}
}

func TestRefusals(t *testing.T) {
	for _, tt := range []struct {
		name, contentType, encoding, body, code string
		status                                  int
	}{
		{"too large", "application/json", "", `"` + strings.Repeat("x", 100) + `"`, "body_too_large", 413},
		{"unknown encoding", "application/json", "br", `{}`, "unsupported_encoding", 415},
		{"binary", "image/png", "", "\x89PNG\xff\x00", "unsupported_media_type", 415},
		{"a type that is none", ";;", "", `{}`, "unsupported_media_type", 415},
		{"several types", "application/json, application/json", "", `{}`, "unsupported_media_type", 415},
		{"broken", "application/json", "", `{"a@x.io`, "broken_json", 400},
		{"multipart", "multipart/form-data; boundary=x", "", "a@x.io", "broken_multipart", 400},
	} {
		headers := func() map[string][]string {
			h := map[string][]string{"content-type": {tt.contentType}}
			if tt.encoding != "" {
				h["Content-Encoding"] = []string{tt.encoding}
			}
			return h
		}
		refuse, _, _ := load(t, object{"max_body_bytes": 100})
		out, err := refuse(&request{headers: headers(), body: io.NopCloser(strings.NewReader(tt.body))})
		var refusal *lurax.Error
		if out != nil || !errors.As(err, &refusal) || refusal.Status != tt.status || refusal.Code != tt.code {
			t.Errorf("%s: %v, %v", tt.name, out, err)
			continue
		}
		if strings.Contains(refusal.Error(), "x.io") {
			t.Errorf("%s: the error holds a value: %s", tt.name, refusal)
		}

		pass, _, log := load(t, object{"max_body_bytes": 100, "on_error": "pass"})
		passed := modifyRequest(t, pass, &request{headers: headers(), body: io.NopCloser(strings.NewReader(tt.body))})
		if got := read(t, passed.Body()); got != tt.body {
			t.Errorf("%s: passed on as %q", tt.name, got)
		}
		if !strings.Contains(log.text(), "WARNING") || !strings.Contains(log.text(), tt.code+" (1 so far)") {
			t.Errorf("%s: the log does not count:\n%s", tt.name, log.text())
		}
	}
}

func TestFaultsAreRefusedEvenWithPass(t *testing.T) {
	onRequest, onResponse, log := load(t, object{"on_error": "pass"})
	for name, call := range map[string]func() (interface{}, error){
		"a body that fails": func() (interface{}, error) {
			return onRequest(&request{body: io.NopCloser(failing{errors.New("a@x.io")})})
		},
		"a body that panics":   func() (interface{}, error) { return onRequest(&request{body: io.NopCloser(panicking{"a@x.io"})}) },
		"no request":           func() (interface{}, error) { return onRequest("a@x.io") },
		"no answer":            func() (interface{}, error) { return onResponse("a@x.io") },
		"a vault that is none": func() (interface{}, error) { return onRequest(&request{params: map[string]string{vaultParam: "\xff"}}) },
		"an answer that panics": func() (interface{}, error) {
			return onResponse(&response{request: modifyRequest(t, onRequest, jsonRequest(`["a@x.io"]`)), io: panicking{"a@x.io"}})
		},
	} {
		out, err := call()
		var refusal *lurax.Error
		if out != nil || !errors.As(err, &refusal) || refusal.Status != 500 || strings.Contains(err.Error(), "x.io") {
			t.Errorf("%s: %v, %v", name, out, err)
		}
	}
	if !strings.Contains(log.text(), "ERROR redact-request: panic at ") || !strings.Contains(log.text(), "panicking.Read:") {
		t.Errorf("the log does not name the place:\n%s", log.text())
	}
	if strings.Contains(log.text(), "x.io") {
		t.Errorf("the log holds a value:\n%s", log.text())
	}
}

func TestNothingHandedInIsWrittenTo(t *testing.T) {
	onRequest, onResponse, _ := load(t, object{"headers": []interface{}{"X-User"}, "keys": true})
	params := map[string]string{"Id": "a@x.io"}
	headers := map[string][]string{"Content-Type": {"text/plain"}, "Accept-Encoding": {"gzip"}, "X-User": {"a@x.io"}, "Content-Length": {"6"}}
	query := url.Values{"a@x.io": {"b@x.io"}}
	before := fmt.Sprint(params, headers, query)
	var wg sync.WaitGroup
	for i := 0; i < 8; i++ {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			value := fmt.Sprintf("user%d@x.io", i)
			out := modifyRequest(t, onRequest, &request{params: params, headers: headers, query: query, body: io.NopCloser(strings.NewReader(value))})
			if _, ok := out.Query()["[EMAIL_2]"]; !ok {
				t.Errorf("query %v", out.Query())
			}
			answer := modifyResponse(t, onResponse, &response{request: out, io: strings.NewReader("[EMAIL_1]")})
			if got := read(t, answer.Io()); got != value {
				t.Errorf("got %s, want %s", got, value)
			}
		}(i)
	}
	wg.Wait()
	if after := fmt.Sprint(params, headers, query); after != before {
		t.Errorf("%s became %s", before, after)
	}
}

func TestTwoLevelsShareOneVault(t *testing.T) {
	onRequest, onResponse, _ := load(t, nil)
	outer := modifyRequest(t, onRequest, jsonRequest(`["a@x.io"]`))
	inner := modifyRequest(t, onRequest, &request{
		params: outer.Params(), headers: outer.Headers(),
		body: io.NopCloser(strings.NewReader(`["[EMAIL_1]","b@x.io","a@x.io"]`)),
	})
	if got, want := read(t, inner.Body()), `["[EMAIL_1]","[EMAIL_2]","[EMAIL_1]"]`; got != want {
		t.Errorf("inner body %s, want %s", got, want)
	}
	answer := modifyResponse(t, onResponse, &response{request: inner, io: strings.NewReader("[EMAIL_1] [EMAIL_2]")})
	if got := read(t, answer.Io()); got != "a@x.io b@x.io" {
		t.Errorf("answer %s", got)
	}
}

func TestTypedPlaceholdersAnywhereKeepTheirNumbers(t *testing.T) {
	onRequest, _, _ := load(t, nil)
	in := jsonRequest(`["a@x.io"]`)
	in.headers["X-Any"] = []string{"[EMAIL_1]"}
	in.query = url.Values{"[EMAIL_2]": {"[EMAIL_3]"}}
	in.params = map[string]string{"Id": "[EMAIL_4]"}
	if got, want := read(t, modifyRequest(t, onRequest, in).Body()), `["[EMAIL_5]"]`; got != want {
		t.Errorf("body %s, want %s", got, want)
	}
}

func TestHeadersThatDescribedTheOldBodyGo(t *testing.T) {
	onRequest, _, _ := load(t, nil)
	describing := []string{"Content-Encoding", "Content-MD5", "Digest", "Content-Digest", "Repr-Digest", "Transfer-Encoding"}
	for body, kept := range map[string]bool{`["a@x.io"]`: false, `["nothing"]`: true} {
		in := jsonRequest(body)
		for _, name := range describing {
			in.headers[name] = []string{"identity"}
		}
		out := modifyRequest(t, onRequest, in)
		for _, name := range describing {
			if _, has := out.Headers()[name]; has != kept {
				t.Errorf("%s: %s is there: %v", body, name, has)
			}
		}
	}
}

func TestTwoContentTypesAreRefused(t *testing.T) {
	onRequest, _, _ := load(t, nil)
	in := jsonRequest(`["a@x.io"]`)
	in.headers["Content-Type"] = []string{"application/json", "application/json"}
	var refusal *lurax.Error
	if _, err := onRequest(in); !errors.As(err, &refusal) || refusal.Status != 415 {
		t.Errorf("%v", err)
	}
}

func TestAnAnswerThatWouldGrowTooLargeIsCounted(t *testing.T) {
	onRequest, onResponse, log := load(t, object{"max_body_bytes": 40})
	out := modifyRequest(t, onRequest, jsonRequest(`["`+strings.Repeat("a", 20)+`@x.io"]`))
	answer := modifyResponse(t, onResponse, &response{request: out, data: object{"a": strings.Repeat("[EMAIL_1]", 20)}})
	if got := strings.Count(answer.Data()["a"].(string), "[EMAIL_1]"); got != 14 {
		t.Errorf("%d placeholders left, want 14", got)
	}
	if !strings.Contains(log.text(), "the values of 14 would have made it too large (1 so far)") {
		t.Errorf("log:\n%s", log.text())
	}
}

func TestRequestWithoutBody(t *testing.T) {
	onRequest, _, _ := load(t, nil)
	for name, body := range map[string]io.ReadCloser{"nil": nil, "NoBody": http.NoBody} {
		out := modifyRequest(t, onRequest, &request{body: body, headers: map[string][]string{}})
		if out.Body() != body || len(out.Headers()) != 0 {
			t.Errorf("%s: body %v, headers %v", name, out.Body(), out.Headers())
		}
	}
}

func TestQueryNames(t *testing.T) {
	for _, tt := range []struct {
		setting interface{}
		want    string
	}{
		{nil, "a=%5BEMAIL_1%5D&b=%5BEMAIL_1%5D"},
		{[]interface{}{"a"}, "a=%5BEMAIL_1%5D&b=x%40x.io"},
		{[]interface{}{}, "a=x%40x.io&b=x%40x.io"},
	} {
		settings := object{}
		if tt.setting != nil {
			settings["query"] = tt.setting
		}
		onRequest, _, _ := load(t, settings)
		u, _ := url.Parse("http://llm.example/?a=x%40x.io&b=x%40x.io")
		out := modifyRequest(t, onRequest, &request{url: u, query: url.Values{"a": {"x@x.io"}, "b": {"x@x.io"}}})
		if got := out.URL().RawQuery; got != tt.want {
			t.Errorf("%v: URL query %s, want %s", tt.setting, got, tt.want)
		}
		if got := out.Query().Encode(); got != tt.want {
			t.Errorf("%v: query %s, want %s", tt.setting, got, tt.want)
		}
	}
}

// What is not listed does not run, and would be off without a word.
func TestSettingsThatNothingReadsStopTheStart(t *testing.T) {
	oneWay := object{"redaction_rules": []interface{}{object{"name": "a", "pattern": "b"}}}
	ruled := object{"redaction_rules": oneWay["redaction_rules"], "response_rules": []interface{}{object{"name": "c", "pattern": "d"}}}
	replacer := object{"a": object{"find": "x", "replace": "y"}}
	both := []interface{}{redactRequestName, redactResponseName}
	for _, tt := range []struct {
		modifier string
		extra    object
		want     string // "" starts
	}{
		{redactRequestName, object{"name": both, "redact": object{"policy": testPolicy()}}, ""},
		{redactRequestName, object{"redact": object{"policy": testPolicy()}}, ""},
		{redactRequestName, object{"name": both[:1], "redact": object{"policy": oneWay}}, ""},
		{redactRequestName, object{"name": both[:1], "redact": object{"policy": testPolicy()}}, "lacks redact-response, so answers would keep their placeholders"},
		{redactRequestName, object{"name": both[:1], "redact": object{"policy": ruled}}, "lacks redact-response, so the policy's response_rules would do nothing"},
		{redactResponseName, object{"name": both[1:], "redact": object{"policy": oneWay}}, "lacks redact-request, so requests would go out unmasked"},
		{redactRequestName, object{"name": both, "redact": object{"policy": oneWay}, contentReplacerName: replacer}, "lacks content-replacer, so the settings under \"content-replacer\" would do nothing"},
		{contentReplacerName, object{"name": []interface{}{contentReplacerName}, contentReplacerName: replacer, "redact": object{"policy": oneWay}}, "lacks redact-request and redact-response, so the settings under \"redact\""},
		{responseGeneratorName, object{"name": []interface{}{responseGeneratorName}, responseGeneratorName: object{"template": "MQ=="}, responseBodyName: object{}}, "lacks modifier/response-body, so"},
	} {
		_, log, codes := start(tt.modifier, tt.extra)
		if stopped := len(codes) > 0; stopped != (tt.want != "") || !strings.Contains(log.text(), tt.want) || strings.Count(log.text(), "field name") > 1 {
			t.Errorf("%v: stops: %v, log:\n%s", tt.extra["name"], stopped, log.text())
		}
	}
}

func TestBadSettingsStopTheStart(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	rule := func(fields object) object {
		p := testPolicy()
		r := object{"name": "R", "pattern": "secret-canary", "replacement": "[R]"}
		for k, v := range fields {
			r[k] = v
		}
		p["redaction_rules"] = []interface{}{r}
		return object{"policy": p}
	}
	broken := file("broken.json", "{\n  \"name\": \"x\",,\n}")
	for name, tt := range map[string]struct {
		extra object
		want  string
	}{
		"no settings":        {object{}, "plugin/req-resp-modifier: field redact: is missing"},
		"settings no object": {object{"redact": "x"}, "plugin/req-resp-modifier: redact: must be an object"},
		"no policy":          {object{"redact": object{}}, "plugin/req-resp-modifier: redact: field policy: is missing"},
		"policy null":        {object{"redact": object{"policy": nil}}, "redact.policy: must be an object"},
		"unknown field":      {object{"redact": object{"policy": testPolicy(), "polcy": 1}}, "field polcy: is unknown; known fields are alerts, allow_binary, audit, fields, headers, keys, max_body_bytes, metrics, on_error, policy, profile, proxy, query, reload_interval, restore_in_urls, tolerant, url_hosts"},
		"bad on_error":       {object{"redact": object{"policy": testPolicy(), "on_error": "ignore"}}, "field on_error: is not one of refuse, pass"},
		"bad limit":          {object{"redact": object{"policy": testPolicy(), "max_body_bytes": 0}}, "field max_body_bytes: must be at least 1"},
		"bad path":           {object{"redact": object{"policy": testPolicy(), "fields": []interface{}{"a..b"}}}, "field fields[0]: a path must not be empty"},
		"no fields":          {object{"redact": object{"policy": testPolicy(), "fields": []interface{}{}}}, "field fields: is empty"},
		"missing file":       {object{"redact": object{"policy": filepath.Join(dir, "none.json")}}, "none.json: cannot be read: no such file"},
		"broken file":        {object{"redact": object{"policy": broken}}, broken + ": is not valid JSON at line 2, column 15"},
		"no enabled rule":    {object{"redact": rule(object{"enabled": false})}, "field redaction_rules: holds no enabled rule"},
		"broken pattern":     {object{"redact": rule(object{"pattern": "secret-canary("})}, `redact.policy: rule "R": field redaction_rules[0].pattern: is not a valid regular expression: missing closing )`},
		"self-match":         {object{"redact": rule(object{"replacement": "[secret-canary]"})}, `rule "R": field replacement: is matched by the rule's own pattern`},
		"unknown rule field": {object{"redact": rule(object{"patern": "x"})}, `rule "R": field redaction_rules[0].patern: is unknown`},
	} {
		for _, factory := range []string{redactRequestName, redactResponseName} {
			if factory == redactResponseName && name == "self-match" {
				continue // the request modifier compiles the policy
			}
			m, log, codes := start(factory, tt.extra)
			if !reflect.DeepEqual(codes, []int{1}) {
				t.Errorf("%s: exits %v", name, codes)
			}
			if len(log.lines) != 1 || strings.Contains(log.text(), "\n") ||
				!strings.HasPrefix(log.text(), "CRITICAL "+factory+": KrakenD does not start: ") || !strings.Contains(log.text(), tt.want) {
				t.Errorf("%s: log\n%s\nwant %s", name, log.text(), tt.want)
			}
			if strings.Contains(log.text(), "canary") {
				t.Errorf("%s: the log quotes the pattern: %s", name, log.text())
			}
			if out, err := m(jsonRequest(`{}`)); out != nil || err == nil {
				t.Errorf("%s: lives on and passes requests: %v, %v", name, out, err)
			}
		}
	}
}

func TestCommentsAreAllowedEverywhere(t *testing.T) {
	p := testPolicy()
	p["@comment"] = "x"
	p["redaction_rules"].([]interface{})[0].(object)["$note"] = 1
	load(t, object{"policy": p, "_x": nil, "#y": []interface{}{}})
}
