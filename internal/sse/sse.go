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
}

// Value is a part of a piece: Raw[Start:End].
type Value struct{ Start, End int }

// Scanner reads the pieces of one stream. The zero value reads none: set Limit.
type Scanner struct {
	// Limit bounds a piece in bytes.
	Limit   int64
	begun   bool
	afterCR bool // the last line ended with \r, so that \n may still follow
}

// Next returns the next piece: an event from its first data line on, or else a
// single line. What was read before an error is returned with it; with
// [httpbody.ErrTooLarge] that is not cut up.
func (s *Scanner) Next(in *bufio.Reader) (Piece, error) {
	if s.lateLF(in) {
		return Piece{Raw: "\n"}, nil
	}
	var raw []byte
	var p Piece
	event := false
	for {
		var begin, end int
		var err error
		raw, begin, end, err = s.appendLine(raw, in)
		if int64(len(raw)) > s.Limit {
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
