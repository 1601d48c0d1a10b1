package httpbody_test

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/httpbody"
)

// slow is a sender, or a receiver, that takes its time.
type slow struct {
	io.Reader
	pause time.Duration
}

func (s slow) Read(p []byte) (int, error) {
	time.Sleep(s.pause)
	return s.Reader.Read(p)
}

func lineByLine(in *bufio.Reader) (string, error) { return in.ReadString('\n') }

func TestMeter(t *testing.T) {
	const pause = 50 * time.Millisecond
	for name, tt := range map[string]struct {
		next func(*bufio.Reader) (string, error)
		end  error
		out  int64
	}{
		"to its end": {lineByLine, io.EOF, 8},
		"a fault":    {func(*bufio.Reader) (string, error) { panic("value") }, httpbody.ErrFault, 0},
	} {
		s := httpbody.NewStream(slow{strings.NewReader("one\ntwo\n"), pause}, tt.next)
		var ends []error
		var m httpbody.Meter
		m.Ended = func(err error) {
			ends = append(ends, err)
			if m.Out != tt.out {
				t.Errorf("%s: %d bytes, want %d", name, m.Out, tt.out)
			}
		}
		s.Measure(&m)
		_, _ = io.Copy(io.Discard, s)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if len(ends) != 1 || !errors.Is(ends[0], tt.end) {
			t.Errorf("%s: ends with %v, want %v", name, ends, tt.end)
		}
		if m.Busy < 0 || m.Busy >= pause {
			t.Errorf("%s: busy for %s", name, m.Busy)
		}
	}

	// The end as its readers see it is told before they have it, whatever comes then.
	last := func(in *bufio.Reader) (string, error) {
		line, err := in.ReadString('\n')
		if line == "last\n" {
			return line, httpbody.ErrLast
		}
		return line, err
	}
	ends := []error{}
	left := httpbody.NewStream(strings.NewReader("one\nlast\ntwo\n"), last)
	left.Measure(&httpbody.Meter{Ended: func(err error) { ends = append(ends, err) }})
	if _, err := io.ReadFull(left, make([]byte, 4)); err != nil || len(ends) != 0 {
		t.Errorf("%v before the last piece, ends with %v", err, ends)
	}
	if _, err := left.Read(make([]byte, 1)); err != nil || len(ends) != 1 || ends[0] != io.EOF {
		t.Errorf("%v at the last piece, ends with %v", err, ends)
	}
	if rest, err := io.ReadAll(left); err != nil || string(rest) != "ast\ntwo\n" || left.Close() != nil || len(ends) != 1 {
		t.Errorf("%q, %v, ends with %v", rest, err, ends)
	}
	if all, err := io.ReadAll(httpbody.NewStream(strings.NewReader("last\ntwo\n"), last)); err != nil || string(all) != "last\ntwo\n" {
		t.Errorf("%q, %v without a meter", all, err)
	}

	// Nobody reads it.
	s := httpbody.NewStream(strings.NewReader("one\n"), lineByLine)
	var end error
	s.Measure(&httpbody.Meter{Ended: func(err error) { end = err }})
	if err := s.Close(); err != nil || !errors.Is(end, httpbody.ErrAbandoned) {
		t.Errorf("ends with %v, %v", end, err)
	}
}

// A body of a known size is looked into when all of it is there, and not only
// when its sender says so.
func TestTeeOfAKnownSize(t *testing.T) {
	source, sender := io.Pipe()
	looked := make(chan string, 2)
	s := httpbody.Tee(source, 6, 100, func(body string) { looked <- body })
	go func() {
		_, _ = io.WriteString(sender, "abc")
		_, _ = io.WriteString(sender, "def")
	}()
	if _, err := io.ReadFull(s, make([]byte, 5)); err != nil {
		t.Fatal(err)
	}
	if body := <-looked; body != "abcdef" {
		t.Errorf("looked into %q", body)
	}
	_ = sender.Close()
	if rest, err := io.ReadAll(s); string(rest) != "f" || err != nil || len(looked) != 0 {
		t.Errorf("%q, %v, looked %d times more", rest, err, len(looked))
	}
}
