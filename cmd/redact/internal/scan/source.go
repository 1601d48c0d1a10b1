package scan

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/unicode"
)

// Format is how a file is read.
type Format string

// The formats. Auto goes by the name of a file and by how it begins.
const (
	FormatAuto  Format = "auto"
	FormatText  Format = "text"
	FormatJSONL Format = "jsonl"
	FormatJSON  Format = "json"
	FormatHAR   Format = "har"
)

// Formats are the names of all formats.
func Formats() []string {
	return []string{string(FormatAuto), string(FormatText), string(FormatJSONL), string(FormatJSON), string(FormatHAR)}
}

// sampled is how much of a file tells whether it is text, and which.
const sampled = 8 << 10

// zstdWindow bounds in bytes what a zstd stream may ask to be kept in memory
// (RFC 8878, section 3.1.1.1.2, recommends 8 MiB as the least to support).
const zstdWindow = 32 << 20

// cut reads a file and cuts it into units.
func (r *reader) cut(f *file, emit func(*unit) bool) error {
	in, err := os.Open(f.path)
	if err != nil {
		return err
	}
	defer in.Close()
	plain, err := inflated(counted{in, r.scanner.options.Read})
	if err != nil {
		return err
	}
	defer plain.Close()
	text := bufio.NewReaderSize(plain, 64<<10)
	sample, _ := text.Peek(sampled) // whoever reads on gets the error
	if isUTF16(sample) {
		text = bufio.NewReaderSize(unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Reader(text), 64<<10)
		sample, _ = text.Peek(sampled)
	}
	if bytes.IndexByte(sample, 0) >= 0 {
		return errBinary
	}
	s := &splitter{sizes: r.scanner.sizes, in: text, emit: emit, line: 1}
	format := r.scanner.options.Format
	if format == FormatAuto || format == "" {
		format = formatOf(f.path, sample)
	}
	switch format {
	case FormatHAR:
		return cutHAR(text, emit)
	case FormatJSONL:
		return s.lines()
	case FormatJSON:
		return s.document()
	}
	return s.text()
}

// isUTF16 tells whether a text is in UTF-16, as programs for Windows write logs: it
// begins with a byte order mark, and plain letters have a zero byte.
func isUTF16(sample []byte) bool {
	return bytes.IndexByte(sample, 0) >= 0 && (bytes.HasPrefix(sample, []byte("\xff\xfe")) || bytes.HasPrefix(sample, []byte("\xfe\xff")))
}

// counted tells how much of a reader has been read.
type counted struct {
	io.Reader
	tell func(int)
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if c.tell != nil {
		c.tell(n)
	}
	return n, err
}

// inflated undoes gzip and zstd, which it knows by how they begin.
func inflated(in io.Reader) (io.ReadCloser, error) {
	stored := bufio.NewReaderSize(in, 64<<10)
	magic, _ := stored.Peek(4) // a shorter file is not compressed
	switch {
	case bytes.HasPrefix(magic, []byte("\x1f\x8b\x08")):
		z, err := gzip.NewReader(stored)
		if err != nil {
			return nil, errCompressed
		}
		return inflating{z}, nil
	case bytes.Equal(magic, []byte("\x28\xb5\x2f\xfd")):
		z, err := zstd.NewReader(stored, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(zstdWindow))
		if err != nil {
			return nil, errCompressed
		}
		return inflating{z.IOReadCloser()}, nil
	}
	return io.NopCloser(stored), nil
}

// inflating says what is wrong with compressed data without quoting any.
type inflating struct{ io.ReadCloser }

func (r inflating) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = errCompressed
	}
	return n, err
}

var errCompressed = errors.New("the compressed data is broken or cut off")

// formatOf guesses the format of a file.
func formatOf(path string, sample []byte) Format {
	name := strings.ToLower(path)
	for _, ending := range []string{".gz", ".zst", ".zstd"} {
		name = strings.TrimSuffix(name, ending)
	}
	switch filepath.Ext(name) {
	case ".har":
		return FormatHAR
	case ".jsonl", ".ndjson":
		return FormatJSONL
	case ".json":
		if !isLines(sample) {
			return FormatJSON
		}
		return FormatJSONL
	}
	if isLines(sample) {
		return FormatJSONL
	}
	return FormatText
}

// isLines tells whether the first line of a text is a JSON object, and not all of
// it.
func isLines(sample []byte) bool {
	line, _, whole := bytes.Cut(bytes.TrimPrefix(sample, []byte("\xef\xbb\xbf")), []byte("\n"))
	line = bytes.TrimSpace(line)
	return whole && len(line) > 1 && line[0] == '{' && json.Valid(line)
}
