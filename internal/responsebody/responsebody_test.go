package responsebody_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/krakend-redact/krakend-redact/internal/fieldpath"
	"github.com/krakend-redact/krakend-redact/internal/httpbody"
	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
	"github.com/krakend-redact/krakend-redact/internal/responsebody"
	"github.com/krakend-redact/krakend-redact/internal/valueops"
)

const limit = 3000

func edit(t testing.TB, path string, op valueops.Op) fieldpath.Edit {
	t.Helper()
	p, err := fieldpath.Compile(path)
	if err != nil {
		t.Fatal(err)
	}
	return fieldpath.Edit{Path: p, Change: op}
}

// cards masks the field card, at the root and in the elements of the root.
func cards(t testing.TB) *responsebody.Editor {
	mask := valueops.Regexp(regexp.MustCompile(`^.*(\d{4})`), "XXXX-${1}")
	return responsebody.New([]fieldpath.Edit{edit(t, "card", mask), edit(t, "*.card", mask)}, limit)
}

const number = "4111-1111-1111-1234"

func raw(e *responsebody.Editor, body string, c httpbody.Content) (out string, result responsebody.Result, stopped, err error) {
	result, err = e.Raw(strings.NewReader(body), c, false, func(reason error) string {
		stopped = reason
		return `{"error":"stopped"}`
	})
	if err != nil {
		return "", result, nil, err
	}
	text, err := io.ReadAll(result.Body)
	return string(text), result, stopped, err
}

func TestDocumentKeepsEveryOtherByte(t *testing.T) {
	lower, upper := valueops.Lower(), valueops.Upper()
	editor := responsebody.New([]fieldpath.Edit{
		edit(t, "a", upper),
		edit(t, "list.*.name", upper),
		edit(t, "list.0.name", valueops.Literal("X", `<"\>`)),
		edit(t, `dotted\.key`, lower),
		edit(t, "0", upper),
		edit(t, "é", upper),
	}, limit)
	for _, tt := range []struct{ name, doc, want string }{
		{"spacing, order, numbers", "{ \"z\" :1.50e+03,\n\t\"a\":\"x\" , \"b\":\"x\" }\r\n", "{ \"z\" :1.50e+03,\n\t\"a\":\"X\" , \"b\":\"x\" }\r\n"},
		{"escapes elsewhere", `{"b":"\u0041\/","a":"x"}`, `{"b":"\u0041\/","a":"X"}`},
		{"an unchanged string keeps its escapes", `{"a":"\u0041\/"}`, `{"a":"\u0041\/"}`},
		{"escaped as it must be", `{"list":[{"name":"x\n"}]}`, `{"list":[{"name":"<\"\\>\n"}]}`},
		{"escaped key", `{"\u0061":"x","dotted\u002ekey":"A"}`, `{"\u0061":"X","dotted\u002ekey":"a"}`},
		{"non-ASCII", `{"é":"é","a":"日本ß"}`, `{"é":"É","a":"日本ß"}`},
		{"both of a key that stands twice", `{"a":"x","a":"y"}`, `{"a":"X","a":"Y"}`},
		{"elements", `{"list":[{"name":"ax"},{"name":"ax"}]}`, `{"list":[{"name":"A<\"\\>"},{"name":"AX"}]}`},
		{"array at the root", `["x","y"]`, `["X","y"]`},
		{"key that is a number", `{"0":"x"}`, `{"0":"X"}`},
		{"keys are no strings", `{"a":{"a":"x"}}`, `{"a":{"a":"x"}}`},
		{"scalars", `"a"`, `"a"`},
		{"other types", `{"a":1,"list":null}`, `{"a":1,"list":null}`},
		{"empty", ``, ``},
		{"byte order mark", "\xef\xbb\xbf{\"a\":\"x\"}", "\xef\xbb\xbf{\"a\":\"X\"}"},
		{"half a surrogate pair elsewhere", `{"b":"\ud800","a":"x"}`, `{"b":"\ud800","a":"X"}`},
		{"half a surrogate pair is one character", `{"a":"\ud800x\udc00","b":"\ud800"}`, "{\"a\":\"\ufffdX\ufffd\",\"b\":\"\\ud800\"}"},
		{"several documents", "{\"a\":\"x\"}\n{\"a\":\"y\"}", "{\"a\":\"X\"}\n{\"a\":\"Y\"}"},
	} {
		got, result, _, err := raw(editor, tt.doc, httpbody.Content{Type: "application/json"})
		if got != tt.want || err != nil {
			t.Errorf("%s: %q, %v; want %q", tt.name, got, err, tt.want)
		}
		if result.Changed != (tt.doc != tt.want) || result.Changed && result.Size != len(tt.want) {
			t.Errorf("%s: changed %v, size %d", tt.name, result.Changed, result.Size)
		}
	}
}

