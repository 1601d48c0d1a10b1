// Package responsebody changes the strings at the given fields of an answer:
// of decoded data, of a JSON document, and of the JSON in an event stream or in
// JSON Lines as they arrive. Documents keep every byte but those of the changed
// strings.
//
// An answer that may hold the fields but cannot be looked into is an error: the
// fields are masked or the answer does not go out.
package responsebody

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/krakend-redact/krakend-redact/internal/fieldpath"
	"github.com/krakend-redact/krakend-redact/internal/httpbody"
	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
)

// Reasons why an answer cannot be looked into, beside those of httpbody. They
// hold no part of it.
var (
	ErrBroken    = errors.New("it is announced as JSON but is not valid JSON")
	ErrTooDeep   = errors.New("its JSON is nested too deeply")
	ErrPart      = errors.New("it is a part of a document (206 Partial Content), so that its fields cannot be told")
	ErrMultipart = errors.New("it is a multipart message, whose parts are not looked into")
	ErrCutOff    = errors.New("it was cut off on its way here")
)

// maxDepth bounds how deep JSON may be nested.
const maxDepth = 1000

// Editor changes answers. It is safe for concurrent use.
type Editor struct {
	edits []fieldpath.Edit
	limit int64
}

// New makes an editor that makes the edits in order. maxBytes bounds a raw
// body, after decompression, and one event or line of a stream.
func New(edits []fieldpath.Edit, maxBytes int64) *Editor {
	return &Editor{edits: edits, limit: maxBytes}
}

// Data returns decoded data with the edits made. What was handed in is never
// written to.
func (e *Editor) Data(data map[string]interface{}) map[string]interface{} {
	out, _ := fieldpath.Apply(data, e.edits).(map[string]interface{})
	return out
}

// Result is what became of a raw answer.
type Result struct {
	Body io.Reader
	// Changed tells that the headers no longer describe the body.
	Changed bool
	// Size is the length of a changed body in bytes, -1 when it has yet to come.
	Size int
}

// Raw returns a raw answer with the edits made. partial tells that it is a part
// of a document.
//
// A stream can only be found unreadable when it is under way: stop is told the
// reason and returns the JSON document to end the stream with.
func (e *Editor) Raw(source io.Reader, c httpbody.Content, partial bool, stop func(reason error) string) (Result, error) {
	claim := claimOf(c)
	_, params := c.Media()
	if claim == isPage {
		claim = noFields
		if !partial && c.Plain() && httpbody.ContainsASCII(params["charset"]) {
			claim = mayHoldJSON
		}
	}
	switch {
	case claim == noFields || len(e.edits) == 0:
		return Result{Body: source}, nil
	case partial:
		return Result{}, ErrPart
	case claim == someFields:
		return Result{}, ErrMultipart
	case !httpbody.ContainsASCII(params["charset"]):
		return Result{}, httpbody.ErrEncoding
	case c.Streamed():
		return Result{Body: e.stream(source, c, stop), Changed: true, Size: -1}, nil
	case claim != isJSON && c.Plain():
		peeked := bufio.NewReader(source)
		if !mayBeJSON(peeked) {
			return Result{Body: peeked}, nil
		}
		source = peeked
	}
	raw, err := httpbody.ReadAll(source, e.limit)
	if err != nil {
		if !errors.Is(err, httpbody.ErrTooLarge) {
			err = ErrCutOff
		}
		return Result{}, err
	}
	doc, err := httpbody.Inflate(raw, c.Encoding, e.limit)
	if err != nil {
		return Result{}, err
	}
	out, err := e.body(doc, c, claim)
	if err != nil {
		return Result{}, err
	}
	if out == doc {
		return Result{Body: strings.NewReader(raw)}, nil
	}
	return Result{Body: strings.NewReader(out), Changed: true, Size: len(out)}, nil
}

// body changes a body that is there as a whole.
func (e *Editor) body(doc string, c httpbody.Content, claim claim) (string, error) {
	if k, _ := c.Kind(); k == httpbody.EventStream {
		var unreadable error
		out, err := io.ReadAll(e.stream(strings.NewReader(doc), c, func(reason error) string {
			unreadable = reason
			return ""
		}))
		return string(out), errors.Join(unreadable, err)
	}
	if claim != isJSON && !jsonedit.Begins(doc) {
		return doc, nil
	}
	edits, err := e.document(doc)
	if errors.Is(err, ErrBroken) && claim == mayHoldJSON {
		return doc, nil
	}
	return jsonedit.Apply(doc, edits), err
}

// decode returns the text that a JSON string stands for, as KrakenD decodes it:
// half a surrogate pair, or what is no UTF-8, is a replacement character.
func decode(raw string) string {
	text := jsonedit.Unquote(raw)
	if !utf8.ValidString(text) {
		_ = json.Unmarshal([]byte(`"`+raw+`"`), &text) // raw has been read before
	}
	return text
}

// document finds the changes to a JSON document, or to several in a row.
func (e *Editor) document(doc string) ([]jsonedit.Edit, error) {
	var edits []jsonedit.Edit
	err := jsonedit.WalkLines(doc, maxDepth, func(t jsonedit.Text, path *jsonedit.Path) {
		if t.Kind != jsonedit.String {
			return
		}
		before, after, found := "", "", false
		for _, edit := range e.edits {
			if !edit.Path.Matches(path) {
				continue
			}
			if !found {
				before = decode(t.Raw)
				after, found = before, true
			}
			after = edit.Change(after)
		}
		if after != before {
			edits = append(edits, jsonedit.Edit{Start: t.Start, End: t.End, Text: string(jsonedit.AppendQuoted(nil, after))})
		}
	})
	switch {
	case errors.Is(err, jsonedit.ErrDepth):
		return nil, ErrTooDeep
	case err != nil:
		return nil, ErrBroken
	}
	return edits, nil
}
