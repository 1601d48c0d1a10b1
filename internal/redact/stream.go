package redact

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
)

// Stream restores an answer that arrives line by line: server-sent events and
// JSON Lines. A placeholder is restored where it stands whole in one line.
//
// It implements [io.WriterTo], so that KrakenD hands over its own response
// writer, which is flushed whenever the provider pauses.
type Stream struct {
	source io.Reader
	lines  *bufio.Reader
	answer *Answer
	limit  int64
	rest   string
	err    error
}

// NewStream begins a stream.
func (a *Answer) NewStream(source io.Reader) *Stream {
	return &Stream{source: source, lines: bufio.NewReaderSize(source, 32<<10), answer: a, limit: a.limit}
}

// Streamed tells whether an answer of this content arrives line by line.
func (c Content) Streamed() bool {
	k, _ := c.kind()
	return (k == eventStreamBody || k == jsonLinesBody) && (c.Encoding == "" || strings.EqualFold(c.Encoding, "identity"))
}

// Read implements [io.Reader].
func (s *Stream) Read(p []byte) (int, error) {
	for s.rest == "" {
		if s.err != nil {
			return 0, s.err
		}
		s.rest, s.err = s.next()
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// WriteTo implements [io.WriterTo].
func (s *Stream) WriteTo(w io.Writer) (written int64, err error) {
	flusher, _ := w.(http.Flusher)
	for {
		n, err := io.WriteString(w, s.rest)
		written += int64(n)
		s.rest = ""
		if err != nil {
			return written, err
		}
		if flusher != nil && s.lines.Buffered() == 0 {
			flusher.Flush()
		}
		if errors.Is(s.err, io.EOF) {
			return written, nil
		}
		if s.err != nil {
			return written, s.err
		}
		s.rest, s.err = s.next()
	}
}

// Close implements [io.Closer].
func (s *Stream) Close() error {
	if c, ok := s.source.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// next returns the next line, or what arrived of it.
func (s *Stream) next() (string, error) {
	var line strings.Builder
	for {
		piece, err := s.lines.ReadSlice('\n')
		line.Write(piece)
		switch {
		case errors.Is(err, bufio.ErrBufferFull) && int64(line.Len()) <= s.limit:
			continue
		case errors.Is(err, bufio.ErrBufferFull):
			return line.String(), nil // too long to look into
		}
		return s.restore(line.String()), err
	}
}

func (s *Stream) restore(line string) string {
	start := 0
	if field, value, ok := strings.Cut(line, ":"); ok && field == "data" {
		start = len(line) - len(value)
	}
	edits := s.answer.plainOrJSON(line[start:])
	return line[:start] + jsonedit.Apply(line[start:], edits)
}

var _ io.WriterTo = (*Stream)(nil)
