package fieldpath_test

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/fieldpath"
)

func decode(t *testing.T, doc string) interface{} {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(doc))
	d.UseNumber()
	var v interface{}
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func encode(t *testing.T, v interface{}) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// marking makes edits that append their number, counted from 1, to each string.
func marking(t *testing.T, paths ...string) []fieldpath.Edit {
	t.Helper()
	edits := make([]fieldpath.Edit, len(paths))
	for i, expression := range paths {
		p, err := fieldpath.Compile(expression)
		if err != nil {
			t.Fatal(err)
		}
		edits[i] = fieldpath.Edit{Path: p, Change: func(s string) string { return s + strconv.Itoa(i+1) }}
	}
	return edits
}

func TestApply(t *testing.T) {
	for _, tt := range []struct{ name, doc, paths, want string }{
		{"root key", `{"a":"x","b":"y"}`, "a", `{"a":"x1","b":"y"}`},
		{"nested", `{"a":{"b":{"c":"x"}}}`, "a.b.c", `{"a":{"b":{"c":"x1"}}}`},
		{"missing", `{"a":{"b":"x"}}`, "c a.c a.b.c a.b.0 a.b.*", `{"a":{"b":"x"}}`},
		{"an object on the way is no string", `{"a":{"b":"x"}}`, "a", `{"a":{"b":"x"}}`},
		{"other types", `{"n":1,"t":true,"z":null,"o":{},"l":[]}`, "n t z o l *", `{"l":[],"n":1,"o":{},"t":true,"z":null}`},
		{"in order", `{"a":"x"}`, "a * a", `{"a":"x123"}`},
		{"star over an array", `{"d":[{"u":"x"},{"u":"y"},{"v":"z"},7]}`, "d.*.u", `{"d":[{"u":"x1"},{"u":"y1"},{"v":"z"},7]}`},
		{"star over an object", `{"d":{"a":"x","b":{"c":"y"}}}`, "d.*", `{"d":{"a":"x1","b":{"c":"y"}}}`},
		{"star over both", `{"d":[["x"],{"k":"y"}]}`, "d.*.*", `{"d":[["x1"],{"k":"y1"}]}`},
		{"stars and names together", `{"d":{"a":{"b":"x"},"c":{"b":"y"}}}`, "d.*.b d.a.b d.c.b", `{"d":{"a":{"b":"x12"},"c":{"b":"y13"}}}`},
		{"index", `{"d":["x","y"]}`, "d.1", `{"d":["x","y1"]}`},
		{"index out of range", `{"d":["x"]}`, "d.1 d.99999999999999999999", `{"d":["x"]}`},
		{"a negative index is a key", `{"d":["x"],"e":{"-1":"y"}}`, "d.-1 e.-1", `{"d":["x"],"e":{"-1":"y2"}}`},
		{"a number is a key in an object", `{"d":{"0":"x","1":"y"}}`, "d.0", `{"d":{"0":"x1","1":"y"}}`},
		{"no index in an object", `{"d":{"a":"x"}}`, "d.0", `{"d":{"a":"x"}}`},
		{"leading zeros", `{"d":["x","y"],"e":{"01":"z","1":"z"}}`, "d.01 e.01", `{"d":["x","y1"],"e":{"01":"z2","1":"z"}}`},
		{"key in an array", `{"d":["x"]}`, "d.x", `{"d":["x"]}`},
		{"array at the root", `["x",{"a":"y"}]`, "0 *.a", `["x1",{"a":"y2"}]`},
		{"string at the root", `"x"`, "a *", `"x"`},
		{"escaped dot", `{"a.b":"x","a":{"b":"y"}}`, `a\.b`, `{"a":{"b":"y"},"a.b":"x1"}`},
		{"escaped star", `{"*":"x","a":"y"}`, `\*`, `{"*":"x1","a":"y"}`},
		{"escaped backslash", `{"a\\b":"x"}`, `a\\b`, `{"a\\b":"x1"}`},
		{"the same edit twice", `{"a":[{"b":"x"},{"b":"y"}]}`, "a.*.b a.*.b", `{"a":[{"b":"x12"},{"b":"y12"}]}`},
		{"nothing to do", `{"a":"x"}`, "", `{"a":"x"}`},
	} {
		doc := decode(t, tt.doc)
		before := encode(t, doc)
		got := fieldpath.Apply(doc, marking(t, strings.Fields(tt.paths)...))
		if encode(t, got) != tt.want {
			t.Errorf("%s: %s becomes %s, want %s", tt.name, tt.doc, encode(t, got), tt.want)
		}
		if encode(t, doc) != before {
			t.Errorf("%s: what was handed in has changed to %s", tt.name, encode(t, doc))
		}
	}
}

