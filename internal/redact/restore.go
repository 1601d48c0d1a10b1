package redact

import (
	"errors"
	"io"
	"reflect"
	"regexp"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/httpbody"
	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
)

// Answer restores the answer to one request.
type Answer struct {
	restorer *placeholder.Restorer
	limit    int64
	scratch  []placeholder.Token
	// budget is how many more bytes of values may go in.
	budget int64
	// unrestored counts the placeholders that were left when it was used up.
	unrestored int
}

// maxGrowth bounds what all values in one answer come to, as a multiple of the
// limit of a body: a large value and a short answer that repeats its
// placeholder would otherwise fill the memory.
const maxGrowth = 4

// NewAnswer begins an answer. limit bounds a body, after decompression, in
// bytes.
func NewAnswer(v *placeholder.Vault, limit int64) *Answer {
	return &Answer{restorer: placeholder.NewRestorer(v), limit: limit, budget: maxGrowth * limit}
}

// Unrestored returns how many placeholders were left alone because their
// values would have made the answer too large.
func (a *Answer) Unrestored() int { return a.unrestored }

// ErrUnreadable is an answer that cannot be looked into. It goes back with its
// placeholders, which tell nobody anything.
var ErrUnreadable = errors.New("the answer is not in a form that can be read")

// Read reads a body of up to the limit. What it has read is returned with
// ErrTooLarge and with the reader's own error too.
func (a *Answer) Read(r io.Reader) (string, error) {
	return httpbody.ReadAll(r, a.limit)
}

// Body returns a body with the values in place of their placeholders, and how
// many there were. A body that was compressed and holds any is returned plain.
func (a *Answer) Body(raw string, c Content) (body string, restored int, err error) {
	doc, err := httpbody.Inflate(raw, c.Encoding, a.limit)
	if err != nil {
		return raw, 0, ErrUnreadable
	}
	edits, err := a.document(doc, c)
	if err != nil || len(edits) == 0 {
		return raw, 0, err
	}
	return jsonedit.Apply(doc, edits), len(edits), nil
}

func (a *Answer) document(doc string, c Content) ([]jsonedit.Edit, error) {
	switch k, _ := c.Kind(); {
	case k == httpbody.JSON || k == httpbody.JSONLines:
		edits, err := a.json(doc, jsonedit.WalkLines)
		if err != nil {
			return nil, ErrUnreadable
		}
		return edits, nil
	case k == httpbody.Markup:
		return a.text(doc, spelling{markupText}), nil
	case k == httpbody.EventStream:
		return a.byLine(doc, true), nil
	}
	return a.plainOrJSON(doc), nil
}

// byLine restores lines, some of which may be JSON or the data of events. In an
// event stream a line break in a value must not end the data.
func (a *Answer) byLine(text string, events bool) []jsonedit.Edit {
	var all []jsonedit.Edit
	for at := 0; at < len(text); {
		end := len(text)
		if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		line := text[at:end]
		start := at + dataStart(line)
		edits := a.whole(text[start:end])
		for i := range edits {
			edits[i].Start, edits[i].End = edits[i].Start+start, edits[i].End+start
			if events && start > at {
				edits[i].Text = strings.ReplaceAll(edits[i].Text, "\n", "\ndata: ")
			}
		}
		all = append(all, edits...)
		at = end
	}
	return all
}

// dataStart returns where the value of a data field of an event begins, 0 when
// the line is none.
func dataStart(line string) int {
	if field, value, ok := strings.Cut(line, ":"); ok && field == "data" {
		return len(line) - len(value)
	}
	return 0
}

type walkFunc func(string, int, func(jsonedit.Text, *jsonedit.Path)) error

// json restores the strings and keys of a JSON document.
func (a *Answer) json(doc string, walk walkFunc) ([]jsonedit.Edit, error) {
	var edits []jsonedit.Edit
	err := walk(doc, maxDepth, func(t jsonedit.Text, _ *jsonedit.Path) {
		if t.Kind != jsonedit.Number {
			edits = append(edits, a.quoted(t)...)
		}
	})
	return edits, err
}

// quoted restores one string of a JSON document. A string that holds JSON
// itself, such as the arguments of a tool call, stays JSON.
func (a *Answer) quoted(t jsonedit.Text) []jsonedit.Edit {
	text := jsonedit.Unquote(t.Raw)
	a.scratch = a.restorer.Find(a.scratch[:0], text)
	if len(a.scratch) == 0 {
		return nil
	}
	edits := a.whole(text)
	offsets := make([]int, 0, 2*len(edits))
	for _, e := range edits {
		offsets = append(offsets, e.Start, e.End)
	}
	jsonString.place(t.Raw, offsets)
	for i := range edits {
		edits[i].Start, edits[i].End = offsets[2*i]+t.Start, offsets[2*i+1]+t.Start
		edits[i].Text = jsonString.encode(edits[i].Text)
	}
	return edits
}

