package responsebody

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/httpbody"
	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
	"github.com/krakend-redact/krakend-redact/internal/sse"
)

// done is how OpenAI's streams end: no JSON, in spite of its bracket.
const done = "[DONE]"

// stream changes an event stream or JSON Lines as they arrive. An event or line
// that cannot be looked into is not sent; the stream ends in its place.
func (e *Editor) stream(source io.Reader, c httpbody.Content, stop func(reason error) string) *httpbody.Stream {
	next, begin, end := e.nextLine, "", "\n"
	if k, _ := c.Kind(); k == httpbody.EventStream {
		scanner := &sse.Scanner{Limit: e.limit}
		next = func(in *bufio.Reader) (string, error) { return e.nextEvent(scanner, in) }
		begin, end = "event: error\ndata: ", "\n\n"
	}
	return httpbody.NewStream(source, func(in *bufio.Reader) (string, error) {
		text, err := next(in)
		if errors.Is(err, ErrBroken) || errors.Is(err, ErrTooDeep) || errors.Is(err, httpbody.ErrTooLarge) {
			return begin + stop(err) + end, io.EOF
		}
		return text, err
	})
}

// nextLine returns the next line of JSON Lines.
func (e *Editor) nextLine(in *bufio.Reader) (string, error) {
	var line strings.Builder
	for {
		piece, err := in.ReadSlice('\n')
		line.Write(piece)
		switch {
		case int64(line.Len()) > e.limit:
			return "", httpbody.ErrTooLarge
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return "", err // half a line is no use to anybody
		}
		edits, broken := e.document(line.String())
		if broken != nil {
			return "", broken
		}
		return jsonedit.Apply(line.String(), edits), err
	}
}

func (e *Editor) nextEvent(scanner *sse.Scanner, in *bufio.Reader) (string, error) {
	piece, err := scanner.Next(in)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	edits, broken := e.event(piece)
	if broken != nil {
		return "", broken
	}
	return jsonedit.Apply(piece.Raw, edits), err
}

// event finds the changes to an event, whose data is one JSON document on
// however many lines, or else something of its own on every line.
func (e *Editor) event(p sse.Piece) ([]jsonedit.Edit, error) {
	if len(p.Data) > 1 {
		if edits, ok := e.joined(p); ok {
			return edits, nil
		}
	}
	var all []jsonedit.Edit
	for _, v := range p.Data {
		text := p.Raw[v.Start:v.End]
		if !jsonedit.Begins(text) || strings.TrimSpace(text) == done {
			continue
		}
		edits, err := e.document(text)
		if err != nil {
			return nil, err
		}
		for _, edit := range edits {
			edit.Start, edit.End = edit.Start+v.Start, edit.End+v.Start
			all = append(all, edit)
		}
	}
	return all, nil
}

// joined finds the changes to a document on several data lines. No string goes
// over the end of a line, so no change does.
func (e *Editor) joined(p sse.Piece) ([]jsonedit.Edit, bool) {
	var doc strings.Builder
	for _, v := range p.Data {
		doc.WriteString(p.Raw[v.Start:v.End])
		doc.WriteByte('\n')
	}
	if !jsonedit.Begins(doc.String()) {
		return nil, false
	}
	edits, err := e.document(doc.String())
	if err != nil {
		return nil, false
	}
	line, lineStart := 0, 0
	for i := range edits {
		for edits[i].Start > lineStart+p.Data[line].End-p.Data[line].Start {
			lineStart += p.Data[line].End - p.Data[line].Start + 1
			line++
		}
		shift := p.Data[line].Start - lineStart
		edits[i].Start += shift
		edits[i].End += shift
	}
	return edits, true
}