func TestApplySharesWhatDoesNotChange(t *testing.T) {
	doc, _ := decode(t, `{"a":{"x":"1"},"b":{"x":"2"},"c":["y"]}`).(map[string]interface{})
	same := func(x, y interface{}) bool {
		return reflect.ValueOf(x).UnsafePointer() == reflect.ValueOf(y).UnsafePointer()
	}
	out, _ := fieldpath.Apply(doc, marking(t, "a.x", "b.y", "c.7")).(map[string]interface{})
	if same(out, doc) || same(out["a"], doc["a"]) || !same(out["b"], doc["b"]) || !same(out["c"], doc["c"]) {
		t.Errorf("got %v", out)
	}
	if out := fieldpath.Apply(doc, marking(t, "a", "nowhere", "c.x")); !same(out, doc) {
		t.Errorf("nothing changed, but there is a copy: %v", out)
	}
}

// KrakenD puts structs into the data with return_error_details, and some
// decoders do.
func TestApplyReadsOtherTypesAsTheirJSON(t *testing.T) {
	type failure struct {
		Code int    `json:"http_status_code"`
		Body string `json:"http_body,omitempty"`
	}
	type named string
	doc := func() map[string]interface{} {
		return map[string]interface{}{
			"error": failure{500, "x"}, "pointer": &failure{500, "x"}, "nil": (*failure)(nil),
			"map": map[string]string{"a": "x"}, "list": []string{"x"}, "named": named("x"),
			"number": 7, "func": func() {}, "odd": []interface{}{make(chan int)},
		}
	}
	in := doc()
	out, _ := fieldpath.Apply(in, marking(t, "error.http_body", "pointer.http_body", "nil.a", "map.*", "list.0", "named", "number", "func.a", "odd.*.a")).(map[string]interface{})
	for key, want := range map[string]string{
		"error": `{"http_body":"x1","http_status_code":500}`, "pointer": `{"http_body":"x2","http_status_code":500}`,
		"nil": "null", "map": `{"a":"x4"}`, "list": `["x5"]`, "named": `"x6"`, "number": "7",
	} {
		if got := encode(t, out[key]); got != want {
			t.Errorf("%s becomes %s, want %s", key, got, want)
		}
	}
	if f, _ := in["error"].(failure); f.Body != "x" {
		t.Error("what was handed in has changed")
	}
	same, _ := fieldpath.Apply(in, marking(t, "error.other", "map.other")).(map[string]interface{})
	if _, ok := same["error"].(failure); !ok {
		t.Errorf("nothing changed, but the type did: %T", same["error"])
	}
}

// reference applies one edit in the plainest way.
func reference(v interface{}, path []string, change func(string) string) interface{} {
	if len(path) == 0 {
		if s, ok := v.(string); ok {
			return change(s)
		}
		return v
	}
	switch v := v.(type) {
	case map[string]interface{}:
		out := map[string]interface{}{}
		for k, x := range v {
			if out[k] = x; path[0] == "*" || path[0] == k {
				out[k] = reference(x, path[1:], change)
			}
		}
		return out
	case []interface{}:
		out := append([]interface{}{}, v...)
		for i, x := range v {
			if n, err := strconv.Atoi(path[0]); path[0] == "*" || err == nil && n == i {
				out[i] = reference(x, path[1:], change)
			}
		}
		return out
	}
	return v
}

func FuzzApply(f *testing.F) {
	f.Add(`{"a":[{"b":"x"},"y",{"0":{"b":"z"}}],"0":"w"}`, "a.*.b", "*.0.*")
	f.Add(`[["x"],{"1":"y"}]`, "*.01", "1.1")
	f.Fuzz(func(t *testing.T, doc, first, second string) {
		if strings.Contains(first+second, `\`) || !json.Valid([]byte(doc)) {
			return
		}
		var edits []fieldpath.Edit
		v := decode(t, doc)
		want := v
		for i, expression := range []string{first, second} {
			p, err := fieldpath.Compile(expression)
			if err != nil {
				return
			}
			change := func(s string) string { return s + strconv.Itoa(i+1) }
			edits = append(edits, fieldpath.Edit{Path: p, Change: change})
			want = reference(want, strings.Split(expression, "."), change)
		}
		before := encode(t, v)
		if got := fieldpath.Apply(v, edits); encode(t, got) != encode(t, want) {
			t.Errorf("%s, %q, %q: got %s, want %s", doc, first, second, encode(t, got), encode(t, want))
		}
		if encode(t, v) != before {
			t.Errorf("what was handed in has changed to %s", encode(t, v))
		}
	})
}

func BenchmarkApply(b *testing.B) {
	list := make([]interface{}, 1000)
	for i := range list {
		list[i] = map[string]interface{}{"user": "Ann", "mail": "a@b.io", "n": json.Number("1")}
	}
	doc := map[string]interface{}{"data": list}
	var edits []fieldpath.Edit
	paths := []string{"data.*.user", "data.*.mail", "data.7.user", "nowhere.*.x"}
	for _, expression := range paths {
		p, err := fieldpath.Compile(expression)
		if err != nil {
			b.Fatal(err)
		}
		edits = append(edits, fieldpath.Edit{Path: p, Change: strings.ToUpper})
	}
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		fieldpath.Apply(doc, edits)
	}
}
