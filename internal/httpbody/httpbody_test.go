package httpbody_test

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/httpbody"
)

func TestKind(t *testing.T) {
	for _, tt := range []struct {
		contentType, media string
		want               httpbody.Kind
	}{
		{"application/json", "application/json", httpbody.JSON},
		{"Application/JSON; charset=utf-8", "application/json", httpbody.JSON},
		{"application/problem+json", "application/problem+json", httpbody.JSON},
		{"application/json; broken", "application/json", httpbody.JSON},
		{"application/x-ndjson", "application/x-ndjson", httpbody.JSONLines},
		{"application/jsonl", "application/jsonl", httpbody.JSONLines},
		{"text/event-stream;charset=UTF-8", "text/event-stream", httpbody.EventStream},
		{"application/x-www-form-urlencoded", "application/x-www-form-urlencoded", httpbody.Form},
		{"multipart/mixed; boundary=x", "multipart/mixed", httpbody.Multipart},
		{"text/html", "text/html", httpbody.Markup},
		{"application/atom+xml", "application/atom+xml", httpbody.Markup},
		{"text/plain", "text/plain", httpbody.Text},
		{"image/png", "image/png", httpbody.Unknown},
		{"", "", httpbody.Unknown},
		{"application/json, text/html", "", httpbody.Unknown},
	} {
		c := httpbody.Content{Type: tt.contentType}
		media, _ := c.Media()
		if kind, _ := c.Kind(); kind != tt.want || media != tt.media {
			t.Errorf("%q: kind %d, media %q, want %d, %q", tt.contentType, kind, media, tt.want, tt.media)
		}
	}
}

func TestStreamed(t *testing.T) {
	for _, tt := range []struct {
		contentType, encoding string
		want                  bool
	}{
		{"text/event-stream", "", true},
		{"application/x-ndjson", "Identity", true},
		{"text/event-stream", "gzip", false},
		{"application/json", "", false},
	} {
		if got := (httpbody.Content{Type: tt.contentType, Encoding: tt.encoding}).Streamed(); got != tt.want {
			t.Errorf("%q %q: %v, want %v", tt.contentType, tt.encoding, got, tt.want)
		}
	}
}

func TestContainsASCII(t *testing.T) {
	for charset, want := range map[string]bool{
		"": true, "UTF-8": true, "utf8": true, "us-ascii": true, "ISO-8859-1": true, "windows-1252": true,
		"utf-16": false, "utf-7": false, "ibm037": false, "shift_jis": false,
	} {
		if got := httpbody.ContainsASCII(charset); got != want {
			t.Errorf("%q: %v, want %v", charset, got, want)
		}
	}
}

func compressed(t *testing.T, text string, writer func(io.Writer) io.WriteCloser) string {
	t.Helper()
	var b bytes.Buffer
	w := writer(&b)
	_, _ = io.WriteString(w, text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestInflate(t *testing.T) {
	gz := func(s string) string {
		return compressed(t, s, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
	}
	zl := func(s string) string {
		return compressed(t, s, func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) })
	}
	bare := compressed(t, "text", func(w io.Writer) io.WriteCloser {
		f, _ := flate.NewWriter(w, 5)
		return f
	})
	const limit = 100
	for _, tt := range []struct {
		name, raw, encodings, want string
		err                        error
	}{
		{"plain", "text", "", "text", nil},
		{"identity", "text", "identity", "text", nil},
		{"gzip", gz("text"), "gzip", "text", nil},
		{"upper case", gz("text"), "GZIP", "text", nil},
		{"gzip that nothing announces", gz("text"), "", "text", nil},
		{"deflate", zl("text"), "deflate", "text", nil},
		{"bare deflate", bare, "deflate", "text", nil},
		{"twice", gz(zl("text")), "deflate, gzip", "text", nil},
		{"empty", "", "gzip", "", nil},
		{"unknown", "text", "br", "", httpbody.ErrEncoding},
		{"wrong", "text", "gzip", "", httpbody.ErrEncoding},
		{"cut off", gz("text")[:20], "gzip", "", httpbody.ErrEncoding},
		{"at the limit", gz(strings.Repeat("x", limit)), "gzip", strings.Repeat("x", limit), nil},
		{"a bomb", gz(strings.Repeat("x", limit+1)), "gzip", "", httpbody.ErrTooLarge},
	} {
		got, err := httpbody.Inflate(tt.raw, tt.encodings, limit)
		if got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("%s: %q, %v; want %q, %v", tt.name, got, err, tt.want, tt.err)
		}
	}
}

