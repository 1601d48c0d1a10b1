package e2e

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// fieldGroup is a gateway with response-body.so alone, or with all modifiers
// compiled in.
func fieldGroup(t *testing.T) *group {
	t.Helper()
	g := newGroup(t)
	g.plugins = pluginFolder(t, "response-body")
	return g
}

// fields is a route with settings of modifier/response-body as an Enterprise
// configuration has them.
func fields(t *testing.T, settings string) route {
	t.Helper()
	return fieldRoute(t, "modifier/response-body", settings)
}

func fieldRoute(t *testing.T, name, settings string) route {
	t.Helper()
	var v obj
	if err := json.Unmarshal([]byte(settings), &v); err != nil {
		t.Fatal(err)
	}
	return route{method: http.MethodGet, noPolicy: true, names: []string{name}, extra: obj{name: v}}
}

func (r route) decoded(encoding string) route {
	r.encoding = encoding
	return r
}

const seedFields = `{
  "modifiers": [
    {
      "regexp": {
        "@comment": "Example of masking SSN or credit numbers in the response body",
        "field": "req_uri_details.path",
        "find": "([\\d+\\-\\s]*)(\\d{4})",
        "replace": "XXX-$2"
      }
    }
  ]
}`

const cardFields = `{"modifiers":[{"regexp":{"field":"credit_card.number","find":"^.*(\\d{4})","replace":"XXXX-${1}"}}]}`

func TestSeedExampleMasksThePathOfTheEcho(t *testing.T) {
	t.Parallel()
	echoing := newGroup(t)
	echoing.root = obj{"echo_endpoint": true}
	echoing.add(route{noPolicy: true, names: []string{}}, nil)
	echoing.start(t)

	var settings obj
	if err := json.Unmarshal([]byte(seedFields), &settings); err != nil {
		t.Fatal(err)
	}
	modifier := obj{"plugin/req-resp-modifier": obj{"name": list{"modifier/response-body"}, "modifier/response-body": settings}}
	backend := func(encoding string, extra obj) list {
		return list{obj{"url_pattern": "/__echo/123456789", "host": list{echoing.url}, "encoding": encoding, "extra_config": extra}}
	}
	masking := fieldGroup(t)
	masking.root = obj{"echo_endpoint": true, "endpoints": list{
		obj{"endpoint": "/mask", "method": "GET", "backend": backend("json", modifier)},
		obj{"endpoint": "/mask/at-endpoint", "method": "GET", "backend": backend("json", obj{}), "extra_config": modifier},
		obj{"endpoint": "/mask/no-op", "method": "GET", "output_encoding": "no-op", "backend": backend("no-op", modifier)},
		obj{"endpoint": "/plain", "method": "GET", "backend": backend("json", obj{})},
	}}
	masking.start(t)

	for path, want := range map[string]string{
		"/mask": "/__echo/XXX-6789", "/mask/at-endpoint": "/__echo/XXX-6789", "/mask/no-op": "/__echo/XXX-6789", "/plain": "/__echo/123456789",
	} {
		t.Run(path, func(t *testing.T) {
			resp, err := masking.client.Get(masking.url + path)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			var body struct {
				Details map[string]string `json:"req_uri_details"`
				URI     string            `json:"req_uri"`
			}
			if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
				t.Fatal(err)
			}
			if body.Details["path"] != want || body.URI != "/__echo/123456789" {
				t.Errorf("path %q, want %q; req_uri %q", body.Details["path"], want, body.URI)
			}
		})
	}
}