func TestRawByContentType(t *testing.T) {
	doc, masked := `{"card":"`+number+`"}`, `{"card":"XXXX-1234"}`
	broken := doc[:len(doc)-1]
	for _, tt := range []struct {
		contentType, body, want string
		err                     error
	}{
		{"application/json", doc, masked, nil},
		{"application/json; charset=utf-8", doc, masked, nil},
		{"application/vnd.api+json", doc, masked, nil},
		{"application/vnd.x.json", doc, masked, nil},
		{"application/json", broken, "", responsebody.ErrBroken},
		{"application/json", "<html>", "", responsebody.ErrBroken},
		{"application/json", strings.Repeat("[", 1001) + strings.Repeat("]", 1001), "", responsebody.ErrTooDeep},
		{"text/plain", `{"card":"` + number + `","d":` + strings.Repeat("[", 1200) + strings.Repeat("]", 1200) + "}", "", responsebody.ErrTooDeep},
		{"application/json", ")]}',\n" + doc, "", responsebody.ErrBroken},
		{"application/json; charset=utf-16le", "{\x00}\x00", "", httpbody.ErrEncoding},
		{"application/json; charset=utf-7", "{}", "", httpbody.ErrEncoding},
		{"text/plain; charset=utf-16", "{\x00}\x00", "", httpbody.ErrEncoding},
		{"text/html; charset=utf-16", doc, doc, nil},
		{"application/json", "{\x00}\x00", "", responsebody.ErrBroken},
		{"application/json-seq", "\x1e" + doc, "", responsebody.ErrBroken},
		{"application/json", doc + strings.Repeat(" ", limit), "", httpbody.ErrTooLarge},
		{"", doc, masked, nil},
		{"", " \r\n\t" + doc, " \r\n\t" + masked, nil},
		{"", broken, "", responsebody.ErrBroken},
		{"", "plain", "plain", nil},
		{"", "", "", nil},
		{"", strings.Repeat(" ", 5000), "", httpbody.ErrTooLarge},
		{"no type", doc, masked, nil},
		{"application/json, text/html", doc, masked, nil},
		{"text/plain", doc, masked, nil},
		{"text/plain", "\xef\xbb\xbf" + doc, "\xef\xbb\xbf" + masked, nil},
		{"text/plain", broken, broken, nil},
		{"text/plain", "[link] text", "[link] text", nil},
		{"text/plain", strings.Repeat("x", 2*limit), strings.Repeat("x", 2*limit), nil},
		{"text/plain", "[" + strings.Repeat(" ", 2*limit), "", httpbody.ErrTooLarge},
		{"application/octet-stream", doc, masked, nil},
		{"text/html", doc, masked, nil},
		{"text/html", "<p>" + doc, "<p>" + doc, nil},
		{"text/javascript; charset=utf-8", doc, masked, nil},
		{"text/css", broken, broken, nil},
		{"application/xml", doc, doc, nil},
		{"image/png", strings.Repeat("x", 2*limit), strings.Repeat("x", 2*limit), nil},
		{"multipart/mixed; boundary=x", doc, "", responsebody.ErrMultipart},
		{"multipart/byteranges; boundary=x", doc, "", responsebody.ErrMultipart},
	} {
		got, _, _, err := raw(cards(t), tt.body, httpbody.Content{Type: tt.contentType})
		if got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("%q %.40q: %.60q, %v; want %.60q, %v", tt.contentType, tt.body, got, err, tt.want, tt.err)
		}
	}
}

func zipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func deflated(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestRawByEncoding(t *testing.T) {
	doc, masked := `{"card":"`+number+`"}`, `{"card":"XXXX-1234"}`
	event, maskedEvent := "data: "+doc+"\n\n", "data: "+masked+"\n\n"
	nothing := zipped(t, `{"b":1}`)
	for _, tt := range []struct {
		name, contentType, encoding, body, want string
		err                                     error
	}{
		{"gzip", "application/json", "gzip", zipped(t, doc), masked, nil},
		{"gzip that nothing announces", "application/json", "", zipped(t, doc), masked, nil},
		{"deflate", "application/json", "deflate", deflated(t, doc), masked, nil},
		{"nothing to change stays compressed", "application/json", "gzip", nothing, nothing, nil},
		{"unknown", "application/json", "br", doc, "", httpbody.ErrEncoding},
		{"not what it says", "application/json", "gzip", doc, "", httpbody.ErrEncoding},
		{"cut off", "application/json", "gzip", zipped(t, doc)[:30], "", httpbody.ErrEncoding},
		{"a bomb", "application/json", "gzip", zipped(t, "["+strings.Repeat(" ", limit)+"]"), "", httpbody.ErrTooLarge},
		{"broken inside", "application/json", "gzip", zipped(t, "{"), "", responsebody.ErrBroken},
		{"too many times", "application/json", "gzip,gzip,gzip,gzip", doc, "", httpbody.ErrEncoding},
		{"no type, gzip", "", "gzip", zipped(t, doc), masked, nil},
		{"no type, unknown", "", "br", doc, "", httpbody.ErrEncoding},
		{"nothing said at all", "", "", zipped(t, doc), masked, nil},
		{"text, gzip", "text/plain", "gzip", zipped(t, "[x]"), zipped(t, "[x]"), nil},
		{"text, unknown", "text/plain", "br", doc, "", httpbody.ErrEncoding},
		{"HTML, unknown", "text/html", "br", doc, doc, nil},
		{"events", "text/event-stream", "gzip", zipped(t, event), maskedEvent, nil},
		{"events, broken", "text/event-stream", "gzip", zipped(t, "data: {\n\n"), "", responsebody.ErrBroken},
		{"lines", "application/x-ndjson", "gzip", zipped(t, doc+"\n"+doc), masked + "\n" + masked, nil},
		{"lines, broken", "application/x-ndjson", "gzip", zipped(t, doc+"\n{"), "", responsebody.ErrBroken},
	} {
		got, result, _, err := raw(cards(t), tt.body, httpbody.Content{Type: tt.contentType, Encoding: tt.encoding})
		if got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("%s: %q, %v; want %q, %v", tt.name, got, err, tt.want, tt.err)
		}
		if err == nil && result.Changed != (tt.body != tt.want) {
			t.Errorf("%s: changed %v", tt.name, result.Changed)
		}
	}
}

func TestAPartOfADocumentIsRefused(t *testing.T) {
	for contentType, want := range map[string]error{
		"application/json": responsebody.ErrPart, "text/event-stream": responsebody.ErrPart, "": responsebody.ErrPart,
		"text/plain": responsebody.ErrPart, "video/mp4": nil, "text/html": nil,
	} {
		_, err := cards(t).Raw(strings.NewReader(`"`+number+`"`), httpbody.Content{Type: contentType}, true, nil)
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", contentType, err, want)
		}
	}
}

func TestAnAnswerThatIsCutOffIsRefused(t *testing.T) {
	for _, contentType := range []string{"application/json", "", "text/plain"} {
		source := io.MultiReader(strings.NewReader(`{}`), iotest.ErrReader(errors.New("reset, with "+number)))
		_, err := cards(t).Raw(source, httpbody.Content{Type: contentType}, false, nil)
		if !errors.Is(err, responsebody.ErrCutOff) || strings.Contains(err.Error(), number) {
			t.Errorf("%q: %v", contentType, err)
		}
	}
}

func TestWithoutEditsEverythingPasses(t *testing.T) {
	for _, contentType := range []string{"application/json", "text/event-stream", "multipart/mixed"} {
		got, result, _, err := raw(responsebody.New(nil, limit), "{", httpbody.Content{Type: contentType, Encoding: "br"})
		if got != "{" || err != nil || result.Changed {
			t.Errorf("%s: %q, %v", contentType, got, err)
		}
	}
}

