package httpbody_test

import (
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/krakend-redact/krakend-redact/internal/httpbody"
	"github.com/krakend-redact/krakend-redact/internal/scratch"
)

func lent(room *scratch.Text, text string) string {
	return room.Build(func(b []byte) []byte { return append(b, text...) })
}

// onlyWriter takes no strings, and fails behind some bytes.
type onlyWriter struct {
	strings.Builder
	left int
}

var errFull = errors.New("full")

func (w *onlyWriter) WriteString(s string) (int, error) { return w.Write([]byte(s)) }

func (w *onlyWriter) Write(p []byte) (int, error) {
	n := min(len(p), w.left)
	w.left -= n
	_, _ = w.Builder.Write(p[:n])
	if n < len(p) {
		return n, errFull
	}
	return n, nil
}

// A body is there until all of it has been read, however that is done, and then its
// memory is nobody's text any more.
func TestOnce(t *testing.T) {
	for name, readAll := range map[string]func(*httpbody.Once) (string, error){
		"at once": func(o *httpbody.Once) (string, error) { b, err := io.ReadAll(o); return string(b), err },
		"byte by byte": func(o *httpbody.Once) (string, error) {
			b, err := io.ReadAll(iotest.OneByteReader(o))
			return string(b), err
		},
		"written": func(o *httpbody.Once) (string, error) {
			var b strings.Builder
			_, err := io.Copy(&b, o)
			return b.String(), err
		},
		"closed before": func(o *httpbody.Once) (string, error) {
			_ = o.Close()
			b, err := io.ReadAll(o)
			return string(b), err
		},
	} {
		var room, other scratch.Text
		text := lent(&room, "card 4111")
		lent(&other, "something else")
		part := text[5:]
		o := httpbody.NewOnce(text, &other, &room)
		if room.Holds(text) || !other.Holds(lent(&other, "x")) {
			t.Errorf("%s: the memory was taken from the wrong one", name)
		}
		if got, err := readAll(o); got != "card 4111" || err != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if part != "\x00\x00\x00\x00" {
			t.Errorf("%s: what has been read is still there: %q", name, part)
		}
		if n, err := o.Read(make([]byte, 9)); n != 0 || err != io.EOF {
			t.Errorf("%s: then %d bytes, %v", name, n, err)
		}
		if n, err := o.WriteTo(io.Discard); n != 0 || err != nil {
			t.Errorf("%s: then %d bytes are written, %v", name, n, err)
		}
	}
	if b, err := io.ReadAll(httpbody.NewOnce("of one's own", &scratch.Text{})); string(b) != "of one's own" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
}

// A body that is left before its end keeps its memory.
func TestOnceThatIsLeft(t *testing.T) {
	var room scratch.Text
	text := lent(&room, "card 4111")
	o := httpbody.NewOnce(text, &room)
	begin := make([]byte, 4)
	if _, err := io.ReadFull(o, begin); err != nil || o.Close() != nil {
		t.Fatal(err)
	}
	for range 10 {
		var other scratch.Text
		lent(&other, strings.Repeat("x", 100))
		other.Release()
	}
	if text != "card 4111" {
		t.Errorf("the body has become %q", text)
	}
}

// keeper is a writer that fails although it has all bytes, and keeps them.
type keeper struct{ kept []byte }

func (w *keeper) Write(p []byte) (int, error) {
	w.kept = p
	return len(p), errFull
}

// Memory that a writer may still have is not given back when it fails, wherever it does.
func TestOnceThatCannotBeWritten(t *testing.T) {
	var room scratch.Text
	text := lent(&room, "card 4111")
	o := httpbody.NewOnce(text, &room)
	w := &onlyWriter{left: 3}
	if n, err := o.WriteTo(w); n != 3 || err != errFull {
		t.Errorf("wrote %d bytes: %v", n, err)
	}
	w.left = 1000
	if _, err := io.Copy(w, o); err != nil || w.String() != "card 4111" {
		t.Errorf("%q, %v", w.String(), err)
	}
	if text != "card 4111" {
		t.Errorf("the body has become %q", text)
	}

	var k keeper
	text = lent(&room, "card 4222")
	if n, err := httpbody.NewOnce(text, &room).WriteTo(&k); n != 9 || err != errFull {
		t.Errorf("wrote %d bytes: %v", n, err)
	}
	if string(k.kept) != "card 4222" {
		t.Errorf("what the writer has became %q", k.kept)
	}
}

// Somebody who goes on reading while others use the memory sees nothing of them.
func TestOnceInTheHandsOfMany(t *testing.T) {
	var all sync.WaitGroup
	for i := range 8 {
		all.Add(1)
		go func() {
			defer all.Done()
			own := string(rune('a' + i))
			for range 200 {
				var room scratch.Text
				o := httpbody.NewOnce(lent(&room, strings.Repeat(own, 1000)), &room)
				var readers sync.WaitGroup
				for range 3 {
					readers.Add(1)
					go func() {
						defer readers.Done()
						if b, _ := io.ReadAll(o); strings.Trim(string(b), own) != "" {
							t.Errorf("%s reads %.50q", own, b)
						}
					}()
				}
				readers.Wait()
			}
		}()
	}
	all.Wait()
}