// plainOrJSON restores a text: in the strings of the JSON document that it is,
// else line by line where lines are JSON or events, else as it stands.
func (a *Answer) plainOrJSON(text string) []jsonedit.Edit {
	if hasJSONLines.MatchString(text) {
		if edits, err := a.json(text, jsonedit.Walk); err == nil {
			return edits
		}
		return a.byLine(text, false)
	}
	return a.whole(text)
}

// hasJSONLines finds lines that begin like JSON or like the data of an event.
var hasJSONLines = regexp.MustCompile(`(?m)^(?:data:\s*)?[\[{"]`)

// whole restores a text: in the strings of the JSON document that it is, or
// else as it stands. A placeholder between the strings of a document was put
// there in place of what made it no document, so the text is taken as it
// stands then.
func (a *Answer) whole(text string) []jsonedit.Edit {
	if jsonedit.Begins(text) {
		if edits, err := a.json(text, jsonedit.Walk); err == nil {
			return edits
		}
	}
	return a.text(text, nil)
}

func (a *Answer) text(text string, s spelling) []jsonedit.Edit {
	a.scratch = a.restorer.Find(a.scratch[:0], text)
	edits := make([]jsonedit.Edit, 0, len(a.scratch))
	for _, t := range a.scratch {
		value := t.Value.Reveal()
		if a.budget -= int64(len(value)); a.budget < 0 {
			a.unrestored++
			continue
		}
		edits = append(edits, jsonedit.Edit{Start: t.Start, End: t.End, Text: s.write(value)})
	}
	return edits
}

// Text restores a text that stands for itself.
func (a *Answer) Text(text string) (string, int) {
	edits := a.whole(text)
	return jsonedit.Apply(text, edits), len(edits)
}

// Data restores a decoded answer, and returns it as new maps and lists where
// anything changed: what KrakenD handed in is never written to.
func (a *Answer) Data(data map[string]interface{}) (map[string]interface{}, int) {
	// With the encoding string KrakenD has a whole body there.
	if body, ok := data["content"].(string); ok && len(data) == 1 {
		edits := a.plainOrJSON(body)
		if len(edits) == 0 {
			return data, 0
		}
		return map[string]interface{}{"content": jsonedit.Apply(body, edits)}, len(edits)
	}
	v, n := a.value(data)
	out, _ := v.(map[string]interface{})
	return out, n
}

func (a *Answer) value(v interface{}) (interface{}, int) {
	switch v := v.(type) {
	case string:
		return a.stringValue(v)
	case map[string]interface{}:
		return a.object(v)
	case []interface{}:
		return a.list(v)
	}
	return a.structValue(v)
}

func (a *Answer) stringValue(s string) (interface{}, int) {
	restored, n := a.Text(s)
	return restored, n
}

func (a *Answer) object(m map[string]interface{}) (interface{}, int) {
	var out map[string]interface{}
	total := 0
	for k, v := range m {
		newKey, nk := a.Text(k)
		newValue, nv := a.value(v)
		if nk+nv == 0 {
			continue
		}
		if out == nil {
			out = make(map[string]interface{}, len(m))
			for k, v := range m {
				out[k] = v
			}
		}
		if nk > 0 {
			delete(out, k)
		}
		out[newKey] = newValue
		total += nk + nv
	}
	if out == nil {
		return m, 0
	}
	return out, total
}

func (a *Answer) list(l []interface{}) (interface{}, int) {
	var out []interface{}
	total := 0
	for i, v := range l {
		newValue, n := a.value(v)
		if n == 0 {
			continue
		}
		if out == nil {
			out = append([]interface{}{}, l...)
		}
		out[i] = newValue
		total += n
	}
	if out == nil {
		return l, 0
	}
	return out, total
}

// structValue restores the exported texts of a struct: with
// return_error_details KrakenD puts the provider's error into the data as one
// (lura transport/http/client/status.go).
func (a *Answer) structValue(v interface{}) (interface{}, int) {
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Struct {
		return v, 0
	}
	out := reflect.New(rv.Type()).Elem()
	out.Set(rv)
	n := a.fields(out)
	return out.Interface(), n
}

func (a *Answer) fields(s reflect.Value) int {
	total := 0
	for i := 0; i < s.NumField(); i++ {
		f := s.Field(i)
		switch {
		case !f.CanSet():
		case f.Kind() == reflect.Struct:
			total += a.fields(f)
		case f.Kind() == reflect.String:
			text, n := a.Text(f.String())
			f.SetString(text)
			total += n
		}
	}
	return total
}