func TestFieldsOfDecodedAnswers(t *testing.T) {
	t.Parallel()
	const number = "4539-1488-0343-6467"
	collection := fields(t, `{"modifiers":[{"upper":{"field":"collection.*.user"}},{"literal":{"field":"collection.1.user","find":"B","replace":"<b>"}}]}`).decoded("json")
	collection.collection = true
	failing := fields(t, `{"modifiers":[{"regexp":{"field":"error_bank.http_body","find":"[\\d-]+(\\d{4})","replace":"XXXX-${1}"}}]}`).decoded("json")
	failing.backendExtra = obj{"backend/http": obj{"return_error_details": "bank"}}
	merged := fields(t, `{"modifiers":[{"upper":{"field":"b0.name"}},{"lower":{"field":"b1.name"}}]}`).decoded("json")
	merged.backends, merged.atEndpoint = 2, true
	answer := func(body string) func(received) reply { return say("application/json", body) }
	scenarios := atBothLevels(
		scenario{
			name: "playground", route: fields(t, cardFields).decoded("json"), secrets: []string{number},
			answer: answer(`{"name":"Ann","credit_card":{"number":"` + number + `","cvv":7}}`), userJSON: `{"name":"Ann","credit_card":{"number":"XXXX-6467","cvv":7}}`,
		},
		scenario{
			name: "all operations", route: fields(t, `{"modifiers":[{"trim":{"field":"a.*","find":"_"}},{"upper":{"field":"a.0"}},{"lower":{"field":"a.1"}},{"literal":{"field":"a.1","find":".","replace":""}}]}`).decoded("json"),
			answer: answer(`{"a":["_ab_","_C.D_",1.50,null,{"0":"_x_"}]}`), userJSON: `{"a":["AB","cd",1.50,null,{"0":"_x_"}]}`,
		},
		scenario{
			name: "missing fields and other types", route: fields(t, cardFields).decoded("json"),
			answer: answer(`{"credit_card":[{"number":"` + number + `"}],"number":1}`), userJSON: `{"credit_card":[{"number":"` + number + `"}],"number":1}`,
		},
		scenario{
			name: "collection", route: collection,
			answer: answer(`[{"user":"ann"},{"user":"bob"}]`), userJSON: `{"collection":[{"user":"ANN"},{"user":"<b>O<b>"}]}`,
		},
		scenario{
			name: "string encoding", route: fields(t, `{"modifiers":[{"regexp":{"field":"content","find":"\\d","replace":"#"}}]}`).decoded("string"),
			answer: say("text/plain", "a1b2"), userCheck: func(t *testing.T, r result) { sameBytes(t, "the user got", r.body, "a#b#") },
		},
		scenario{
			name: "legacy", route: fieldRoute(t, "content-replacer", `{"data.credit_card":{"find":"(^\\d{4})(.*)","replace":"${1}-XXXX","regexp":true},"message":{"find":" items left","replace":""}}`).decoded("json"),
			answer: answer(`{"data":{"credit_card":"1234567890"},"message":"3 items left"}`), userJSON: `{"data":{"credit_card":"1234-XXXX"},"message":"3"}`,
		},
		scenario{
			name: "error of the backend", route: failing, secrets: []string{number},
			answer: func(received) reply {
				return reply{status: 503, header: http.Header{"Content-Type": {"text/plain"}}, body: []byte("card " + number)}
			},
			userJSON: `{"error_bank":{"http_status_code":503,"http_body":"card XXXX-6467","http_body_encoding":"text/plain"}}`,
		},
	)
	for i := range scenarios {
		// The JSON of a collection is wrapped unless the output says otherwise.
		scenarios[i].send = message{noType: true}
	}
	fieldGroup(t).run(t, scenarios)

	g := fieldGroup(t)
	e := g.add(merged, answer(`{"name":"Ann"}`))
	g.start(t)
	res := e.send(t, message{noType: true})
	sameJSON(t, "after the merge, the user got", res.body, `{"b0":{"name":"ANN"},"b1":{"name":"ann"}}`)
}

// As in KrakenD's playground, where an allow list stands beside the modifier.
func TestFieldsBesideAnAllowList(t *testing.T) {
	t.Parallel()
	g := fieldGroup(t)
	e := g.add(fields(t, cardFields), say("application/json", `{"credit_card":{"number":"4539-1488-0343-6467","cvv":123},"name":"Ann","secret":"x"}`))
	modifier := e.config(g.upstream.URL, "")["backend"].(list)[0].(obj)["extra_config"]
	g.root = obj{"endpoints": list{obj{"endpoint": "/allowed", "backend": list{obj{
		"url_pattern": "/" + e.id, "host": list{g.upstream.URL}, "allow": list{"credit_card.number", "name"}, "extra_config": modifier,
	}}}}}
	g.start(t)
	resp, err := g.client.Get(g.url + "/allowed")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	sameJSON(t, "the user got", body, `{"credit_card":{"number":"XXXX-6467"},"name":"Ann"}`)
}

