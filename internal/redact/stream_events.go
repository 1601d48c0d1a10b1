package redact

import (
	"bufio"
	"errors"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/httpbody"
	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/sse"
)

// nextEvent returns what is to be sent for the next piece of an event stream.
func (s *stream) nextEvent(in *bufio.Reader) (string, error) {
	p, err := s.scanner.Next(in)
	if errors.Is(err, httpbody.ErrTooLarge) {
		return s.tooLarge(s.taken() + p.Raw)
	}
	var out string
	dropped := s.dropped
	s.dropped = false
	switch {
	case p.LateLF && dropped:
	case p.LateLF && s.waiting.Len() > 0:
		s.waiting.WriteByte('\n')
	case p.LateLF:
		out = "\n"
	case p.Rest:
		out = p.Raw
	case len(p.Data) > 0:
		var refusal error
		if out, refusal = s.data(p, err != nil); refusal != nil {
			return out, s.refused(refusal)
		}
	default:
		line := jsonedit.Apply(p.Raw, s.newInFields(p))
		s.dropped = line == ""
		if strings.Trim(p.Raw, "\r\n") == "" || strings.HasPrefix(p.Raw, ":") && s.waiting.Len() == 0 {
			out = s.taken() + line
			break
		}
		s.waiting.WriteString(line)
		if strings.HasPrefix(line, "event:") {
			s.name = strings.TrimRight(line, "\r\n") + "\n"
		}
		if int64(s.waiting.Len()) > s.answer.limit {
			return s.tooLarge(s.taken())
		}
	}
	if err != nil {
		defer s.ended()
		s.cut = s.cut || s.waiting.Len() > 0
		out = s.closing(out+s.taken(), "\n\n")
	}
	return out, s.end(err)
}

// taken returns the lines that waited for data.
func (s *stream) taken() string {
	waiting := s.waiting.String()
	s.waiting.Reset()
	s.name = ""
	return waiting
}

// done is the data that ends an event stream of OpenAI's kind.
const done = "[DONE]"

// data returns what is to be sent for an event with data. last tells that the
// stream ends with it.
func (s *stream) data(p sse.Piece, last bool) (string, error) {
	values := make([]string, len(p.Data))
	for i, v := range p.Data {
		values[i] = p.Raw[v.Start:v.End]
	}
	doc := strings.Join(values, "\n")
	if strings.TrimSpace(doc) == done {
		s.final = true
		return s.tails(nil) + s.taken() + jsonedit.Apply(p.Raw, s.newInFields(p)), nil
	}
	edits, tails, ok := s.document(doc)
	switch {
	case ok:
		edits = inPiece(p, values, edits)
	case !s.uninspectable(doc):
		edits = s.text(p, doc)
	case last:
		// Readers drop an event that was cut off; so do we.
		s.taken()
		return "", nil
	default:
		return s.tails(nil), ErrUnreadable
	}
	return tails + s.taken() + jsonedit.Apply(p.Raw, inOrder(append(edits, s.newInFields(p)...))), nil
}

// inPiece moves edits in the joined data of a piece to its raw lines. JSON has
// no line breaks in its strings, so an edit lies within one of them.
func inPiece(p sse.Piece, values []string, edits []jsonedit.Edit) []jsonedit.Edit {
	line, begin := 0, 0
	for i, e := range edits {
		for e.Start > begin+len(values[line]) {
			begin += len(values[line]) + 1
			line++
		}
		shift := p.Data[line].Start - begin
		edits[i].Start, edits[i].End = e.Start+shift, e.End+shift
	}
	return edits
}

// text returns the edits that an event needs whose data is text: its lines of
// data have the new text in them, as many as it needs.
func (s *stream) text(p sse.Piece, data string) []jsonedit.Edit {
	if s.plain == nil {
		s.plain = s.answer.newLane(placeholder.Detected)
	}
	out := s.plain.Push(data)
	if out == data {
		return nil
	}
	lines := dataLines(out)
	var edits []jsonedit.Edit
	for i, v := range p.Data {
		switch {
		case i >= len(lines):
			begin, end := lineAround(p.Raw, v)
			edits = append(edits, jsonedit.Edit{Start: begin, End: end})
		case i == len(p.Data)-1:
			edits = append(edits, jsonedit.Edit{Start: v.Start, End: v.End, Text: strings.Join(lines[i:], "\ndata: ")})
		default:
			edits = append(edits, jsonedit.Edit{Start: v.Start, End: v.End, Text: lines[i]})
		}
	}
	return edits
}

// dataLines returns the lines of a text. Event streams have but one line break:
// all others become that.
func dataLines(text string) []string {
	return strings.Split(lineBreaks.Replace(text), "\n")
}

var lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// lineAround returns the line that holds a value, with its end.
func lineAround(raw string, v sse.Value) (begin, end int) {
	begin = strings.LastIndexAny(raw[:v.Start], "\r\n") + 1
	return begin, lineEnd(raw, v.End)
}

// lineEnd returns where the line ends that goes on at a place, its line break
// included.
func lineEnd(raw string, at int) int {
	i := strings.IndexAny(raw[at:], "\r\n")
	switch {
	case i < 0:
		return len(raw)
	case strings.HasPrefix(raw[at+i:], "\r\n"):
		return at + i + 2
	}
	return at + i + 1
}

// newInFields returns the edits that take out what is no data and shows
// something new: comments, names, ids and unknown fields are no text of an
// answer, so nothing is lost with them.
func (s *stream) newInFields(p sse.Piece) []jsonedit.Edit {
	if s.answer.newcomers == nil {
		return nil
	}
	var edits []jsonedit.Edit
	values := p.Data
	for at := 0; at < len(p.Raw); {
		end := lineEnd(p.Raw, at)
		if len(values) > 0 && values[0].End <= end {
			values = values[1:]
		} else if line := strings.TrimRight(p.Raw[at:end], "\r\n"); s.answer.newcomers.shows(line) {
			s.answer.newcomers.masked++
			edits = append(edits, jsonedit.Edit{Start: at, End: end})
		}
		at = end
	}
	return edits
}