func TestReadAllReturnsWhatItHasRead(t *testing.T) {
	broken := errors.New("broken")
	for _, tt := range []struct {
		source io.Reader
		want   string
		err    error
	}{
		{strings.NewReader("1234"), "1234", nil},
		{strings.NewReader("12345"), "12345", httpbody.ErrTooLarge},
		{io.MultiReader(strings.NewReader("12"), failing{broken}), "12", broken},
	} {
		if got, err := httpbody.ReadAll(tt.source, 4); got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("%q, %v; want %q, %v", got, err, tt.want, tt.err)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func upperLines(in *bufio.Reader) (string, error) {
	line, err := in.ReadString('\n')
	return strings.ToUpper(line), err
}

func TestStreamFlushesBeforeItWaits(t *testing.T) {
	source, sender := io.Pipe()
	w := httptest.NewRecorder()
	flushed := make(chan string)
	ended := make(chan error)
	go func() {
		_, err := httpbody.NewStream(source, upperLines).WriteTo(flushes{w, func() { flushed <- w.Body.String() }})
		ended <- err
	}()
	// A whole line goes out although half a line follows it.
	for _, step := range []struct{ send, want string }{{"a\nb", ""}, {"b\nc\n", "A\n"}, {"d", "A\nBB\nC\n"}} {
		if got := <-flushed; got != step.want {
			t.Errorf("%q has arrived before %q is sent, want %q", got, step.send, step.want)
		}
		_, _ = io.WriteString(sender, step.send)
	}
	<-flushed
	_ = sender.Close()
	if got := <-flushed; got != "A\nBB\nC\nD" {
		t.Errorf("%q has arrived at the end", got)
	}
	if err := <-ended; err != nil || w.Body.String() != "A\nBB\nC\nD" {
		t.Errorf("%q, %v", w.Body, err)
	}
}

type flushes struct {
	*httptest.ResponseRecorder
	flush func()
}

func (f flushes) Flush() { f.flush() }

func TestStreamReads(t *testing.T) {
	got, err := io.ReadAll(httpbody.NewStream(strings.NewReader("a\n\nb"), upperLines))
	if err != nil || string(got) != "A\n\nB" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestStreamEndsWithItsError(t *testing.T) {
	broken := errors.New("broken")
	source := func() io.Reader { return io.MultiReader(strings.NewReader("a\nb"), failing{broken}) }
	got, err := io.ReadAll(httpbody.NewStream(source(), upperLines))
	if string(got) != "A\nB" || !errors.Is(err, broken) {
		t.Errorf("read %q, %v", got, err)
	}
	var b strings.Builder
	if _, err := httpbody.NewStream(source(), upperLines).WriteTo(&b); b.String() != "A\nB" || !errors.Is(err, broken) {
		t.Errorf("wrote %q, %v", b.String(), err)
	}
	if n, err := httpbody.NewStream(source(), upperLines).WriteTo(refusing{broken}); n != 0 || !errors.Is(err, broken) {
		t.Errorf("a writer that fails: %d, %v", n, err)
	}
}

type refusing struct{ err error }

func (r refusing) Write([]byte) (int, error) { return 0, r.err }

func TestStreamClosesItsSource(t *testing.T) {
	source, sender := io.Pipe()
	if err := httpbody.NewStream(source, upperLines).Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := sender.Write([]byte("x")); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("the source is still open: %v", err)
	}
	if err := httpbody.NewStream(strings.NewReader(""), upperLines).Close(); err != nil {
		t.Error(err)
	}
}
