package bodytemplate

import (
	"encoding/json"
	"fmt"
	"reflect"
	"text/template"

	"github.com/krakend-redact/krakend-redact/internal/filled"
)

// maxDepth bounds how deep a value that is printed may be nested: printing is
// recursive, and a stack overflow ends the process. JSON that is read has at
// most 10,000 levels.
const maxDepth = 20_000

const errDeep = reason("the value is nested too deeply")

// checkPrint is the function that output is sent through.
const checkPrint = "_print"

// printable returns what it is given, unless it is too large or too deep.
func printable(v interface{}) interface{} {
	size(v)
	return v
}

// measured are the functions that print or copy all that they are given. Lists
// that hold a list twice, and so on, grow exponentially there.
var measured = []string{
	"print", "println", "html", "js", "urlquery", "cat", "quote", "squote", "toString", "toStrings", "sortAlpha",
	"toJson", "toRawJson", "mustToJson", "mustToRawJson", "deepCopy", "mustDeepCopy", "deepEqual",
	"has", "mustHas", "without", "mustWithout",
	"merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite",
}

// printers are text/template's own functions among them.
var printers = filled.Map(map[string]interface{}{
	"print":    fmt.Sprint,
	"println":  fmt.Sprintln,
	"html":     template.HTMLEscaper,
	"js":       template.JSEscaper,
	"urlquery": template.URLQueryEscaper,
})

func checkSize(args []reflect.Value) {
	m := meter{left: MaxOutput}
	for _, arg := range args {
		m.add(arg.Interface(), 0)
	}
}

// checkPretty counts the indentation too: it grows with the depth of a value
// times its length.
func checkPretty(args []reflect.Value) {
	m := meter{left: MaxOutput, indent: 2}
	m.add(args[0].Interface(), 0)
}

// PrettyFits tells whether a value, indented as JSON, stays within [MaxOutput].
func PrettyFits(v interface{}) (fits bool) {
	defer func() { fits = recover() == nil }()
	checkPretty([]reflect.Value{reflect.ValueOf(&v).Elem()})
	return
}

// size returns about how long the text of a value is.
func size(v interface{}) int {
	m := meter{left: MaxOutput}
	m.add(v, 0)
	return MaxOutput - m.left
}

// meter counts the bytes and the nodes of values, and panics with a reason
// where they are too many.
type meter struct{ left, indent, nodes int }

func (m *meter) spend(n int) {
	if m.left -= n; m.left < 0 {
		panic(errLength)
	}
}

func (m *meter) add(v interface{}, depth int) {
	m.enter(depth)
	switch v := v.(type) {
	case nil, bool, int, int64, float64:
	case string:
		m.spend(len(v))
	case json.Number:
		m.spend(len(v))
	case []interface{}:
		for _, inner := range v {
			m.add(inner, depth+1)
		}
	case map[string]interface{}:
		for key, inner := range v {
			m.spend(len(key))
			m.add(inner, depth+1)
		}
	default:
		m.reflected(reflect.ValueOf(v), depth)
	}
}

func (m *meter) enter(depth int) {
	if depth > maxDepth {
		panic(errDeep)
	}
	m.nodes++
	m.spend(1 + m.indent*depth)
}

func (m *meter) reflected(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.String:
		m.spend(v.Len())
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			m.spend(v.Len()) // without a look at each
			return
		}
		for i := 0; i < v.Len(); i++ {
			m.inner(v.Index(i), depth+1)
		}
	case reflect.Map:
		for entries := v.MapRange(); entries.Next(); {
			m.inner(entries.Key(), depth+1)
			m.inner(entries.Value(), depth+1)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			m.inner(v.Elem(), depth+1)
		}
	}
}

func (m *meter) inner(v reflect.Value, depth int) {
	if v.Kind() == reflect.Interface {
		m.add(v.Interface(), depth)
		return
	}
	m.enter(depth)
	m.reflected(v, depth)
}