func TestEventStream(t *testing.T) {
	const stopped = "event: error\ndata: {\"error\":\"stopped\"}\n\n"
	card, masked := `{"card":"`+number+`"}`, `{"card":"XXXX-1234"}`
	for _, tt := range []struct {
		name, in, want string
		err            error
	}{
		{"events", "data: " + card + "\n\ndata: " + card + "\n\ndata: [DONE]\n\n", "data: " + masked + "\n\ndata: " + masked + "\n\ndata: [DONE]\n\n", nil},
		{"CRLF, fields, comments", ": beat\r\nevent: e\r\nid: 1\r\ndata:" + card + "\r\n\r\n", ": beat\r\nevent: e\r\nid: 1\r\ndata:" + masked + "\r\n\r\n", nil},
		{"CR", "data:" + card + "\r\rdata:" + card + "\r\r", "data:" + masked + "\r\rdata:" + masked + "\r\r", nil},
		{"several lines", "data: {\"a\":1,\ndata: \"card\":\"" + number + "\",\nid: 1\ndata: \"b\":[{\"card\":\"\"}]}\n\n", "data: {\"a\":1,\ndata: \"card\":\"XXXX-1234\",\nid: 1\ndata: \"b\":[{\"card\":\"\"}]}\n\n", nil},
		{"a change on the last of several lines", "data: {\ndata:\ndata:\"card\":\"" + number + "\"}\n\n", "data: {\ndata:\ndata:\"card\":\"XXXX-1234\"}\n\n", nil},
		{"changes on several lines", "data: [" + card + ",\ndata: " + card + "]\n\n", "data: [" + masked + ",\ndata: " + masked + "]\n\n", nil},
		{"a document on every line", "data: " + card + "\ndata: " + card + "\n\n", "data: " + masked + "\ndata: " + masked + "\n\n", nil},
		{"a document and the end on two lines", "data: " + card + "\ndata: [DONE]\n\n", "data: " + masked + "\ndata: [DONE]\n\n", nil},
		{"text and a document on two lines", "data: text\ndata: " + card + "\n\n", "data: text\ndata: " + masked + "\n\n", nil},
		{"text", "data: hello " + card + "\n\ndata: ping\n\n", "data: hello " + card + "\n\ndata: ping\n\n", nil},
		{"scalars", "data: 1\n\ndata: \"x\n\ndata: null\n\n", "data: 1\n\ndata: \"x\n\ndata: null\n\n", nil},
		{"no end", "data: " + card, "data: " + masked, nil},
		{"byte order mark", "\xef\xbb\xbfdata: " + card + "\n\n", "\xef\xbb\xbfdata: " + masked + "\n\n", nil},
		{"documents without a field name", card + "\n" + card + "\n", masked + "\n" + masked + "\n", nil},
		{"broken", "data: " + card + "\n\ndata: " + card[:len(card)-1] + "\n\ndata: x\n\n", "data: " + masked + "\n\n" + stopped, responsebody.ErrBroken},
		{"cut off", "data: " + card[:20], stopped, responsebody.ErrBroken},
		{"broken on several lines", "data: {\"card\":\ndata: \"" + number + "\"\n\n", stopped, responsebody.ErrBroken},
		{"broken without a field name", card[:20] + "\n", stopped, responsebody.ErrBroken},
		{"text that begins as JSON does", "data: [link](x)\n\n", stopped, responsebody.ErrBroken},
		{"too large", "data: ok\n\ndata: " + strings.Repeat("x", limit) + "\n\n", "data: ok\n\n" + stopped, httpbody.ErrTooLarge},
	} {
		got, result, reason, err := raw(cards(t), tt.in, httpbody.Content{Type: "text/event-stream"})
		if got != tt.want || err != nil || !errors.Is(reason, tt.err) {
			t.Errorf("%s\ngot  %q, %v, %v\nwant %q, %v", tt.name, got, reason, err, tt.want, tt.err)
		}
		if !result.Changed || result.Size != -1 {
			t.Errorf("%s: changed %v, size %d", tt.name, result.Changed, result.Size)
		}
	}
}

