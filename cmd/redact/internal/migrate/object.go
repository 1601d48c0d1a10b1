package migrate

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// object is an object of a source that is being read. What nobody asks for is lost,
// and listed.
type object struct {
	b      *builder
	path   string
	fields map[string]any
	seen   map[string]bool
}

// object reads a value as an object; one of another type is lost.
func (b *builder) object(path string, v any) *object {
	fields, ok := v.(map[string]any)
	if !ok {
		b.lose(path, "is no object")
	}
	return &object{b, path, fields, map[string]bool{}}
}

func (o *object) at(key string) string {
	if o.path == "" {
		return key
	}
	return o.path + "." + key
}

// get returns a field; its name may be written in another case.
func (o *object) get(key string) (v any, path string) {
	name := key
	if _, ok := o.fields[key]; !ok {
		for other := range o.fields {
			if strings.EqualFold(other, key) {
				name = other
			}
		}
	}
	o.seen[name] = true
	return o.fields[name], o.at(name)
}

// text returns a text, "" for none. A value of another type is lost.
func (o *object) text(key string) string {
	v, path := o.get(key)
	s, ok := v.(string)
	if v != nil && !ok {
		o.b.lose(path, "is no text")
	}
	return s
}

// flag returns a switch, false for none.
func (o *object) flag(key string) (on, has bool) {
	v, path := o.get(key)
	on, ok := v.(bool)
	if v != nil && !ok {
		o.b.lose(path, "is neither true nor false")
	}
	return on, ok
}

// list returns a list, nil for none.
func (o *object) list(key string) (list []any, path string) {
	v, path := o.get(key)
	list, ok := v.([]any)
	if maps, isMaps := v.([]map[string]any); isMaps { // TOML's arrays of tables
		for _, m := range maps {
			list = append(list, m)
		}
		ok = true
	}
	if v != nil && !ok {
		o.b.lose(path, "is no list")
	}
	return list, path
}

// texts returns a list of texts; elements of other types are lost.
func (o *object) texts(key string) (list []string, path string) {
	all, path := o.list(key)
	for i, v := range all {
		s, ok := v.(string)
		if !ok {
			o.b.lose(fmt.Sprintf("%s[%d]", path, i), "is no text")
			continue
		}
		list = append(list, s)
	}
	return list, path
}

// lose lists fields that are there as lost.
func (o *object) lose(reason string, keys ...string) {
	for _, key := range keys {
		if v, path := o.get(key); v != nil {
			o.b.lose(path, reason)
		}
	}
}

// ignore lists fields that are there as ignored.
func (o *object) ignore(reason string, keys ...string) {
	for _, key := range keys {
		if v, path := o.get(key); v != nil {
			o.b.ignore(path, reason)
		}
	}
}

// close lists what nobody has asked for as lost.
func (o *object) close() {
	for _, key := range slices.Sorted(maps.Keys(o.fields)) {
		if !o.seen[key] {
			o.b.lose(o.at(key), "has no counterpart here that this tool knows of")
		}
	}
}

// first reads the first object of a document that is what is looked for. Further
// ones are lost, and all else is ignored. It tells whether there was one.
func (b *builder) first(path string, v any, is func(map[string]any) bool, read func(*object), what string) bool {
	seen := false
	var visit func(path string, v any) bool
	visit = func(path string, v any) (has bool) {
		children := map[string]any{}
		var names []string
		switch v := v.(type) {
		case map[string]any:
			if is(v) {
				if seen {
					b.lose(path, "is another "+what+"; migrate it to a policy of its own")
				} else {
					seen = true
					read(b.object(path, v))
				}
				return true
			}
			for _, key := range slices.Sorted(maps.Keys(v)) {
				at := strings.TrimPrefix(path+"."+key, ".")
				names, children[at] = append(names, at), v[key]
			}
		case []any:
			for i, element := range v {
				at := fmt.Sprintf("%s[%d]", path, i)
				names, children[at] = append(names, at), element
			}
		}
		known := len(b.result.Ignored)
		for _, at := range names {
			if visit(at, children[at]) {
				has = true
			} else {
				b.ignore(at, "is not about sensitive data")
			}
		}
		if !has {
			// All of it is ignored by whoever asked.
			b.result.Ignored = b.result.Ignored[:known]
		}
		return has
	}
	return visit(path, v) && seen
}
