package modifiers

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/lurax"
)

// startFields makes a modifier of the name from the text of its settings.
func startFields(t *testing.T, name, settings string) (modify modifier, log *testLog, codes []int) {
	t.Helper()
	extra := object{"name": []interface{}{name}}
	if settings != "" {
		var v interface{}
		if err := json.Unmarshal([]byte(settings), &v); err != nil {
			t.Fatalf("%s: %v", settings, err)
		}
		extra[name] = v
	}
	return start(name, extra)
}

func TestFieldModifiersOnDecodedData(t *testing.T) {
	for _, tt := range []struct{ name, modifier, settings, data, want string }{
		{
			"seed example", responseBodyName,
			`{"modifiers":[{"regexp":{"@comment":"Example of masking SSN","field":"req_uri_details.path","find":"([\\d+\\-\\s]*)(\\d{4})","replace":"XXX-$2"}}]}`,
			`{"req_uri_details":{"path":"/__echo/123456789"}}`, `{"req_uri_details":{"path":"/__echo/XXX-6789"}}`,
		},
		{
			"playground", responseBodyName,
			`{"modifiers":[{"regexp":{"field":"credit_card.number","find":"^.*(\\d{4})","replace":"XXXX-${1}"}}]}`,
			`{"credit_card":{"number":"4539-1111-2222-3333","n":1}}`, `{"credit_card":{"n":1,"number":"XXXX-3333"}}`,
		},
		{
			"all operations, from top to bottom", responseBodyName,
			`{"modifiers":[{"trim":{"field":"a","find":" _"}},{"upper":{"field":"a"}},{"literal":{"field":"a","find":"A","replace":"b"}},{"regexp":{"field":"a","find":"[A-Z]","replace":"."}},{"lower":{"field":"b"}}]}`,
			`{"a":"_ axA _","b":"X"}`, `{"a":"b.b","b":"x"}`,
		},
		{
			"the order matters", responseBodyName,
			`{"modifiers":[{"literal":{"field":"a","find":"A","replace":"b"}},{"upper":{"field":"a"}}]}`, `{"a":"aA"}`, `{"a":"AB"}`,
		},
		{
			"arrays, objects and indexes", responseBodyName,
			`{"modifiers":[{"upper":{"field":"collection.*.u"}},{"lower":{"field":"collection.0.u"}},{"upper":{"field":"m.*"}}]}`,
			`{"collection":[{"u":"Aa"},{"u":"Aa"}],"m":{"x":"a","0":"b"}}`, `{"collection":[{"u":"aa"},{"u":"AA"}],"m":{"0":"B","x":"A"}}`,
		},
		{"keys with dots", responseBodyName, `{"modifiers":[{"upper":{"field":"a\\.b"}}]}`, `{"a.b":"x","a":{"b":"y"}}`, `{"a":{"b":"y"},"a.b":"X"}`},
		{"string encoding", responseBodyName, `{"modifiers":[{"literal":{"field":"content","find":"a","replace":""}}]}`, `{"content":"banana"}`, `{"content":"bnn"}`},
		{"missing paths and other types", responseBodyName, `{"modifiers":[{"upper":{"field":"a"}},{"upper":{"field":"b.c"}},{"upper":{"field":"d"}}]}`, `{"a":1,"d":{"e":"x"}}`, `{"a":1,"d":{"e":"x"}}`},
		{"no modifiers", responseBodyName, `{"modifiers":[]}`, `{"a":"x"}`, `{"a":"x"}`},
		{"nothing but comments", responseBodyName, `{"@comment":"x"}`, `{"a":"x"}`, `{"a":"x"}`},
		{
			"legacy", contentReplacerName,
			`{"@c":1,"data.credit_card":{"find":"(^\\d{4})(.*)","replace":"${1}-XXXX","regexp":true},"message":{"find":" items left","replace":""}}`,
			`{"data":{"credit_card":"1234567890"},"message":"3 items left"}`, `{"data":{"credit_card":"1234-XXXX"},"message":"3"}`,
		},
		{"legacy finds literally", contentReplacerName, `{"a":{"find":".","replace":"$1","regexp":false}}`, `{"a":"x.y"}`, `{"a":"x$1y"}`},
		{"legacy goes by path", contentReplacerName, `{"a.b":{"find":"2","replace":"3"},"a.*":{"find":"1","replace":"2"}}`, `{"a":{"b":"1","c":"1"}}`, `{"a":{"b":"3","c":"2"}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			modify, log, codes := startFields(t, tt.modifier, tt.settings)
			if codes != nil {
				t.Fatalf("KrakenD ends with %v: %v", codes, log.lines)
			}
			var data map[string]interface{}
			if err := json.Unmarshal([]byte(tt.data), &data); err != nil {
				t.Fatal(err)
			}
			before := fmt.Sprint(data)
			out, err := modify(&response{data: data})
			if err != nil {
				t.Fatal(err)
			}
			answer, _ := out.(lurax.ResponseWrapper)
			if got, _ := json.Marshal(answer.Data()); string(got) != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if fmt.Sprint(data) != before {
				t.Errorf("the data that was handed in has changed to %v", data)
			}
			if warnings := log.withLevel("WARNING"); len(warnings) > 0 {
				t.Errorf("warnings: %v", warnings)
			}
		})
	}
}

const upperSettings = `{"modifiers":[{"upper":{"field":"a"}}],"max_body_bytes":100}`

func TestFieldModifiersOnRawAnswers(t *testing.T) {
	zipped := gzipped(`{"a":"x"}`)
	describing := func(contentType, encoding string) map[string][]string {
		h := map[string][]string{"content-type": {contentType}, "Content-Length": {"9"}, "Etag": {"x"}, "Digest": {"x"}, "X-Other": {"y"}}
		if encoding != "" {
			h["Content-Encoding"] = []string{encoding}
		}
		return h
	}
	for _, tt := range []struct {
		name, contentType, encoding, body, want string
		// headers are those that must be there beside Content-Type and X-Other.
		headers map[string][]string
	}{
		{"changed", "application/json", "", `{"a" : "xyz"}`, `{"a" : "XYZ"}`, map[string][]string{"Content-Length": {"13"}}},
		{"unchanged", "application/json", "", `{"b" : "x"}`, `{"b" : "x"}`, map[string][]string{"Content-Length": {"9"}, "Etag": {"x"}, "Digest": {"x"}}},
		{"compressed", "application/json", "gzip", zipped, `{"a":"X"}`, map[string][]string{"Content-Length": {"9"}}},
		{"HTML", "text/html", "br", `{"a":"x"}`, `{"a":"x"}`, map[string][]string{"Content-Length": {"9"}, "Etag": {"x"}, "Digest": {"x"}, "Content-Encoding": {"br"}}},
		{"events", "text/event-stream", "", "data: {\"a\":\"x\"}\n\n", "data: {\"a\":\"X\"}\n\n", nil},
		{"lines", "application/x-ndjson", "", "{\"a\":\"x\"}\n", "{\"a\":\"X\"}\n", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			modify, _, _ := startFields(t, responseBodyName, upperSettings)
			in := &response{request: "the request", data: object{}, io: strings.NewReader(tt.body), headers: describing(tt.contentType, tt.encoding), status: 201}
			out, err := modify(in)
			if err != nil {
				t.Fatal(err)
			}
			answer, _ := out.(*lurax.Response)
			got, err := io.ReadAll(answer.Io())
			if string(got) != tt.want || err != nil {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
			want := map[string][]string{"content-type": {tt.contentType}, "X-Other": {"y"}}
			for k, v := range tt.headers {
				want[k] = v
			}
			if !reflect.DeepEqual(answer.Headers(), want) {
				t.Errorf("headers %v, want %v", answer.Headers(), want)
			}
			if !reflect.DeepEqual(in.headers, describing(tt.contentType, tt.encoding)) {
				t.Errorf("the headers that were handed in have changed to %v", in.headers)
			}
			if answer.StatusCode() != 201 || !answer.IsComplete() || answer.Request() != "the request" {
				t.Error("status, completeness or request has changed")
			}
		})
	}
}

func TestFieldModifiersRefuseWhatTheyCannotLookInto(t *testing.T) {
	for _, tt := range []struct {
		name, contentType, encoding, body string
		status                            int
		reason                            string
	}{
		{"broken", "application/json", "", `{"a":"zqzq"`, 200, "not valid JSON"},
		{"too large", "application/json", "", `"` + strings.Repeat("zqzq", 30) + `"`, 200, "max_body_bytes"},
		{"encoding", "application/json", "br", "zqzq", 200, "Content-Encoding"},
		{"a part", "application/json", "", `"zqzq"`, 206, "206"},
		{"multipart", "multipart/mixed; boundary=x", "", "zqzq", 200, "multipart"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			modify, log, _ := startFields(t, responseBodyName, upperSettings)
			headers := map[string][]string{"Content-Type": {tt.contentType}, "Content-Encoding": {tt.encoding}}
			out, err := modify(&response{io: strings.NewReader(tt.body), headers: headers, status: tt.status})
			var refusal *lurax.Error
			if out != nil || !errors.As(err, &refusal) || refusal.Status != http.StatusInternalServerError || refusal.Code != "unreadable_answer" {
				t.Fatalf("%v, %v", out, err)
			}
			lines := log.withLevel("ERROR")
			if len(lines) != 1 || !strings.Contains(lines[0], responseBodyName) || !strings.Contains(lines[0], tt.reason) {
				t.Errorf("logged %q", lines)
			}
			if text := strings.Join(log.lines, "\n") + err.Error(); strings.Contains(text, "zqzq") {
				t.Errorf("the answer shows: %s", text)
			}
		})
	}
}

func TestAStreamThatCannotBeLookedIntoEndsWithTheRefusal(t *testing.T) {
	modify, log, _ := startFields(t, responseBodyName, upperSettings)
	out, err := modify(&response{io: strings.NewReader("data: {\"a\":\"x\"}\n\ndata: {\"a\":\"zqzq\n\n"), headers: map[string][]string{"Content-Type": {"text/event-stream"}}})
	if err != nil {
		t.Fatal(err)
	}
	answer, _ := out.(lurax.ResponseWrapper)
	got, err := io.ReadAll(answer.Io())
	want := "data: {\"a\":\"X\"}\n\nevent: error\ndata: " + errUnreadableAnswer.Error() + "\n\n"
	if string(got) != want || err != nil {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	if lines := log.withLevel("ERROR"); len(lines) != 1 || strings.Contains(lines[0], "zqzq") {
		t.Errorf("logged %q", lines)
	}
}

func TestFieldModifiersRefuseForeignValues(t *testing.T) {
	modify, _, _ := startFields(t, responseBodyName, upperSettings)
	if out, err := modify("no answer"); out != nil || !errors.Is(err, errInternal) {
		t.Errorf("%v, %v", out, err)
	}
}

func TestAPanicOfFieldModifiersDoesNotEscape(t *testing.T) {
	modify, log, _ := startFields(t, responseBodyName, upperSettings)
	out, err := modify(&response{io: panicking{"zqzq"}, headers: map[string][]string{"Content-Type": {"application/json"}}})
	if out != nil || !errors.Is(err, errInternal) {
		t.Errorf("%v, %v", out, err)
	}
	if lines := log.withLevel("ERROR"); len(lines) != 1 || strings.Contains(lines[0], "zqzq") {
		t.Errorf("logged %q", lines)
	}
}

func TestFieldModifiersSayWhatTheyDo(t *testing.T) {
	for _, tt := range []struct{ modifier, settings, want string }{
		{responseBodyName, `{"modifiers":[{"upper":{"field":"a.b"}},{"trim":{"field":"c.*","find":"zq"}},{"lower":{"field":"a.b"}}]}`, "modifier/response-body: operations: 3, fields: a.b, c.*"},
		{responseBodyName, `{}`, "modifier/response-body: there are no operations, so answers stay as they are"},
		{contentReplacerName, `{"b":{"find":"zq","replace":""},"a":{"find":"zq","replace":""}}`, "content-replacer: operations: 2, fields: a, b"},
	} {
		_, log, _ := startFields(t, tt.modifier, tt.settings)
		if got := log.withLevel("INFO"); !reflect.DeepEqual(got, []string{tt.want}) {
			t.Errorf("logged %q, want %q", got, tt.want)
		}
	}
}

func TestUnknownGroupsGiveAWarning(t *testing.T) {
	for _, tt := range []struct {
		modifier, settings string
		says               []string
	}{
		{responseBodyName, `{"modifiers":[{"upper":{"field":"a"}},{"regexp":{"field":"a","find":"zq(\\d{4})","replace":"$1XXXX"}}]}`, []string{responseBodyName, "modifiers[1].regexp.replace", "$1XXXX ", "write ${1}XXXX"}},
		{responseBodyName, `{"modifiers":[{"regexp":{"field":"a","find":"zq","replace":"$1"}}]}`, []string{"modifiers[0].regexp.replace", "$1 ", "$$"}},
		{contentReplacerName, `{"a.b":{"find":"zq(x)","replace":"$1_","regexp":true}}`, []string{contentReplacerName, "a.b.replace", "write ${1}_"}},
	} {
		_, log, codes := startFields(t, tt.modifier, tt.settings)
		lines := log.withLevel("WARNING")
		if len(lines) != 1 || codes != nil {
			t.Errorf("%s: %v, %q", tt.settings, codes, lines)
			continue
		}
		for _, word := range tt.says {
			if !strings.Contains(lines[0], word) {
				t.Errorf("%q does not say %q", lines[0], word)
			}
		}
		if strings.Contains(lines[0], "zq") {
			t.Errorf("%q shows the pattern", lines[0])
		}
	}
	if _, log, _ := startFields(t, contentReplacerName, `{"a":{"find":"x","replace":"$1XXXX"}}`); len(log.withLevel("WARNING")) > 0 {
		t.Errorf("a literal has no groups: %v", log.lines)
	}
}

func TestBadFieldSettingsStopTheStart(t *testing.T) {
	item := func(operation string) string { return `{"modifiers":[{"lower":{"field":"ok"}},` + operation + `]}` }
	for _, tt := range []struct {
		name, modifier, settings string
		says                     []string
	}{
		{"no settings", responseBodyName, "", []string{responseBodyName, "missing"}},
		{"no settings, legacy", contentReplacerName, "", []string{contentReplacerName, "missing"}},
		{"no object", responseBodyName, `[]`, []string{responseBodyName, "object"}},
		{"null", responseBodyName, `null`, []string{responseBodyName, "object"}},
		{"unknown field", responseBodyName, `{"modifier":[]}`, []string{"field modifier:", "unknown", "max_body_bytes, modifiers"}},
		{"no list", responseBodyName, `{"modifiers":{}}`, []string{"field modifiers:", "list"}},
		{"list of null", responseBodyName, `{"modifiers":null}`, []string{"field modifiers:", "list"}},
		{"list of texts", responseBodyName, `{"modifiers":["zq"]}`, []string{"field modifiers[0]:", "object"}},
		{"limit", responseBodyName, `{"max_body_bytes":0}`, []string{"field max_body_bytes:", "at least 1"}},
		{"limit of another type", responseBodyName, `{"max_body_bytes":"1"}`, []string{"field max_body_bytes:", "number"}},
		{"no operation", responseBodyName, item(`{}`), []string{"field modifiers[1]:", "one operation, not 0"}},
		{"two operations", responseBodyName, item(`{"lower":{"field":"a"},"upper":{"field":"a"}}`), []string{"field modifiers[1]:", "one operation, not 2"}},
		{"unknown operation", responseBodyName, item(`{"title":{"field":"a"}}`), []string{"field modifiers[1].title:", "unknown", "literal, lower, regexp, trim, upper"}},
		{"operation of another type", responseBodyName, item(`{"regexp":[]}`), []string{"field modifiers[1].regexp:", "object"}},
		{"no field", responseBodyName, item(`{"lower":{}}`), []string{"field modifiers[1].lower.field:", "missing"}},
		{"field of another type", responseBodyName, item(`{"lower":{"field":7}}`), []string{"field modifiers[1].lower.field:", "string"}},
		{"field null", responseBodyName, item(`{"lower":{"field":null}}`), []string{"field modifiers[1].lower.field:", "string"}},
		{"empty path", responseBodyName, item(`{"lower":{"field":""}}`), []string{"field modifiers[1].lower.field:", "empty"}},
		{"empty segment", responseBodyName, item(`{"lower":{"field":"a..b"}}`), []string{"field modifiers[1].lower.field:", "empty"}},
		{"bad escape", responseBodyName, item(`{"lower":{"field":"a\\b"}}`), []string{"field modifiers[1].lower.field:", "backslash"}},
		{"lower takes no find", responseBodyName, item(`{"lower":{"field":"a","find":"zq"}}`), []string{"field modifiers[1].lower.find:", "unknown"}},
		{"trim takes no replace", responseBodyName, item(`{"trim":{"field":"a","find":"zq","replace":"zq"}}`), []string{"field modifiers[1].trim.replace:", "unknown"}},
		{"no find", responseBodyName, item(`{"literal":{"field":"a","replace":"zq"}}`), []string{"field modifiers[1].literal.find:", "missing"}},
		{"no replace", responseBodyName, item(`{"regexp":{"field":"a","find":"zq"}}`), []string{"field modifiers[1].regexp.replace:", "missing"}},
		{"empty find", responseBodyName, item(`{"literal":{"field":"a","find":"","replace":"zq"}}`), []string{"field modifiers[1].literal.find:", "empty"}},
		{"empty cutset", responseBodyName, item(`{"trim":{"field":"a","find":""}}`), []string{"field modifiers[1].trim.find:", "empty"}},
		{"broken pattern", responseBodyName, item(`{"regexp":{"field":"a","find":"zq(","replace":""}}`), []string{"field modifiers[1].regexp.find:", "missing closing )", "google/re2"}},
		{"look-around", responseBodyName, item(`{"regexp":{"field":"a","find":"(?<!x)zq","replace":""}}`), []string{"field modifiers[1].regexp.find:", "look-around"}},
		{"legacy, no path", contentReplacerName, `{"@comment":"zq"}`, []string{contentReplacerName, "no field"}},
		{"legacy, no object", contentReplacerName, `{"a":"zq"}`, []string{"field a:", "object"}},
		{"legacy, bad path", contentReplacerName, `{"a..b":{"find":"zq","replace":"zq"}}`, []string{"field a..b:", "empty"}},
		{"legacy, no find", contentReplacerName, `{"a.b":{"replace":"zq"}}`, []string{"field a.b.find:", "missing"}},
		{"legacy, no replace", contentReplacerName, `{"a.b":{"find":"zq"}}`, []string{"field a.b.replace:", "missing"}},
		{"legacy, unknown field", contentReplacerName, `{"a.b":{"find":"zq","replace":"","regex":true}}`, []string{"field a.b.regex:", "unknown"}},
		{"legacy, regexp of another type", contentReplacerName, `{"a.b":{"find":"zq","replace":"","regexp":"yes"}}`, []string{"field a.b.regexp:", "true or false"}},
		{"legacy, broken pattern", contentReplacerName, `{"a.b":{"find":"zq[","replace":"","regexp":true}}`, []string{"field a.b.find:", "missing closing ]"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			modify, log, codes := startFields(t, tt.modifier, tt.settings)
			lines := log.withLevel("CRITICAL")
			if !reflect.DeepEqual(codes, []int{1}) || len(lines) != 1 || len(log.lines) != 1 {
				t.Fatalf("KrakenD ends with %v: %q", codes, log.lines)
			}
			for _, word := range append(tt.says, settingsPlace, tt.modifier) {
				if !strings.Contains(lines[0], word) {
					t.Errorf("%q does not say %q", lines[0], word)
				}
			}
			if strings.Contains(lines[0], "zq") {
				t.Errorf("%q shows a value", lines[0])
			}
			if out, err := modify(&response{}); out != nil || !errors.Is(err, errInternal) {
				t.Errorf("an answer goes through: %v, %v", out, err)
			}
		})
	}
}

func TestFieldModifiersRunInParallel(t *testing.T) {
	modify, _, _ := startFields(t, responseBodyName, `{"modifiers":[{"upper":{"field":"a.*"}},{"trim":{"field":"a.*","find":"X"}}]}`)
	shared := map[string]interface{}{"a": []interface{}{"xyx", "z"}}
	var wg sync.WaitGroup
	for i := 0; i < 8; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for n := 0; n < 100; n++ {
				out, err := modify(&response{data: shared})
				answer, ok := out.(lurax.ResponseWrapper)
				if err != nil || !ok || fmt.Sprint(answer.Data()) != "map[a:[Y Z]]" {
					t.Errorf("%v, %v", out, err)
					return
				}
			}
		}()
	}
	wg.Wait()
}
