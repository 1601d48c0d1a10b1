package redact

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"io"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/httpbody"
)

// ArrivesAsArray tells whether a body is a stream that arrives as one JSON array
// of events, and if so returns it with its compression undone, for
// [Answer.NewArrayStream]. It waits for the first byte that tells; body is what
// to read instead of source in any case.
func (a *Answer) ArrivesAsArray(source io.Reader, c Content) (body io.Reader, isArray bool) {
	if k, _ := c.Kind(); !a.profile.Arrays || k != httpbody.JSON {
		return source, false
	}
	in := bufio.NewReader(source)
	whole := withCloser{in, source}
	start, _ := in.Peek(len(gzipMagic))
	switch {
	case c.Gzip(), c.Encoding == "" && string(start) == gzipMagic:
	case c.Plain():
		return whole, beginsArray(in)
	default:
		return whole, false
	}
	// What is read of it to look inside is put back.
	var seen bytes.Buffer
	plain, err := gzip.NewReader(io.TeeReader(in, &seen))
	isArray = err == nil && beginsArray(bufio.NewReader(plain))
	whole.Reader = io.MultiReader(&seen, in)
	if isArray {
		return httpbody.InflateStream(whole), true
	}
	return whole, false
}

const gzipMagic = "\x1f\x8b\x08"

// beginsArray tells whether the first byte that is no space opens an array.
func beginsArray(in *bufio.Reader) bool {
	for n := 1; ; n++ {
		start, err := in.Peek(n)
		if err != nil {
			return false
		}
		if c := start[n-1]; strings.IndexByte(" \t\r\n", c) < 0 {
			return c == '['
		}
	}
}

// withCloser is a reader that closes what it reads from.
type withCloser struct {
	io.Reader
	source io.Reader
}

// Close implements [io.Closer].
func (r withCloser) Close() error {
	if c, ok := r.source.(io.Closer); ok {
		return c.Close()
	}
	return nil
}
