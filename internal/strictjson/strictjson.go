// Package strictjson reads configuration objects in which every mistake is an
// error: unknown and repeated fields, wrong types, trailing text. As everywhere
// in KrakenD, keys that begin with @, $, _ or # are comments.
//
// Its errors name file, rule, field, reason and remedy, and never quote a
// value: a pattern may be the very password that it looks for. The package
// knows nothing of what the fields mean.
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Error is a mistake in a configuration.
type Error struct {
	// File is where the configuration was read from, or a word for where it
	// stands when it has no file.
	File string
	// Rule names the rule in question, empty outside rules.
	Rule string
	// Field is the path of the field, such as redaction_rules[2].pattern.
	Field string
	// Reason says what is wrong.
	Reason string
	// Remedy says how to mend it.
	Remedy string
}

// Error returns one line with all that is known.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Rule != "" {
		fmt.Fprintf(&b, ": rule %q", e.Rule)
	}
	if e.Field != "" {
		b.WriteString(": field " + oneLine(e.Field))
	}
	b.WriteString(": " + e.Reason)
	if e.Remedy != "" {
		b.WriteString("; " + e.Remedy)
	}
	return b.String()
}

// Object is a JSON object that is being read. Its methods record the first
// mistake, which [Object.Close] returns; they leave their target alone when
// the field is absent, so that targets hold the defaults.
type Object struct {
	file   string
	path   string
	rule   string
	fields map[string]json.RawMessage
	known  map[string]bool
	err    *error
	// lacks is the mistake of a field that is not there.
	lacks error
}

// Parse reads the text of one object. file is used in errors only.
func Parse(file string, text []byte) (*Object, error) {
	var first error
	o := &Object{file: file, err: &first}
	o.read(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")))
	return o, first
}

// Value reads an object that is decoded already, as KrakenD hands settings to
// a modifier. at names the place in errors.
func Value(at string, v interface{}) (*Object, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, &Error{File: at, Reason: "cannot be read as JSON", Remedy: "use plain JSON values"}
	}
	return Parse(at, text)
}

func (o *Object) read(text []byte) {
	o.fields = map[string]json.RawMessage{}
	o.known = map[string]bool{}
	if !utf8.Valid(text) {
		// encoding/json would replace the bytes without a word, and a pattern
		// would never match.
		o.Fail("", "is not UTF-8 text", "save it as UTF-8")
		return
	}

	dec := json.NewDecoder(bytes.NewReader(text))
	open, err := dec.Token()
	if err == nil && open != json.Delim('{') {
		o.Fail("", "must be an object", "write { … }")
		return
	}
	for err == nil && dec.More() {
		var key json.Token
		if key, err = dec.Token(); err != nil {
			break
		}
		name, _ := key.(string)
		var raw json.RawMessage
		if err = dec.Decode(&raw); err != nil {
			break
		}
		if isComment(name) {
			continue
		}
		if _, twice := o.fields[name]; twice {
			o.Fail(name, "stands twice", "keep one of them")
			return
		}
		o.fields[name] = raw
	}
	if err == nil {
		_, err = dec.Token()
	}
	if err == nil {
		if _, rest := dec.Token(); !errors.Is(rest, io.EOF) {
			o.Fail("", "text follows the closing brace", "remove it")
		}
		return
	}
	line, column := position(text)
	o.Fail("", fmt.Sprintf("is not valid JSON at line %d, column %d", line, column), "check commas, quotes and backslashes there")
}

// File returns what errors call the place of this object.
func (o *Object) File() string { return o.file }

// SetRule makes the following errors of this object name a rule.
func (o *Object) SetRule(name string) { o.rule = name }

// Fail records a mistake in a field of this object, or in the object itself
// when field is empty. The first mistake stays.
func (o *Object) Fail(field, reason, remedy string) {
	if *o.err != nil {
		return
	}
	at := o.path
	switch {
	case at == "":
		at = field
	case field != "":
		at += "." + field
	}
	*o.err = &Error{File: o.file, Rule: o.rule, Field: at, Reason: reason, Remedy: remedy}
}

// Missing records that a field that must be there is not, or is empty. A field with
// an unknown name is the better mistake to tell: it may be the one, misspelt.
func (o *Object) Missing(field, remedy string) {
	if *o.err == nil {
		o.Fail(field, "is missing", remedy)
		o.lacks = *o.err
	}
}

// Has tells whether the field is there, and makes it a known one.
func (o *Object) Has(name string) bool {
	_, ok := o.raw(name)
	return ok
}

// String reads a text.
func (o *Object) String(name string, target *string) {
	decode(o, name, target, "must be a string", "put the value in quotes")
}

// Bool reads a truth value.
func (o *Object) Bool(name string, target *bool) {
	decode(o, name, target, "must be true or false", "write true or false, without quotes")
}

// maxInt bounds whole numbers: a tebibyte, should they be bytes.
const maxInt = 1 << 40