func TestJSONLines(t *testing.T) {
	const stopped = "{\"error\":\"stopped\"}\n"
	card, masked := `{"card":"`+number+`"}`, `{"card":"XXXX-1234"}`
	for _, tt := range []struct {
		name, in, want string
		err            error
	}{
		{"lines", card + "\n\n" + card + "\r\n" + card, masked + "\n\n" + masked + "\r\n" + masked, nil},
		{"other values", "1\n\"x\"\nnull\n", "1\n\"x\"\nnull\n", nil},
		{"broken", card + "\n{\"card\":\n\"" + number + "\"}\n", masked + "\n" + stopped, responsebody.ErrBroken},
		{"text", "hello\n", stopped, responsebody.ErrBroken},
		{"cut off", card[:20], stopped, responsebody.ErrBroken},
		{"too large", card + "\n" + strings.Repeat(" ", limit+1), masked + "\n" + stopped, httpbody.ErrTooLarge},
	} {
		got, _, reason, err := raw(cards(t), tt.in, httpbody.Content{Type: "application/x-ndjson"})
		if got != tt.want || err != nil || !errors.Is(reason, tt.err) {
			t.Errorf("%s\ngot  %q, %v, %v\nwant %q, %v", tt.name, got, reason, err, tt.want, tt.err)
		}
	}
}

func TestAStreamThatBreaksOffEndsWithoutTheHalfEvent(t *testing.T) {
	broken := errors.New("reset")
	for contentType, first := range map[string]string{"text/event-stream": "data: {}\n\n", "application/x-ndjson": "{}\n"} {
		source := io.MultiReader(strings.NewReader(first+`data: {"card":"`+number), iotest.ErrReader(broken))
		result, err := cards(t).Raw(source, httpbody.Content{Type: contentType}, false, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(result.Body)
		if string(got) != first || !errors.Is(err, broken) {
			t.Errorf("%s: %q, %v", contentType, got, err)
		}
	}
}

func TestData(t *testing.T) {
	data := map[string]interface{}{
		"card": number, "n": json.Number("1.50"),
		"collection": []interface{}{map[string]interface{}{"card": number}}, "content": "text",
	}
	want := map[string]interface{}{
		"card": "XXXX-1234", "n": json.Number("1.50"),
		"collection": []interface{}{map[string]interface{}{"card": "XXXX-1234"}}, "content": "TEXT",
	}
	mask := valueops.Regexp(regexp.MustCompile(`^.*(\d{4})`), "XXXX-${1}")
	editor := responsebody.New([]fieldpath.Edit{
		edit(t, "card", mask), edit(t, "collection.*.card", mask), edit(t, "content", valueops.Upper()),
	}, limit)
	if got := editor.Data(data); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if data["card"] != number {
		t.Error("the data that was handed in has changed")
	}
	if got := editor.Data(nil); got != nil {
		t.Errorf("no data becomes %v", got)
	}
}

// The rewriting of raw bytes must be the same as changing the decoded document,
// and must change nothing but the strings.
func FuzzRawEqualsDecoded(f *testing.F) {
	f.Add(`{"a":[{"b":"x1"},"y",{"0":{"b":"\u0041\n😀"}}],"0":"w","n":1.50}`, "a.*.b", "*.0.*", `x(\d)`, "<$1>")
	f.Add(`{"a":"x","a":{"a":"y"},"b":["\"\\\/"]}`, "a.a", "b.0", `.`, "\"\\\n\x01")
	f.Add(`{"a":"\ud800x\udc00\ud800","b":["\udfff"]}`, "a", "b.0", `.`, "$0-")
	f.Add(`[" a ",["b"],{"é":"É"}]`, "0", `2.é`, `^`, "é")
	f.Fuzz(func(t *testing.T, doc, first, second, find, replace string) {
		if !json.Valid([]byte(doc)) || !utf8.ValidString(doc) || !utf8.ValidString(replace) || strings.TrimSpace(doc) == "" {
			return
		}
		pattern, err := regexp.Compile(find)
		if err != nil || len(doc)*(len(replace)+1) > 1<<16 {
			return
		}
		ops := []valueops.Op{valueops.Regexp(pattern, replace), valueops.Upper(), valueops.Literal("A", replace), valueops.Trim(find), valueops.Lower()}
		var edits []fieldpath.Edit
		for i, op := range ops {
			p, err := fieldpath.Compile([]string{first, second}[i%2])
			if err != nil {
				return
			}
			edits = append(edits, fieldpath.Edit{Path: p, Change: op})
		}
		var others []string // all but strings, with the white space between
		skeleton := func(doc string) (all []string) {
			at := 0
			if err := jsonedit.Walk(doc, 9000, func(x jsonedit.Text, _ *jsonedit.Path) {
				if x.Kind == jsonedit.String {
					all = append(all, doc[at:x.Start])
					at = x.End
				}
			}); err != nil {
				t.Fatalf("%q: %v", doc, err)
			}
			return append(all, doc[at:])
		}
		if strings.Count(doc, "[")+strings.Count(doc, "{") > 900 {
			return
		}
		others = skeleton(doc)

		result, err := responsebody.New(edits, 1<<20).Raw(strings.NewReader(doc), httpbody.Content{Type: "application/json"}, false, nil)
		if err != nil {
			t.Fatalf("%q: %v", doc, err)
		}
		out, _ := io.ReadAll(result.Body)
		if got := skeleton(string(out)); !reflect.DeepEqual(got, others) {
			t.Errorf("%q becomes %q: more than strings has changed", doc, out)
		}
		if got, want := decoded(t, string(out)), fieldpath.Apply(decoded(t, doc), edits); !reflect.DeepEqual(got, want) {
			t.Errorf("%q becomes %q, which is %v; decoded and changed it is %v", doc, out, got, want)
		}
	})
}

func decoded(t *testing.T, doc string) interface{} {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(doc))
	d.UseNumber()
	var v interface{}
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%q: %v", doc, err)
	}
	return v
}