func TestFieldsOfRawAnswers(t *testing.T) {
	t.Parallel()
	const (
		number = "4539-1488-0343-6467"
		in     = "{ \"z\":1.50e3,\n\t\"credit_card\" : {\"number\":\"" + number + "\", \"note\":\"\\u0041\\/\"}, \"a\":[ ] }\n"
		out    = "{ \"z\":1.50e3,\n\t\"credit_card\" : {\"number\":\"XXXX-6467\", \"note\":\"\\u0041\\/\"}, \"a\":[ ] }\n"
	)
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = w.Write([]byte(in))
	_ = w.Close()
	changed := func(t *testing.T, r result) {
		t.Helper()
		sameBytes(t, "the user got", r.body, out)
		if r.header.Get("Content-Length") != strconv.Itoa(len(out)) || r.header.Get("Etag") != "" || r.header.Get("Content-Encoding") != "" || r.header.Get("X-Kept") != "yes" {
			t.Errorf("the headers do not fit the body: %v", r.header)
		}
	}
	card := fields(t, cardFields)
	acceptGzip := card
	acceptGzip.inputHeaders = []string{"Accept-Encoding"}
	limited := fields(t, strings.Replace(cardFields, "{", `{"max_body_bytes":100,`, 1))
	refuse := func(name string, r route, answer func(received) reply) scenario {
		return scenario{
			name: name, route: r, answer: answer, secrets: []string{number}, status: http.StatusInternalServerError,
			userCheck: func(t *testing.T, res result) {
				checkRefusal(t, res, http.StatusInternalServerError, "unreadable_answer", []string{number})
			},
		}
	}
	partial := func(received) reply {
		return reply{status: http.StatusPartialContent, header: http.Header{"Content-Type": {"application/json"}, "Content-Range": {"bytes 1-2/3"}}, body: []byte(`"` + number + `"`)}
	}
	scenarios := atBothLevels(
		scenario{name: "JSON", route: card, answer: say("application/json", in, "ETag", `"1"`, "X-Kept", "yes"), userCheck: changed, secrets: []string{number}},
		scenario{name: "gzip", route: acceptGzip, send: message{header: http.Header{"Accept-Encoding": {"gzip"}}}, answer: say("application/json", zipped.String(), "ETag", `"1"`, "X-Kept", "yes", "Content-Encoding", "gzip"), userCheck: changed},
		scenario{name: "JSON without a type", route: card, answer: say("", in), userGot: out},
		scenario{name: "JSON called text", route: card, answer: say("text/plain; charset=utf-8", in), userGot: out},
		scenario{
			name: "unchanged", route: card, answer: say("application/json", `{"credit_card" : null}`, "ETag", `"1"`),
			userCheck: func(t *testing.T, r result) {
				sameBytes(t, "the user got", r.body, `{"credit_card" : null}`)
				if r.header.Get("Etag") != `"1"` {
					t.Errorf("ETag is lost: %v", r.header)
				}
			},
		},
		scenario{name: "HTML", route: card, answer: say("text/html", "<p>"+in), userGot: "<p>" + in},
		scenario{name: "JSON that is called a page", route: card, answer: say("text/html", in), userGot: out},
		scenario{name: "an error of the backend", route: card, answer: func(received) reply {
			return reply{status: http.StatusTeapot, header: http.Header{"Content-Type": {"application/problem+json"}}, body: []byte(in)}
		}, status: http.StatusTeapot, userGot: out},
		scenario{name: "JSON Lines", route: card, answer: say("application/x-ndjson", "{\"credit_card\":{\"number\":\"a1234\"}}\n\n{}\n"), userGot: "{\"credit_card\":{\"number\":\"XXXX-1234\"}}\n\n{}\n"},
		refuse("broken", card, say("application/json", in[:len(in)-3])),
		refuse("unknown encoding", acceptGzip, say("application/json", in, "Content-Encoding", "br")),
		refuse("too large", limited, say("application/json", in+strings.Repeat(" ", 100))),
		refuse("a part", card, partial),
		refuse("multipart", card, say("multipart/mixed; boundary=x", "--x\r\nContent-Type: application/json\r\n\r\n"+in+"\r\n--x--")),
	)
	fieldGroup(t).run(t, scenarios)
}

