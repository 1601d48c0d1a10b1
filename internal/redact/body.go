package redact

import (
	"errors"
	"io"
	"mime"
	"strings"
	"unicode/utf8"

	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
)

// Reasons why a body cannot be looked into. They hold no part of it.
var (
	ErrTooLarge    = errors.New("the body is larger than max_body_bytes")
	ErrEncoding    = errors.New("the body's Content-Encoding or charset is not supported")
	ErrMedia       = errors.New("the body is not text")
	ErrBrokenJSON  = errors.New("the body is announced as JSON but is not valid JSON")
	ErrTooDeep     = errors.New("the body's JSON is nested too deeply")
	ErrBrokenParts = errors.New("the body is announced as multipart but its parts cannot be told apart")
)

// Content is a body with what its headers say about it.
type Content struct {
	// Type is the Content-Type header, which may be empty.
	Type string
	// Encoding is the Content-Encoding header, which may be empty.
	Encoding string
}

// kind is how a body is to be read.
type kind uint8

const (
	textBody kind = iota
	jsonBody
	jsonLinesBody
	formBody
	multipartBody
	markupBody
	eventStreamBody // answers only
	unknownBody     // nothing is said, or nothing that is known here
)

var kindOf = map[string]kind{
	"application/json": jsonBody, "text/json": jsonBody, "application/x-json": jsonBody,
	"application/x-ndjson": jsonLinesBody, "application/ndjson": jsonLinesBody, "application/jsonl": jsonLinesBody,
	"application/jsonlines": jsonLinesBody, "application/x-jsonlines": jsonLinesBody,
	"application/x-www-form-urlencoded": formBody,
	"application/xml":                   markupBody, "text/xml": markupBody, "text/html": markupBody,
	"text/event-stream": eventStreamBody,
}

// kind tells how to read a body, and the parameters of its type.
func (c Content) kind() (k kind, params map[string]string) {
	media, params, err := mime.ParseMediaType(c.Type)
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return unknownBody, nil
	}
	k, known := kindOf[media]
	switch {
	case known:
		return k, params
	case strings.HasSuffix(media, "+json"):
		return jsonBody, params
	case strings.HasSuffix(media, "+xml"):
		return markupBody, params
	case strings.HasPrefix(media, "text/"):
		return textBody, params
	case strings.HasPrefix(media, "multipart/"):
		return multipartBody, params
	}
	return unknownBody, params
}

// ReadBody reads a body and undoes its Content-Encoding. raw is what it has
// read, also when it fails with ErrTooLarge, ErrEncoding or the reader's error.
func (m *Masker) ReadBody(body io.Reader, c Content) (raw, doc string, err error) {
	if raw, err = readAll(body, m.options.MaxBytes); err != nil {
		return raw, "", err
	}
	doc, err = inflate(raw, c.Encoding, m.options.MaxBytes)
	return raw, doc, err
}

// ScanBody scans a body that [Masker.ReadBody] has read.
func (r *Request) ScanBody(doc string, c Content) (Part, error) {
	if doc == "" {
		return Part{}, nil
	}
	k, params := c.kind()
	if !containsASCII(params["charset"]) && !r.masker.options.AllowBinary {
		return Part{}, ErrEncoding
	}
	switch k {
	case jsonBody, jsonLinesBody:
		p, err := r.scanJSON(doc, k == jsonLinesBody)
		if errors.Is(err, jsonedit.ErrDepth) {
			return Part{}, ErrTooDeep
		}
		if err != nil {
			return Part{}, ErrBrokenJSON
		}
		return p, nil
	case multipartBody:
		return r.scanMultipart(doc, params["boundary"])
	}
	if !containsASCII(params["charset"]) || strings.IndexByte(doc, 0) >= 0 || k == unknownBody && c.Type != "" && !utf8.ValidString(doc) {
		switch {
		case r.masker.options.AllowBinary:
			return Part{doc: doc}, nil
		case k == unknownBody:
			return Part{}, ErrMedia
		}
		return Part{}, ErrEncoding
	}
	// JSON is often sent under another name: curl -d calls it a form.
	if looksLikeJSON(doc) || k == unknownBody && doc[0] == '"' {
		p, err := r.scanJSON(doc, false)
		if err == nil {
			return p, nil
		}
		if errors.Is(err, jsonedit.ErrDepth) {
			return Part{}, ErrTooDeep
		}
	}
	if k == formBody {
		return r.ScanQuery(doc, nil), nil
	}
	return r.ScanText(doc), nil
}

// containsASCII tells whether patterns can see the characters of a text in
// this charset: those of ASCII must stand as they are.
func containsASCII(charset string) bool {
	charset = strings.ToLower(charset)
	switch charset {
	case "", "utf-8", "utf8", "us-ascii", "ascii":
		return true
	}
	return strings.HasPrefix(charset, "iso-8859-") || strings.HasPrefix(charset, "windows-125")
}
