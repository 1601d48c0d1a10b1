package httpbody

import (
	"bufio"
	"errors"
	"io"
	"net/http"
)

// Stream hands a body on piece by piece, as it arrives.
//
// It implements [io.WriterTo], so that KrakenD hands over its own response
// writer, which is flushed whenever the sender pauses, and at the end.
type Stream struct {
	source io.Reader
	pieces *bufio.Reader
	next   func(*bufio.Reader) (string, error)
	flush  func()
	rest   string
	err    error
}

// NewStream begins a stream. next reads the next piece and returns what is to
// be sent in its place; it may do so together with an error, which ends the
// stream.
func NewStream(source io.Reader, next func(*bufio.Reader) (string, error)) *Stream {
	s := &Stream{source: source, next: next, flush: func() {}}
	s.pieces = bufio.NewReaderSize(flushBefore{s}, 32<<10)
	return s
}

// flushBefore flushes what is written before it waits for the sender.
type flushBefore struct{ *Stream }

func (f flushBefore) Read(p []byte) (int, error) {
	f.flush()
	return f.source.Read(p)
}

// Read implements [io.Reader].
func (s *Stream) Read(p []byte) (int, error) {
	for s.rest == "" {
		if s.err != nil {
			return 0, s.err
		}
		s.rest, s.err = s.piece()
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// WriteTo implements [io.WriterTo].
func (s *Stream) WriteTo(w io.Writer) (written int64, err error) {
	if flusher, ok := w.(http.Flusher); ok {
		s.flush = flusher.Flush
	}
	for {
		n, err := io.WriteString(w, s.rest)
		written += int64(n)
		s.rest = ""
		if err != nil {
			return written, err
		}
		if s.err != nil {
			s.flush()
			if errors.Is(s.err, io.EOF) {
				return written, nil
			}
			return written, s.err
		}
		s.rest, s.err = s.piece()
	}
}

// errFault is a panic, which must not leave the stream: whoever reads it is the
// gateway itself. Its value may hold anything and is dropped.
var errFault = errors.New("httpbody: a fault in a stream")

func (s *Stream) piece() (rest string, err error) {
	defer func() {
		if recover() != nil {
			rest, err = "", errFault
		}
	}()
	return s.next(s.pieces)
}

// Close implements [io.Closer].
func (s *Stream) Close() error {
	if c, ok := s.source.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

var _ io.WriterTo = (*Stream)(nil)