func TestFieldsOfAnEventStreamAsTheyArrive(t *testing.T) {
	t.Parallel()
	const (
		number = "4539-1488-0343-6467"
		event  = "id: 1\ndata: {\"n\":1.0, \"credit_card\":{\"number\":\"" + number + "\"}}\n\n"
		masked = "id: 1\ndata: {\"n\":1.0, \"credit_card\":{\"number\":\"XXXX-6467\"}}\n\n"
		lines  = ": beat\n\ndata: {\"credit_card\":\ndata: {\"number\":\"" + number + "\"}}\n\ndata: [DONE]\n\n"
		after  = ": beat\n\ndata: {\"credit_card\":\ndata: {\"number\":\"XXXX-6467\"}}\n\ndata: [DONE]\n\n"
		broken = "data: {\"credit_card\":{\"number\":\"" + number + "\"\n\n"
	)
	g := fieldGroup(t)
	atEndpoint := fields(t, cardFields)
	atEndpoint.atEndpoint = true
	levels := map[string]*endpoint{"backend": g.add(fields(t, cardFields), nil), "endpoint": g.add(atEndpoint, nil)}
	arrived := map[string]chan bool{}
	for level, e := range levels {
		seen := make(chan bool)
		arrived[level] = seen
		e.serve = func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = io.WriteString(w, event)
			_ = http.NewResponseController(w).Flush()
			select { // the second event waits until the user has the first
			case <-seen:
			case <-time.After(5 * time.Second):
			case <-r.Context().Done():
			}
			_, _ = io.WriteString(w, lines+broken+event)
		}
	}
	g.start(t)
	for level, e := range levels {
		t.Run(level, func(t *testing.T) {
			t.Parallel()
			g.hide(number)
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			resp, err := e.open(ctx, message{noType: true})
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body := readFirst(t, resp.Body, "\n\n", arrived[level])
			got, refusal, ok := strings.Cut(body, "event: error\ndata: ")
			if !ok || !strings.Contains(refusal, "unreadable_answer") || !strings.HasSuffix(refusal, "}\n\n") {
				t.Errorf("the stream ends with %q", refusal)
			}
			sameBytes(t, "before that, the user got", []byte(got), masked+after)
		})
	}
}

func TestFieldModifiersInTheLog(t *testing.T) {
	t.Parallel()
	g := fieldGroup(t)
	g.add(fields(t, `{"modifiers":[{"regexp":{"field":"a.b","find":"zq(\\d{4})","replace":"$1XXXX"}},{"lower":{"field":"c"}}]}`).decoded("json"), nil)
	g.start(t)
	log := g.log.String()
	for _, want := range []string{
		"modifier/response-body: operations: 2, fields: a.b, c",
		"field modifiers[0].regexp.replace: $1XXXX names a group that the pattern lacks, so nothing is put in its place; write ${1}XXXX",
	} {
		if !strings.Contains(log, want) {
			t.Errorf("the log does not say %q", want)
		}
	}
	if strings.Contains(log, "zq") {
		t.Error("the log shows the pattern")
	}
}

func TestBadFieldSettingsStopTheStart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		route route
		says  []string
	}{
		{"broken pattern", fields(t, `{"modifiers":[{"regexp":{"field":"a","find":"zq(","replace":""}}]}`), []string{"modifier/response-body", "modifiers[0].regexp.find", "missing closing )"}},
		{"unknown operation", fields(t, `{"modifiers":[{"title":{"field":"a"}}]}`), []string{"modifiers[0].title", "unknown"}},
		{"empty path", fields(t, `{"modifiers":[{"lower":{"field":"a..b"}}]}`), []string{"modifiers[0].lower.field", "empty"}},
		{"legacy without a path", fieldRoute(t, "content-replacer", `{}`), []string{"content-replacer", "no field"}},
		{"no settings", route{names: []string{"modifier/response-body"}, noPolicy: true}, []string{"modifier/response-body", "missing"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := fieldGroup(t)
			defer g.upstream.Close()
			g.add(c.route, nil)
			if err := g.tryStart(t); err == nil || !strings.Contains(err.Error(), "exit status 1") {
				t.Fatalf("the gateway did not refuse to start: %v\n%s", err, g.log.tail())
			}
			output := g.log.String()
			var lines []string
			for _, line := range strings.Split(output, "\n") {
				if strings.Contains(line, "CRITICAL") {
					lines = append(lines, line)
				}
			}
			if len(lines) != 1 {
				t.Fatalf("%d lines say what is wrong:\n%s", len(lines), output)
			}
			for _, word := range c.says {
				if !strings.Contains(lines[0], word) {
					t.Errorf("%q does not name %q", lines[0], word)
				}
			}
			if strings.Contains(output, "zq") {
				t.Errorf("the output shows the pattern:\n%s", output)
			}
		})
	}
}
