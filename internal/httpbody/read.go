// Package httpbody reads the bodies of HTTP messages: it tells from the headers
// what a body is, undoes its compression within a limit, and hands streamed
// bodies on as they arrive.
//
// It knows nothing of what is looked for in a body.
package httpbody

import (
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/scratch"
)

// Reasons why a body cannot be looked into. They hold no part of it.
var (
	ErrTooLarge = errors.New("the body is larger than max_body_bytes")
	ErrEncoding = errors.New("the body's Content-Encoding or charset is not supported")
)

// firstSize is how many bytes a body gets at first, whatever the headers say of its
// length: the memory comes with the body.
const firstSize = 4 << 10

// ReadAll reads up to limit bytes. What it has read is returned with an error
// too.
func ReadAll(r io.Reader, limit int64) (string, error) {
	var room scratch.Text
	body, err := Read(&room, r, limit)
	body = room.Own(body)
	room.Release()
	return body, err
}

// Read is [ReadAll] for a body that is needed no longer than its memory is lent.
func Read(into *scratch.Text, r io.Reader, limit int64) (body string, err error) {
	body = into.Build(func(room []byte) []byte {
		room, err = readAll(room, r, limit)
		return room
	})
	return body, err
}

func readAll(b []byte, r io.Reader, limit int64) ([]byte, error) {
	if cap(b) == 0 {
		b = make([]byte, 0, firstSize)
	}
	for {
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
		// What lies beyond is left to those who pass a body on as it is.
		n, err := r.Read(b[len(b):min(int64(cap(b)), limit+1)])
		b = b[:len(b)+n]
		switch {
		case int64(len(b)) > limit:
			return b, ErrTooLarge
		case errors.Is(err, io.EOF):
			return b, nil
		case err != nil:
			return b, err
		}
	}
}

// maxCodings bounds how often a body may have been compressed: each time costs
// as much as the whole body.
const maxCodings = 3

// Inflate undoes the Content-Encodings gzip and deflate (RFC 9110, 8.4.1), in
// the reverse of their order, up to limit bytes. A body that begins as gzip
// does is taken for it even when the header did not get here: KrakenD forwards
// only the headers named in input_headers.
func Inflate(raw, encodings string, limit int64) (string, error) {
	if encodings == "" && strings.HasPrefix(raw, "\x1f\x8b\x08") {
		encodings = "gzip"
	}
	if encodings == "" {
		return raw, nil
	}
	list := strings.Split(strings.ToLower(encodings), ",")
	if len(list) > maxCodings {
		return "", ErrEncoding
	}
	for i := len(list) - 1; i >= 0; i-- {
		coding := strings.TrimSpace(list[i])
		if coding == "" || coding == "identity" || raw == "" {
			continue
		}
		reader, err := decompressor(coding, raw)
		if err != nil {
			return "", ErrEncoding
		}
		raw, err = ReadAll(reader, limit)
		if errors.Is(err, ErrTooLarge) {
			return "", err
		}
		if err != nil {
			return "", ErrEncoding
		}
	}
	return raw, nil
}

func decompressor(coding, raw string) (io.Reader, error) {
	switch coding {
	case "gzip", "x-gzip":
		return gzip.NewReader(strings.NewReader(raw))
	case "deflate":
		// The zlib format by the RFC, bare deflate by some senders.
		if r, err := zlib.NewReader(strings.NewReader(raw)); err == nil {
			return r, nil
		}
		return flate.NewReader(strings.NewReader(raw)), nil
	}
	return nil, ErrEncoding
}

// InflateStream undoes gzip as it arrives. Nothing is read before the first
// Read.
func InflateStream(source io.Reader) io.Reader { return &inflating{source: source} }

type inflating struct {
	source io.Reader
	plain  *gzip.Reader
}

func (r *inflating) Read(p []byte) (int, error) {
	if r.plain == nil {
		plain, err := gzip.NewReader(r.source)
		if err != nil {
			return 0, ErrEncoding
		}
		r.plain = plain
	}
	return r.plain.Read(p)
}

// Close closes the source, if it can be closed.
func (r *inflating) Close() error {
	if c, ok := r.source.(io.Closer); ok {
		return c.Close()
	}
	return nil
}
