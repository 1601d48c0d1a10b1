package scan

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

// sizes are bounds in bytes.
type sizes struct {
	// window is how much of a text is searched at a time. It ends at the end of
	// a line, unless its second half has none.
	window int
	// overlap is how much of a text before and behind a window is searched with
	// it, half of it at least. A match of up to half of it is found as if the text
	// was searched in one piece: see docs/cli.md.
	overlap int
	// batch is how much of JSON Lines is handed on at a time.
	batch int
	// largest bounds a line or document that is read as JSON. What is larger is
	// searched as text.
	largest int
}

// usual sizes. A state file counts in them: see [stateVersion].
var usual = sizes{window: 1 << 20, overlap: 64 << 10, batch: 256 << 10, largest: 8 << 20}

// kind is how a unit is searched.
type kind uint8

const (
	kindNone kind = iota // there is nothing in it
	kindText
	kindLines
	kindDocument
	kindHAR
)

// unit is a part of a file that is searched by itself.
type unit struct {
	file *file
	kind kind
	// text is searched, and what begins in text[from:to] is found.
	text     string
	from, to int
	// line and column are those of the beginning of text, line from 1, column
	// in characters from 0. In a HAR archive, line is the number of the entry, from 0.
	line, column int
	// last tells that the file ends here. There is no text then.
	last    bool
	skipped int
	// problems say what was not inspected.
	problems []string
	findings []Finding
	done     chan struct{} // closed when it has been searched
}

// splitter cuts a text into units.
type splitter struct {
	sizes
	in   io.Reader
	emit func(*unit) bool
	// buf[own:] is not in a unit yet; buf[:own] is the overlap before it.
	buf []byte
	own int
	eof bool
	// err is why reading has ended before the end. What was read is handed on first.
	err error
	// line and column are those of buf[0], the column in characters.
	line, column int
}

// fill reads until there are n bytes behind own, or to the end.
func (s *splitter) fill(n int) {
	for !s.eof && len(s.buf)-s.own < n {
		if cap(s.buf)-len(s.buf) < s.batch {
			s.buf = append(make([]byte, 0, 2*cap(s.buf)+s.batch), s.buf...)
		}
		got, err := s.in.Read(s.buf[len(s.buf):cap(s.buf)])
		s.buf = s.buf[:len(s.buf)+got]
		if err != nil {
			s.eof = true
		}
		if err != nil && !errors.Is(err, io.EOF) {
			s.err = err
		}
	}
}

// drop forgets the first n bytes.
func (s *splitter) drop(n int) {
	s.line, s.column = behind(s.line, s.column, s.buf[:n])
	s.buf = s.buf[:copy(s.buf, s.buf[n:])]
	s.own -= n
}

// behind moves a place behind a text, which ends between two characters.
func behind(line, column int, text []byte) (int, int) {
	if n := bytes.Count(text, []byte{'\n'}); n > 0 {
		return line + n, utf8.RuneCount(text[bytes.LastIndexByte(text, '\n')+1:])
	}
	return line, column + utf8.RuneCount(text)
}

// text cuts all of a text into windows.
func (s *splitter) text() error {
	for {
		s.fill(s.window + s.overlap)
		if s.own == len(s.buf) {
			return s.err
		}
		if !s.next(len(s.buf), s.eof) {
			return nil
		}
	}
}

// next hands on a window of the text that ends at limit, which is the end of all
// text if whole. It tells whether to go on.
func (s *splitter) next(limit int, whole bool) bool {
	end, after := limit, limit
	if !whole || limit-s.own > s.window {
		end = s.cutBefore(s.own+s.window, s.window/2)
		if after = min(end+s.overlap, limit); after < limit {
			after = s.cutBefore(after, s.overlap/2)
		}
	}
	u := &unit{kind: kindText, text: string(s.buf[:after]), from: s.own, to: end, line: s.line, column: s.column}
	s.own = end
	if before := end - s.overlap; before > 0 {
		s.drop(s.cutBehind(before, s.overlap/2))
	}
	return s.emit(u)
}

// cutBefore returns where to cut: behind the last end of a line in the last reach
// bytes before at, or before the character at at.
func (s *splitter) cutBefore(at, reach int) int {
	if i := bytes.LastIndexByte(s.buf[at-reach:at], '\n'); i >= 0 {
		return at - reach + i + 1
	}
	return s.boundary(at)
}

// cutBehind is the same for the first end of a line in the first reach bytes
// behind at.
func (s *splitter) cutBehind(at, reach int) int {
	if i := bytes.IndexByte(s.buf[at:at+reach], '\n'); i >= 0 {
		return at + i + 1
	}
	return s.boundary(at)
}

// boundary returns where the character at a place begins.
func (s *splitter) boundary(at int) int {
	for i := at; i > at-utf8.UTFMax; i-- {
		if utf8.RuneStart(s.buf[i]) {
			return i
		}
	}
	return at // no UTF-8
}

// lines cuts JSON Lines into batches of whole lines. A line that is too long is
// cut as a text.
func (s *splitter) lines() error {
	for {
		end := s.linesEnd()
		if len(s.buf) == 0 {
			return s.err
		}
		if end == 0 {
			if !s.longLine() {
				return nil
			}
			continue
		}
		u := &unit{kind: kindLines, text: string(s.buf[:end]), to: end, line: s.line, column: s.column}
		s.own = end
		s.drop(end)
		if !s.emit(u) {
			return nil
		}
	}
}

// linesEnd returns where a batch of whole lines ends, 0 if the next line is too
// long. It does not depend on how much a read returns.
func (s *splitter) linesEnd() int {
	s.fill(s.batch)
	if s.eof && len(s.buf) <= s.batch {
		return len(s.buf)
	}
	if end := bytes.LastIndexByte(s.buf[:s.batch], '\n') + 1; end > 0 {
		return end
	}
	for known := s.batch; known < s.largest; {
		s.fill(known + s.batch)
		most := min(len(s.buf), s.largest)
		if i := bytes.IndexByte(s.buf[known:most], '\n'); i >= 0 {
			return known + i + 1
		}
		if s.eof && len(s.buf) <= s.largest {
			return len(s.buf)
		}
		known = most
	}
	return 0
}

// longLine cuts one line as a text. It tells whether to go on.
func (s *splitter) longLine() bool {
	for {
		s.fill(s.window + s.overlap)
		limit, whole := len(s.buf), s.eof
		if i := bytes.IndexByte(s.buf[s.own:], '\n'); i >= 0 {
			limit, whole = s.own+i+1, true
		}
		last := whole && limit-s.own <= s.window
		if limit > s.own && !s.next(limit, whole) {
			return false
		}
		if last {
			s.drop(s.own)
			return true
		}
	}
}

// document hands on a JSON document as a whole. One that is too large is cut as a
// text.
func (s *splitter) document() error {
	s.fill(s.largest + 1)
	if len(s.buf) > s.largest {
		return s.text()
	}
	s.emit(&unit{kind: kindDocument, text: string(s.buf), to: len(s.buf), line: 1})
	return s.err
}
