package httpbody

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"time"
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
	meter  *Meter // nil for none
}

// Meter measures a stream.
type Meter struct {
	// Out are the bytes handed on, and Busy is the time spent on them, without
	// that of waiting for sender and receiver.
	Out  int64
	Busy time.Duration
	// Ended is called at the end of the stream, once, before its last piece is
	// handed on: with io.EOF where it ended as it should, also with ErrLast, else
	// with ErrFault, ErrAbandoned or what the source failed with.
	Ended func(error)
	ended bool
}

// Measure makes a meter measure the stream.
func (s *Stream) Measure(m *Meter) { s.meter = m }

func (m *Meter) end(err error) {
	if m != nil && !m.ended {
		m.ended = true
		m.Ended(err)
	}
}

// NewStream begins a stream. next reads the next piece and returns what is to
// be sent in its place; it may do so together with an error, which ends the
// stream unless it is ErrLast.
func NewStream(source io.Reader, next func(*bufio.Reader) (string, error)) *Stream {
	s := &Stream{source: source, next: next, flush: func() {}}
	s.pieces = bufio.NewReaderSize(flushBefore{s}, 32<<10)
	return s
}

// flushBefore flushes what is written before it waits for the sender.
type flushBefore struct{ *Stream }

func (f flushBefore) Read(p []byte) (int, error) {
	if f.meter == nil {
		f.flush()
		return f.source.Read(p)
	}
	begin := time.Now()
	f.flush()
	n, err := f.source.Read(p)
	f.meter.Busy -= time.Since(begin)
	return n, err
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
			s.meter.end(ErrAbandoned)
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

// ErrFault is a panic, which must not leave the stream: whoever reads it is the
// gateway itself. Its value may hold anything and is dropped.
var ErrFault = errors.New("httpbody: a fault in a stream")

// ErrAbandoned is the end of a stream whose receiver has gone away.
var ErrAbandoned = errors.New("httpbody: nobody receives the stream any more")

// ErrLast comes with a piece that its readers take for the end: they may go away
// then, whatever the source still does.
var ErrLast = errors.New("httpbody: nobody reads on")

func (s *Stream) piece() (rest string, err error) {
	defer func() {
		if recover() != nil {
			rest, err = "", ErrFault
			s.meter.end(err)
		}
	}()
	begin := time.Now()
	rest, err = s.next(s.pieces)
	last := err == ErrLast
	if last {
		err = nil
	}
	if s.meter != nil {
		s.meter.Busy += time.Since(begin)
		s.meter.Out += int64(len(rest))
	}
	switch {
	case last:
		s.meter.end(io.EOF)
	case err != nil:
		s.meter.end(err)
	}
	return rest, err
}

// Close implements [io.Closer].
func (s *Stream) Close() error {
	s.meter.end(ErrAbandoned)
	if c, ok := s.source.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

var _ io.WriterTo = (*Stream)(nil)
