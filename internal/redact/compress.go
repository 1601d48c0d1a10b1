package redact

import (
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"strings"
)

// readAll reads up to limit bytes. What it has read is returned with an error
// too.
func readAll(r io.Reader, limit int64) (string, error) {
	var b strings.Builder
	n, err := io.Copy(&b, io.LimitReader(r, limit+1))
	if err == nil && n > limit {
		err = ErrTooLarge
	}
	return b.String(), err
}

// inflate undoes the Content-Encodings gzip and deflate (RFC 9110, 8.4.1), in
// the reverse of their order, up to limit bytes. A body that begins as gzip
// does is taken for it even when the header did not get here: KrakenD forwards
// only the headers named in input_headers.
func inflate(raw, encodings string, limit int64) (string, error) {
	if encodings == "" && strings.HasPrefix(raw, "\x1f\x8b\x08") {
		encodings = "gzip"
	}
	list := strings.Split(strings.ToLower(encodings), ",")
	for i := len(list) - 1; i >= 0; i-- {
		coding := strings.TrimSpace(list[i])
		if coding == "" || coding == "identity" || raw == "" {
			continue
		}
		reader, err := decompressor(coding, raw)
		if err != nil {
			return "", ErrEncoding
		}
		raw, err = readAll(reader, limit)
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
