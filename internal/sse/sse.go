// Package sse cuts an event stream into pieces that can be changed and sent on
// one by one (https://html.spec.whatwg.org/multipage/server-sent-events.html).
//
// It knows nothing of what the events say.
package sse

import (
	"bufio"
	"bytes"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/httpbody"
	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
)

// Piece is a part of a stream: whole lines, as they arrived.
type Piece struct {
	Raw string
	// Data are the values in Raw of the data lines of one event. A line that is
	// no field of an event but begins as JSON does counts as one: what one
	// reader skips, a careless one takes.
	Data []Value
	// Rest tells that it is more of an event that was too large, and LateLF that
	// it is the \n of the \r\n whose \r the last piece ends with.
	Rest, LateLF bool
}

// Value is a part of a piece: Raw[Start:End].
type Value struct{ Start, End int }

// Scanner reads the pieces of one stream. The zero value reads none: set Limit.
type Scanner struct {
	// Limit bounds a piece in bytes.
	Limit   int64
	begun   bool
	afterCR bool // the last line ended with \r, so that \n may still follow
	// rest tells that the rest of an event that was too large is being read, and
	// inLine that it has got into a line.
	rest, inLine bool
}

// Next returns the next piece: an event from its first data line on, or else a
// single line. What was read before an error is returned with it; with
// [httpbody.ErrTooLarge] that is not cut up, and what follows is the rest of the
// event, as it arrives.
func (s *Scanner) Next(in *bufio.Reader) (Piece, error) {
	if s.lateLF(in) {
		return Piece{Raw: "\n", LateLF: true}, nil
	}
	if s.rest {
		return s.nextOfRest(in)
	}
	var raw []byte
	var p Piece
	event := false
	for {
		var begin, end int
		var err error
		raw, begin, end, err = s.appendLine(raw, in)
		if int64(len(raw)) > s.Limit {
			s.inLine = !strings.HasSuffix(string(raw), "\n") && !strings.HasSuffix(string(raw), "\r")
			s.rest = s.inLine || begin < end
			return Piece{Raw: string(raw)}, httpbody.ErrTooLarge
		}
		line := string(raw[begin:end])
		offset, isData := dataOf(line)
		event = event || isData
		if isData || jsonedit.Begins(line) {
			p.Data = append(p.Data, Value{begin + offset, end})
		}
		if err != nil || !event || line == "" {
			p.Raw = string(raw)
			return p, err
		}
	}
}

// nextOfRest returns what has arrived of an event, up to its end.
func (s *Scanner) nextOfRest(in *bufio.Reader) (Piece, error) {
	if _, err := in.Peek(1); err != nil {
		return Piece{Rest: true}, err
	}
	arrived, _ := in.Peek(in.Buffered())
	size := 0
	for size < len(arrived) && s.rest {
		c := arrived[size]
		size++
		if c != '\r' && c != '\n' {
			s.inLine = true
			continue
		}
		if c == '\r' {
			if s.afterCR = size == len(arrived); !s.afterCR && arrived[size] == '\n' {
				size++
			}
		}
		s.rest, s.inLine = s.inLine, false
	}
	p := Piece{Raw: string(arrived[:size]), Rest: true}
	_, _ = in.Discard(size)
	return p, nil
}

// dataOf tells whether a line is a data field, and where its value begins.
func dataOf(line string) (offset int, ok bool) {
	name, value, _ := strings.Cut(line, ":")
	if name != "data" {
		return 0, false
	}
	return len(line) - len(strings.TrimPrefix(value, " ")), true
}

// appendLine appends the next line with its end: \n, \r\n or \r. The line
// itself is dst[begin:end].
func (s *Scanner) appendLine(dst []byte, in *bufio.Reader) (out []byte, begin, end int, err error) {
	if s.lateLF(in) {
		dst = append(dst, '\n')
	}
	begin = len(dst)
	for int64(len(dst)) <= s.Limit {
		if _, err = in.Peek(1); err != nil {
			return dst, s.afterMark(dst, begin), len(dst), err
		}
		arrived, _ := in.Peek(in.Buffered())
		at := bytes.IndexAny(arrived, "\r\n")
		if at < 0 {
			dst = append(dst, arrived...)
			_, _ = in.Discard(len(arrived))
			continue
		}
		size := at + 1
		if arrived[at] == '\r' {
			if s.afterCR = size == len(arrived); !s.afterCR && arrived[size] == '\n' {
				size++
			}
		}
		end = len(dst) + at
		dst = append(dst, arrived[:size]...)
		_, _ = in.Discard(size)
		return dst, s.afterMark(dst, begin), end, nil
	}
	return dst, begin, len(dst), nil
}

// lateLF takes the \n of a \r\n whose \r arrived before it.
func (s *Scanner) lateLF(in *bufio.Reader) bool {
	if !s.afterCR {
		return false
	}
	s.afterCR = false
	if next, _ := in.Peek(1); len(next) == 0 || next[0] != '\n' {
		return false
	}
	_, _ = in.Discard(1)
	return true
}

// afterMark skips the byte order mark that a stream may begin with.
func (s *Scanner) afterMark(line []byte, begin int) int {
	if !s.begun && bytes.HasPrefix(line[begin:], []byte("\xef\xbb\xbf")) {
		begin += len("\xef\xbb\xbf")
	}
	s.begun = true
	return begin
}
