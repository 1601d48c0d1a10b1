package sse_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/krakend-redact/krakend-redact/internal/httpbody"
	"github.com/krakend-redact/krakend-redact/internal/sse"
)

const limit = 1000

// pieces returns the pieces of a stream, written as raw|value|value.
func pieces(t *testing.T, source io.Reader, limit int64) (all []string, err error) {
	t.Helper()
	in := bufio.NewReader(source)
	s := sse.Scanner{Limit: limit}
	for {
		p, err := s.Next(in)
		text := p.Raw
		for _, v := range p.Data {
			text += "|" + p.Raw[v.Start:v.End]
		}
		if text != "" {
			all = append(all, text)
		}
		if err != nil {
			return all, err
		}
	}
}

func TestPieces(t *testing.T) {
	for _, tt := range []struct {
		name, stream string
		want         []string
	}{
		{"empty", "", nil},
		{"one event", "data: x\n\n", []string{"data: x\n\n|x"}},
		{"two events", "data: x\n\ndata: y\n\n", []string{"data: x\n\n|x", "data: y\n\n|y"}},
		{"CRLF", "data: x\r\n\r\ndata: y\r\n\r\n", []string{"data: x\r\n\r\n|x", "data: y\r\n\r\n|y"}},
		{"CR", "data: x\r\rdata: y\r\r", []string{"data: x\r\r|x", "data: y\r\r|y"}},
		{"a line of data after a CR", ": a\rdata: {}\n\n", []string{": a\r", "data: {}\n\n|{}"}},
		{"no space", "data:x\n\n", []string{"data:x\n\n|x"}},
		{"two spaces", "data:  x\n\n", []string{"data:  x\n\n| x"}},
		{"several lines", "data: x\ndata: y\n\n", []string{"data: x\ndata: y\n\n|x|y"}},
		{"no value", "data\ndata:\n\n", []string{"data\ndata:\n\n||"}},
		{"other fields before", "event: e\nid: 1\ndata: x\n\n", []string{"event: e\n", "id: 1\n", "data: x\n\n|x"}},
		{"other fields after", "data: x\nid: 1\n\n", []string{"data: x\nid: 1\n\n|x"}},
		{"other fields between", "data: x\n: c\ndata: y\n\n", []string{"data: x\n: c\ndata: y\n\n|x|y"}},
		{"comments at once", ": beat\n\n: beat\n", []string{": beat\n", "\n", ": beat\n"}},
		{"names are case-sensitive", "Data: x\ndatax: y\n", []string{"Data: x\n", "datax: y\n"}},
		{"JSON that is no field", "{\"a\":1}\n[2]\n\n", []string{"{\"a\":1}\n|{\"a\":1}", "[2]\n|[2]", "\n"}},
		{"JSON that is no field in an event", "data: x\n {\"a\":1}\n\n", []string{"data: x\n {\"a\":1}\n\n|x| {\"a\":1}"}},
		{"byte order mark", "\xef\xbb\xbfdata: x\n\n", []string{"\xef\xbb\xbfdata: x\n\n|x"}},
		{"byte order mark later on", "\n\xef\xbb\xbfdata: x\n", []string{"\n", "\xef\xbb\xbfdata: x\n"}},
		{"no end", "data: x", []string{"data: x|x"}},
		{"no blank line", "data: x\n", []string{"data: x\n|x"}},
	} {
		for name, source := range map[string]io.Reader{
			"whole": strings.NewReader(tt.stream), "with its end": iotest.DataErrReader(strings.NewReader(tt.stream)),
		} {
			got, err := pieces(t, source, limit)
			if !reflect.DeepEqual(got, tt.want) || !errors.Is(err, io.EOF) {
				t.Errorf("%s, %s: %q, %v; want %q", tt.name, name, got, err, tt.want)
			}
		}
	}
}

