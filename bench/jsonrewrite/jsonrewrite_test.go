// Package jsonrewrite measures what it costs to change a few fields of a JSON
// answer: in place on the raw bytes, as modifier/response-body does, against
// decoding, changing and encoding it, and against sjson, field by field.
package jsonrewrite

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/fieldpath"
	"github.com/krakend-redact/krakend-redact/internal/httpbody"
	"github.com/krakend-redact/krakend-redact/internal/responsebody"
	"github.com/krakend-redact/krakend-redact/internal/valueops"
	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"
)

// rule is one operation. path is written for sjson too, where # stands for
// every element when reading.
type rule struct {
	path   string
	change valueops.Op
}

// few are five rules on single fields, many five rules on a field of every
// element.
var (
	mask = valueops.Regexp(regexp.MustCompile(`^.*(\d{4})`), "XXXX-${1}")
	few  = []rule{
		{"customer.card", mask},
		{"customer.email", valueops.Lower()},
		{"customer.name", valueops.Trim(" ")},
		{"orders.10.card", mask},
		{"orders.200.note", valueops.Literal("customer", "client")},
	}
	many = []rule{
		{"orders.*.card", mask},
		{"orders.*.email", valueops.Lower()},
		{"orders.*.name", valueops.Trim(" ")},
		{"orders.*.id", valueops.Upper()},
		{"orders.*.note", valueops.Literal("customer", "client")},
	}
)

// document makes an answer of about 100 KB.
func document() string {
	var b strings.Builder
	b.WriteString(`{"customer":{"card":"4539-1488-0343-6467","email":"Ann@Example.com","name":" Ann "},"orders":[`)
	for i := 0; b.Len() < 100<<10; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"a%d","card":"4539-1488-0343-%04d","email":"User%d@Example.com","name":" Ann %d ","total":%d.50,"paid":true,"note":"The customer said: \"later\".\nSecond line, café."}`, i, i, i, i, i)
	}
	b.WriteString(`]}`)
	return b.String()
}

func edits(tb testing.TB, rules []rule) []fieldpath.Edit {
	tb.Helper()
	var edits []fieldpath.Edit
	for _, r := range rules {
		p, err := fieldpath.Compile(r.path)
		if err != nil {
			tb.Fatal(err)
		}
		edits = append(edits, fieldpath.Edit{Path: p, Change: r.change})
	}
	return edits
}

// inPlace is what modifier/response-body does with a no-op answer.
func inPlace(tb testing.TB, rules []rule) func(doc string) string {
	editor := responsebody.New(edits(tb, rules), 10<<20)
	return func(doc string) string {
		result, err := editor.Raw(strings.NewReader(doc), httpbody.Content{Type: "application/json"}, false, nil)
		if err != nil {
			tb.Fatal(err)
		}
		var out strings.Builder
		out.Grow(len(doc))
		if _, err := io.Copy(&out, result.Body); err != nil {
			tb.Fatal(err)
		}
		return out.String()
	}
}

// decodeEncode is what KrakenD's JSON encoding with the modifier does.
func decodeEncode(tb testing.TB, rules []rule) func(doc string) string {
	list := edits(tb, rules)
	return func(doc string) string {
		d := json.NewDecoder(strings.NewReader(doc))
		d.UseNumber()
		var v interface{}
		if err := d.Decode(&v); err != nil {
			tb.Fatal(err)
		}
		out, err := json.Marshal(fieldpath.Apply(v, list))
		if err != nil {
			tb.Fatal(err)
		}
		return string(out)
	}
}

// perField reads each field with gjson and sets it with sjson.
func perField(tb testing.TB, rules []rule) func(doc string) string {
	return func(doc string) string {
		set := func(path string, change valueops.Op) {
			before := gjson.Get(doc, path)
			if before.Type != gjson.String {
				return
			}
			var err error
			if doc, err = sjson.Set(doc, path, change(before.Str)); err != nil {
				tb.Fatal(err)
			}
		}
		for _, r := range rules {
			list, rest, ok := strings.Cut(r.path, ".*.")
			if !ok {
				set(r.path, r.change)
				continue
			}
			for i := int64(0); i < gjson.Get(doc, list+".#").Int(); i++ {
				set(list+"."+strconv.FormatInt(i, 10)+"."+rest, r.change)
			}
		}
		return doc
	}
}

var ways = []struct {
	name string
	make func(testing.TB, []rule) func(string) string
}{
	{"in place", inPlace}, {"decode and encode", decodeEncode}, {"sjson per field", perField},
}

func TestAllWaysComeToTheSame(t *testing.T) {
	doc := document()
	for name, rules := range map[string][]rule{"few": few, "many": many} {
		var want string
		for _, way := range ways {
			var v interface{}
			if err := json.Unmarshal([]byte(way.make(t, rules)(doc)), &v); err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			if want == "" {
				want = string(got)
			}
			if string(got) != want || want == doc {
				t.Errorf("%s, %s: the result differs", name, way.name)
			}
		}
	}
}

func BenchmarkRewrite(b *testing.B) {
	doc := document()
	for _, fields := range []struct {
		name  string
		rules []rule
	}{{"5 fields", few}, {"5 fields of every element", many}} {
		for _, way := range ways {
			b.Run(fields.name+"/"+way.name, func(b *testing.B) {
				rewrite := way.make(b, fields.rules)
				b.SetBytes(int64(len(doc)))
				b.ReportAllocs()
				for i := 0; i < b.N; i++ {
					rewrite(doc)
				}
			})
		}
	}
}
