package redact

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/httpbody"
	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
)

// partsOfJSON is where a stream of JSON documents has got to.
type partsOfJSON struct {
	at jsonedit.Follower
	// begun tells that something has been read, and element that an element of
	// the array has been sent.
	begun, element bool
	// rest tells that the rest of something that was too large is being read.
	rest bool
	// broken tells that an array is none, so that the rest cannot be taken
	// apart.
	broken bool
}

// nextLine returns what is to be sent for the next line of JSON Lines, or for
// the lines that a document is spread over.
func (s *stream) nextLine(in *bufio.Reader) (string, error) {
	var text strings.Builder
	for {
		piece, err := in.ReadSlice('\n')
		isLine := !errors.Is(err, bufio.ErrBufferFull)
		if !isLine {
			err = nil
		}
		if s.parts.rest {
			s.parts.rest = !isLine
			if err != nil {
				s.ended()
			}
			return string(piece), err
		}
		text.Write(piece)
		if !s.parts.begun {
			piece = bytes.TrimPrefix(piece, []byte("\xef\xbb\xbf"))
			s.parts.begun = true
		}
		s.parts.at.Pass(string(piece))
		if int64(text.Len()) > s.answer.limit {
			s.parts.at, s.parts.rest = jsonedit.Follower{}, !isLine
			return s.tooLarge(text.String())
		}
		if err == nil && (!isLine || s.parts.at.Depth() > 0 && !s.parts.at.GaveUp()) {
			continue
		}
		s.parts.at = jsonedit.Follower{}
		out, refusal := s.documents(text.String(), err != nil)
		if refusal != nil {
			return out, s.refused(refusal)
		}
		if err != nil {
			out = s.closing(out, "\n")
			s.ended()
		}
		return out, s.end(err)
	}
}

// documents restores the documents of a line. last tells that the stream ends
// with it.
func (s *stream) documents(line string, last bool) (string, error) {
	var b strings.Builder
	var at jsonedit.Follower
	begin := len(line) - len(strings.TrimPrefix(line, "\xef\xbb\xbf"))
	b.WriteString(line[:begin])
	for i := begin; i < len(line) && !at.GaveUp(); i++ {
		before := at.Depth()
		at.PassByte(line[i])
		if at.Depth() == 0 && before > 0 && !at.GaveUp() {
			out, err := s.oneDocument(line[begin:i+1], last)
			b.WriteString(out)
			if err != nil {
				return b.String(), err
			}
			begin = i + 1
		}
	}
	if strings.Trim(line[begin:], " \t\r\n") == "" {
		b.WriteString(line[begin:])
		return b.String(), nil
	}
	out, err := s.oneDocument(line[begin:], last)
	b.WriteString(out)
	return b.String(), err
}

// oneDocument restores what should be one document.
func (s *stream) oneDocument(doc string, last bool) (string, error) {
	edits, tails, ok := s.document(doc)
	if !ok {
		if s.uninspectable(doc) {
			if last {
				return "", nil
			}
			return s.tails(nil), ErrUnreadable
		}
		// Most likely a part of a document.
		edits = s.answer.text(doc, placeholder.Text, spelling{jsonString})
	}
	return tails + jsonedit.Apply(doc, edits), nil
}

// NewArrayStream restores a stream that arrives as one JSON array of events.
func (a *Answer) NewArrayStream(source io.Reader) *httpbody.Stream {
	return httpbody.NewStream(source, a.newStream(jsonArray).nextElement)
}

// nextElement returns what is to be sent for the next element of an array, as
// soon as it is there.
func (s *stream) nextElement(in *bufio.Reader) (string, error) {
	var text strings.Builder
	begin := -1 // where the element begins in it
	for {
		if _, err := in.Peek(1); err != nil {
			out, refusal := s.cutOff(text.String(), begin)
			if refusal != nil {
				return out, s.refused(refusal)
			}
			s.ended()
			return out, err
		}
		arrived, _ := in.Peek(in.Buffered())
		if s.parts.broken {
			rest := string(arrived)
			_, _ = in.Discard(len(arrived))
			return rest, nil
		}
		size, ended := 0, false
		for size < len(arrived) && !ended {
			c := arrived[size]
			before := s.parts.at.Depth()
			s.parts.at.PassByte(c)
			size++
			depth := s.parts.at.Depth()
			switch {
			case s.parts.at.GaveUp():
				ended = true
			case begin < 0 && before > 0 && depth > 0 && strings.IndexByte(", \t\r\n", c) < 0:
				begin = text.Len() + size - 1
			}
			ended = ended || before > depth && depth <= 1
		}
		text.Write(arrived[:size])
		_, _ = in.Discard(size)
		if s.parts.rest {
			s.parts.rest = !ended
			return text.String(), nil
		}
		if int64(text.Len()) > s.answer.limit {
			s.parts.rest, s.parts.element = !ended, true
			return s.tooLarge(text.String())
		}
		if !ended {
			continue
		}
		out, err := s.element(text.String(), begin)
		if err != nil {
			return out, s.refused(err)
		}
		return out, nil
	}
}

// element restores what ends an element, or the array.
func (s *stream) element(text string, begin int) (string, error) {
	switch {
	case s.parts.at.GaveUp():
		if s.answer.refuses() {
			return s.tails(nil), ErrUnreadable
		}
		s.answer.unread++
		s.parts.broken = true
		return s.tails(nil) + text, nil
	case s.parts.at.Depth() == 0:
		values, end := text[:len(text)-1], text[len(text)-1:]
		values, err := s.values(values, begin)
		return s.lastTails() + values + end, err
	}
	edits, tails, ok := s.document(text[begin:])
	if !ok {
		out, err := s.values(text, begin)
		return s.tails(nil) + out, err
	}
	s.parts.element = true
	return text[:begin] + tails + jsonedit.Apply(text[begin:], edits), nil
}

// values restores elements that are no events.
func (s *stream) values(text string, begin int) (string, error) {
	if begin < 0 {
		return text, nil
	}
	s.parts.element = true
	list := "[" + text[begin:] + "]"
	edits, _, err := s.answer.json(list, jsonedit.Walk)
	if err != nil && s.uninspectable(list) {
		return "", ErrUnreadable
	}
	if err != nil {
		edits = s.answer.text(list, placeholder.Text, spelling{jsonString})
	}
	list = jsonedit.Apply(list, edits)
	return text[:begin] + list[1:len(list)-1], nil
}

// lastTails returns what is held back as the last elements of the array.
func (s *stream) lastTails() string {
	tails := strings.TrimSuffix(s.tails(nil), ",\n")
	if tails == "" || !s.parts.element {
		return tails
	}
	return ",\n" + tails
}

// cutOff returns what is to be sent for an array that ends, in the middle of an
// element if it has begun.
func (s *stream) cutOff(text string, begin int) (string, error) {
	if begin < 0 {
		return s.lastTails() + text, nil
	}
	tails := s.tails(nil)
	if s.uninspectable(text[begin:]) {
		return text[:begin] + tails, nil
	}
	rest := text[begin:]
	return text[:begin] + tails + jsonedit.Apply(rest, s.answer.text(rest, placeholder.Text, spelling{jsonString})), nil
}