// Int reads a whole number from min on.
func (o *Object) Int(name string, target *int64, min int64) {
	if !o.Has(name) {
		return
	}
	decode(o, name, target, "must be a whole number", fmt.Sprintf("write a number of at least %d, without quotes", min))
	if *target < min {
		o.Fail(name, fmt.Sprintf("must be at least %d", min), "raise it, or leave the field out for the default")
	}
	if *target > maxInt {
		o.Fail(name, fmt.Sprintf("must be at most %d", maxInt), "lower it, or leave the field out for the default")
	}
}

// Strings reads a list of non-empty texts. It returns an empty list, not nil,
// when the field is there and empty.
func (o *Object) Strings(name string, target *[]string) {
	decode(o, name, target, "must be a list of strings", `write ["…", "…"]`)
	for _, s := range *target {
		if s == "" {
			o.Fail(name, "holds an empty string", "remove it")
		}
	}
}

// Choice reads one of the given words.
func (o *Object) Choice(name string, target *string, words ...string) {
	o.String(name, target)
	for _, w := range words {
		if *target == w {
			return
		}
	}
	o.Fail(name, "is not one of "+strings.Join(words, ", "), "use one of these words")
}

// Object reads an inner object, nil when the field is absent or no object.
func (o *Object) Object(name string) *Object {
	raw, ok := o.raw(name)
	if !ok {
		return nil
	}
	return o.child(name, raw)
}

// Objects reads a list of objects.
func (o *Object) Objects(name string) []*Object {
	var list []json.RawMessage
	decode(o, name, &list, "must be a list of objects", "write [ { … }, { … } ]")
	objects := make([]*Object, 0, len(list))
	for i, raw := range list {
		objects = append(objects, o.Element(name, i, raw))
	}
	return objects
}

// List returns the elements of a list of any kind, as they are written.
func (o *Object) List(name string) []json.RawMessage {
	var list []json.RawMessage
	decode(o, name, &list, "must be a list", "write [ …, … ]")
	return list
}

// Element reads an element of a list as an object.
func (o *Object) Element(name string, index int, raw json.RawMessage) *Object {
	return o.child(fmt.Sprintf("%s[%d]", name, index), raw)
}

// IsString tells whether the field is there and is a text.
func (o *Object) IsString(name string) bool {
	raw, ok := o.raw(name)
	return ok && len(raw) > 0 && raw[0] == '"'
}

// Raw returns the text of a field, nil when it is absent.
func (o *Object) Raw(name string) json.RawMessage {
	raw, _ := o.raw(name)
	return raw
}

// Names returns the fields of the object in alphabetical order, for objects
// whose keys are data. They all become known.
func (o *Object) Names() []string {
	names := make([]string, 0, len(o.fields))
	for name := range o.fields {
		o.known[name] = true
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// Close returns the first mistake found in this object or in one below it; a
// field that nothing asked for is one.
func (o *Object) Close() error {
	for _, name := range sortedKeys(o.fields) {
		if !o.known[name] {
			if o.lacks != nil && *o.err == o.lacks {
				*o.err = nil
			}
			o.Fail(name, "is unknown", "known fields are "+strings.Join(sortedKeys(o.known), ", "))
		}
	}
	return *o.err
}

func (o *Object) child(name string, raw json.RawMessage) *Object {
	path := name
	if o.path != "" {
		path = o.path + "." + name
	}
	c := &Object{file: o.file, path: path, rule: o.rule, err: o.err}
	c.read(raw)
	return c
}

func (o *Object) raw(name string) (json.RawMessage, bool) {
	o.known[name] = true
	raw, ok := o.fields[name]
	return raw, ok
}

func decode[T any](o *Object, name string, target *T, reason, remedy string) {
	raw, ok := o.raw(name)
	if !ok {
		return
	}
	// encoding/json takes null for every type, and keeps what stands in the
	// target for a null inside; here both are mistakes.
	var value T
	if string(raw) == "null" || json.Unmarshal(raw, &value) != nil {
		o.Fail(name, reason, remedy)
		return
	}
	*target = value
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func isComment(key string) bool {
	return key != "" && strings.IndexByte("@$_#", key[0]) >= 0
}

// position returns where text stops being JSON. Lines and columns count from 1,
// as editors do.
func position(text []byte) (line, column int) {
	// No JSON text goes on with a NUL, so that one that ends too early breaks at
	// its end. A decoder of tokens tells the place only in part.
	var syntax *json.SyntaxError
	var whole json.RawMessage
	before := text
	if errors.As(json.Unmarshal(append(bytes.Clone(text), 0), &whole), &syntax) {
		before = text[:min(int(syntax.Offset)-1, len(text))]
	}
	lineStart := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[lineStart:]) + 1
}

// oneLine quotes a field that would not print as one line: its name is what
// somebody wrote into a file.
func oneLine(field string) string {
	if strings.ContainsFunc(field, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(field)
	}
	return field
}
