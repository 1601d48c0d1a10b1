package fieldpath

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
)

// Edit is a change to the strings at a path.
type Edit struct {
	Path   Path
	Change func(text string) string
}

// Apply makes the edits, in order, to the strings of a decoded JSON document.
// Where anything changes it returns new maps and lists: what was handed in is
// never written to. Values of Go types that encoding/json does not decode to,
// such as structs, are taken for the JSON that they are encoded to.
func Apply(document interface{}, edits []Edit) interface{} {
	t := tree{edits: edits, live: make([]int, len(edits), 4*len(edits))}
	for i := range edits {
		t.live[i] = i
	}
	out, _ := t.value(document, 0, t.live)
	return out
}

// tree walks a document once for all edits. live is a stack: the edits whose
// paths lead to a value stand above those of the container around it.
type tree struct {
	edits []Edit
	live  []int
}

func (t *tree) value(v interface{}, depth int, live []int) (out interface{}, changed bool) {
	if len(live) == 0 {
		return v, false
	}
	switch v := v.(type) {
	case nil, bool, json.Number, float64:
		return v, false
	case string:
		text := t.text(v, depth, live)
		return text, text != v
	case map[string]interface{}:
		return t.object(v, depth, live)
	case []interface{}:
		return t.list(v, depth, live)
	}
	plain, ok := decoded(v)
	if !ok {
		return v, false
	}
	if out, changed = t.value(plain, depth, live); !changed {
		return v, false
	}
	return out, true
}

func (t *tree) text(s string, depth int, live []int) string {
	for _, i := range live {
		if len(t.edits[i].Path.segments) == depth {
			s = t.edits[i].Change(s)
		}
	}
	return s
}

func (t *tree) object(m map[string]interface{}, depth int, live []int) (interface{}, bool) {
	var out map[string]interface{}
	visit := func(key string, v interface{}) {
		changed, ok := t.child(v, depth, live, func(s segment) bool { return s.any || s.name == key })
		if !ok {
			return
		}
		if out == nil {
			out = make(map[string]interface{}, len(m))
			for k, v := range m {
				out[k] = v
			}
		}
		out[key] = changed
	}
	if names, some := t.names(depth, live); some {
		for _, name := range names {
			if v, ok := m[name]; ok {
				visit(name, v)
			}
		}
	} else {
		for key, v := range m {
			visit(key, v)
		}
	}
	if out == nil {
		return m, false
	}
	return out, true
}

// names returns the keys that the paths name at a depth, each once, and false
// when one of them names all.
func (t *tree) names(depth int, live []int) (names []string, some bool) {
	for _, i := range live {
		path := t.edits[i].Path.segments
		if len(path) <= depth {
			continue
		}
		if path[depth].any {
			return nil, false
		}
		if !slices.Contains(names, path[depth].name) {
			names = append(names, path[depth].name)
		}
	}
	return names, true
}

func (t *tree) list(l []interface{}, depth int, live []int) (interface{}, bool) {
	var out []interface{}
	for i, v := range l {
		changed, ok := t.child(v, depth, live, func(s segment) bool { return s.any || s.index == i })
		if !ok {
			continue
		}
		if out == nil {
			out = append([]interface{}{}, l...)
		}
		out[i] = changed
	}
	if out == nil {
		return l, false
	}
	return out, true
}

// child goes on to a value in a container, with the edits whose next segment
// leads there.
func (t *tree) child(v interface{}, depth int, live []int, leads func(segment) bool) (interface{}, bool) {
	start := len(t.live)
	for _, i := range live {
		path := t.edits[i].Path.segments
		if len(path) > depth && leads(path[depth]) {
			t.live = append(t.live, i)
		}
	}
	out, changed := t.value(v, depth+1, t.live[start:])
	t.live = t.live[:start]
	return out, changed
}

// decoded returns a value of another type as the JSON that it is encoded to.
// Only what may hold a string is worth it.
func decoded(v interface{}) (plain interface{}, ok bool) {
	switch reflect.ValueOf(v).Kind() {
	case reflect.String, reflect.Map, reflect.Slice, reflect.Array, reflect.Struct, reflect.Pointer:
	default:
		return nil, false
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil, false
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return plain, d.Decode(&plain) == nil
}
