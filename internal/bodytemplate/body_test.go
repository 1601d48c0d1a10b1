package bodytemplate

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestBody(t *testing.T) {
	t.Parallel()
	list := func(v ...interface{}) []interface{} { return v }
	const parts = "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n" +
		"--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n2\r\n" +
		"--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.png\"\r\nContent-Type: image/png\r\n\r\n\xff\x00\r\n--B--\r\n"
	for _, c := range []struct {
		name, contentType, text string
		want                    interface{}
		err                     error
	}{
		{"object", "application/json", `{"a":1,"b":[true,null]}`, object{"a": int64(1), "b": list(true, nil)}, nil},
		{"charset", "application/json; charset=utf-8", `{"a":1}`, object{"a": int64(1)}, nil},
		{"suffix", "application/vnd.x+json", `{"a":1.0}`, object{"a": json.Number("1.0")}, nil},
		{"array", "application/json", `[1]`, list(int64(1)), nil},
		{"scalar", "application/json", `"x"`, "x", nil},
		{"null", "application/json", `null`, nil, nil},
		{"byte order mark", "application/json", "\ufeff{}", object{}, nil},
		{"empty", "application/json", " \n", object{}, nil},
		{"empty without a type", "", "", object{}, nil},
		{"broken", "application/json", `{"a"`, nil, ErrBrokenJSON},
		{"two documents", "application/json", `{} {}`, nil, ErrBrokenJSON},
		{"too deep", "application/json", strings.Repeat("[", 20000) + strings.Repeat("]", 20000), nil, ErrBrokenJSON},
		{"lines", "application/x-ndjson", "{\"a\":1}\n[2]\n", list(object{"a": int64(1)}, list(int64(2))), nil},
		{"broken lines", "application/x-ndjson", "{\"a\":1}\n[2\n", nil, ErrBrokenJSON},
		{"sniffed object", "", ` {"a":1}`, object{"a": int64(1)}, nil},
		{"sniffed array", "application/octet-stream", `[1]`, list(int64(1)), nil},
		{"sniffed text", "", `"x"`, "x", nil},
		{"not quite JSON", "", `{"a"`, object{"content": `{"a"`}, nil},
		{"number without a type", "", `1`, object{"content": "1"}, nil},
		{"JSON that curl calls a form", "application/x-www-form-urlencoded", `{"a":1}`, object{"a": int64(1)}, nil},
		{"form", "application/x-www-form-urlencoded", "a=1&b=x+y%21&a=2\n", object{"a": list("1", "2"), "b": list("x y!")}, nil},
		{"broken form", "application/x-www-form-urlencoded", "a=%zz", nil, ErrBrokenForm},
		{"multipart", "multipart/form-data; boundary=B", parts, object{
			"a": list("1", "2"), "f": list(object{"filename": "x.png", "content_type": "image/png", "content": "\xff\x00"}),
		}, nil},
		{"multipart without an end", "multipart/form-data; boundary=B", parts[:60], nil, ErrBrokenParts},
		{"multipart without a boundary", "multipart/form-data", parts, nil, ErrBrokenParts},
		{"XML", "application/xml", "<a>1</a>", object{"content": "<a>1</a>"}, nil},
		{"text", "text/plain; charset=UTF-8", " x\n", object{"content": " x\n"}, nil},
		{"text that looks like JSON", "text/plain", `{"a":1}`, object{"content": `{"a":1}`}, nil},
		{"no type", "", "hello", object{"content": "hello"}, nil},
		{"bad type", "///", "hello", object{"content": "hello"}, nil},
		{"binary", "image/png", "\x89PNG\xff", nil, ErrNotText},
		{"Latin-1", "text/plain; charset=iso-8859-1", "a", nil, ErrNotText},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := Body(c.text, c.contentType)
			if !errors.Is(err, c.err) || !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %#v, %v; want %#v, %v", got, err, c.want, c.err)
			}
		})
	}
}

func TestData(t *testing.T) {
	t.Parallel()
	got := Request{
		Headers: map[string][]string{"x-name": {"b"}, "X-NAME": {"a"}, "Accept": {"c"}},
		Query:   map[string][]string{"q": {"1", "2"}},
		Params:  map[string]string{"id": "7", "Éa": "8", "\x00redact.vault": "secret", "": "9"},
		Path:    "/a",
	}.Data(object{"n": json.Number("1")})
	want := object{
		"req_headers":     object{"X-Name": []string{"a", "b"}, "Accept": []string{"c"}},
		"req_querystring": object{"q": []string{"1", "2"}},
		"req_params":      object{"Id": "7", "Éa": "8", "": "9"},
		"req_path":        "/a",
		"variables":       object{"n": int64(1)},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %#v, want %#v", got, want)
	}
}

func TestCheckJSON(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ output, want string }{
		{` {"a":1} `, ""},
		{`"x"`, ""},
		{" \n", "the output is empty, which is no JSON document"},
		{"{\n\"a\": hunter2}", "the output is not valid JSON at its line 2, column 7 of 15 bytes: write texts with toJson"},
		{`{"a": "hunter2"`, "the output is not valid JSON at its line 1, column 16 of 15 bytes: write texts with toJson"},
		{`{"a": <no value>}`, "the output is not valid JSON at its line 1, column 8 of 17 bytes: a field seems to be absent: give it a default"},
		{"{\"a\": \"\xff\"}", "the output is not UTF-8: write texts with toJson"},
	} {
		got := ""
		if err := CheckJSON(c.output); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%q: got %q, want %q", c.output, got, c.want)
		}
	}
}

func TestShape(t *testing.T) {
	t.Parallel()
	long := make([]interface{}, 1000)
	deep := interface{}("x")
	for i := 0; i < 20; i++ {
		deep = object{"d": deep}
	}
	for _, c := range []struct {
		v    interface{}
		want string
	}{
		{nil, "null"},
		{"hunter2", "text of 7 bytes"},
		{int64(7), "number"},
		{json.Number("7.5"), "number"},
		{true, "boolean"},
		{[]string{"ab", "c"}, "list of 2 texts of 2, 1 bytes"},
		{object{"b": "hunter2", "a\n": list2("x", int64(1))}, "object of 2\n  key of 2 bytes: list of 2\n    0: text of 1 bytes\n    1: number\n  \"b\": text of 7 bytes"},
		{struct{ X string }{"hunter2"}, "value of type struct { X string }"},
	} {
		if got := Shape(c.v); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	if n := strings.Count(Shape(long), "\n"); n != maxShapeEntries {
		t.Errorf("%d lines", n)
	}
	if n := strings.Count(Shape(deep), "\n"); n >= 10 {
		t.Errorf("%d levels", n)
	}
}

func list2(v ...interface{}) []interface{} { return v }

func TestShapeHidesKeys(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"my ssn is 123-45-6789", "123-45-6789", "jane@example.com", "Jürgen", strings.Repeat("a", 65), "", "a\n"} {
		form, err := Body(strings.NewReplacer("=", "").Replace(text), "application/x-www-form-urlencoded")
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range []interface{}{form, object{"x": []interface{}{object{text: 1}}}} {
			got := Shape(v)
			if text != "" && text != "a\n" && strings.Contains(got, text) || strings.Contains(got, `\n`) {
				t.Errorf("%q is shown: %s", text, got)
			}
		}
		if got, want := Shape(object{text: nil}), fmt.Sprintf("object of 1\n  key of %d bytes: null", len(text)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	for _, key := range []string{"message", "X-User", "$a", "_b", "a.b", strings.Repeat("a", 64)} {
		if got, want := Shape(object{key: nil}), "object of 1\n  \""+key+"\": null"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