func TestAPieceIsSentAsSoonAsItIsThere(t *testing.T) {
	for _, tt := range []struct{ name, stream string }{
		{"event", "data: x\n\n"},
		{"event, CR", "data: x\r\r"},
		{"comment", ": beat\n"},
	} {
		in := bufio.NewReader(io.MultiReader(strings.NewReader(tt.stream), iotest.ErrReader(errors.New("waits"))))
		s := sse.Scanner{Limit: limit}
		if p, err := s.Next(in); err != nil || p.Raw != tt.stream {
			t.Errorf("%s: %q, %v", tt.name, p.Raw, err)
		}
	}
}

func TestLimit(t *testing.T) {
	long := strings.Repeat("x", 50)
	for _, tt := range []struct {
		name, stream string
		limit        int64
		want         error
	}{
		{"one line", "data: " + long + "\n\n", 50, httpbody.ErrTooLarge},
		{"one line without an end", long, 40, httpbody.ErrTooLarge},
		{"several lines", strings.Repeat("data: x\n", 10), 50, httpbody.ErrTooLarge},
		{"several events", strings.Repeat("data: x\n\n", 10), 50, io.EOF},
		{"exactly", "data: " + long + "\n\n", 58, io.EOF},
	} {
		if _, err := pieces(t, strings.NewReader(tt.stream), tt.limit); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

// After an event that was too large the next one is read again.
func TestTheRestOfALargeEvent(t *testing.T) {
	for _, end := range []string{"\n\n", "\r\n\r\n", "\r\r"} {
		line := end[:len(end)/2]
		stream := "data: " + strings.Repeat("x", 60) + line + "id: 1" + line + "data: y" + end + "data: z" + end
		for name, source := range map[string]io.Reader{"whole": strings.NewReader(stream), "byte by byte": iotest.OneByteReader(strings.NewReader(stream))} {
			in := bufio.NewReaderSize(source, 16)
			s := sse.Scanner{Limit: 40}
			var all, rest, values string
			for {
				p, err := s.Next(in)
				all += p.Raw
				if p.Rest {
					rest += p.Raw
				}
				for _, v := range p.Data {
					values += p.Raw[v.Start:v.End]
				}
				if errors.Is(err, io.EOF) {
					break
				}
			}
			if all != stream || values != "z" || !strings.Contains(rest, "data: y") {
				t.Errorf("%q, %s: %q, rest %q, values %q", end, name, all, rest, values)
			}
		}
	}
}

func TestWhatArrivedBeforeAnErrorIsReturned(t *testing.T) {
	broken := errors.New("broken")
	got, err := pieces(t, io.MultiReader(strings.NewReader("data: x\nda"), iotest.ErrReader(broken)), limit)
	if !reflect.DeepEqual(got, []string{"data: x\nda|x"}) || !errors.Is(err, broken) {
		t.Errorf("%q, %v", got, err)
	}
}

func FuzzPiecesAreTheStream(f *testing.F) {
	for _, s := range []string{"data: x\n\n", "data: x\r\rdata: y\r\n\r\n", "\xef\xbb\xbfdata\n:c\r{}\n", "a\r\n\rdata:{\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, stream string) {
		var forms []string
		for _, source := range []io.Reader{strings.NewReader(stream), iotest.OneByteReader(strings.NewReader(stream))} {
			var raw, values string
			in := bufio.NewReader(source)
			s := sse.Scanner{Limit: int64(len(stream))}
			for {
				p, err := s.Next(in)
				raw += p.Raw
				for _, v := range p.Data {
					values += fmt.Sprintf("%q ", p.Raw[v.Start:v.End])
				}
				if err != nil {
					if !errors.Is(err, io.EOF) {
						t.Fatal(err)
					}
					break
				}
			}
			if raw != stream {
				t.Fatalf("%q comes back as %q", stream, raw)
			}
			forms = append(forms, values)
		}
		if forms[0] != forms[1] {
			t.Errorf("%q: %s whole, but %s byte by byte", stream, forms[0], forms[1])
		}
	})
}