// However a stream arrives, no event with the card goes out, and what goes out
// is the same.
func FuzzEventStreamNeverShowsAField(f *testing.F) {
	for _, s := range []string{
		"data: {\"card\":\"#\"}\n\n", "data: {\ndata: \"card\":\"#\"}\n\n", "\xef\xbb\xbfdata:[{\"card\":\"#\"}]\r\r", "{\"card\":\"#\"}\n",
		"data: {\"card\":\"#\"}\ndata: {\n\n", "data: {\"card\":\n\"#\"}\n\n", "event: x\rdata: {\"a\":1}\rdata: {\"card\":\"#\"}\r\n\r\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, stream string) {
		stream = strings.ReplaceAll(stream, "#", number)
		var outs []string
		for _, source := range []io.Reader{strings.NewReader(stream), iotest.OneByteReader(strings.NewReader(stream))} {
			result, err := cards(t).Raw(source, httpbody.Content{Type: "text/event-stream"}, false, func(error) string { return "{}" })
			if err != nil {
				t.Fatal(err)
			}
			out, err := io.ReadAll(result.Body)
			if err != nil {
				t.Fatal(err)
			}
			outs = append(outs, string(out))
		}
		if outs[0] != outs[1] {
			t.Errorf("%q becomes %q whole, but %q byte by byte", stream, outs[0], outs[1])
		}
		for _, data := range events(outs[0]) {
			var v map[string]interface{}
			if json.Unmarshal([]byte(data), &v) == nil && v["card"] == number {
				t.Errorf("%q becomes %q, which shows the card", stream, outs[0])
			}
		}
	})
}

// events reads a stream as the standard says.
func events(stream string) (all []string) {
	stream = strings.TrimPrefix(stream, "\xef\xbb\xbf")
	stream = strings.ReplaceAll(strings.ReplaceAll(stream, "\r\n", "\n"), "\r", "\n")
	var data []string
	for _, line := range strings.Split(stream, "\n") {
		name, value, _ := strings.Cut(line, ":")
		switch {
		case line == "":
			all = append(all, strings.Join(data, "\n"))
			data = nil
		case name == "data":
			data = append(data, strings.TrimPrefix(value, " "))
		}
	}
	return all
}
