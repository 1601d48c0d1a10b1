package httpbody

import (
	"errors"
	"mime"
	"regexp"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/filled"
)

// Content is what the headers of a body say about it.
type Content struct {
	// Type is the Content-Type header, which may be empty.
	Type string
	// Encoding is the Content-Encoding header, which may be empty.
	Encoding string
}

// Kind is how a body is to be read.
type Kind uint8

// The kinds of bodies. Unknown is one of which nothing is said, or nothing that
// is known here.
const (
	Text Kind = iota
	JSON
	JSONLines
	Form
	Multipart
	Markup
	EventStream
	Unknown
)

var kindOf = filled.Map(map[string]Kind{
	"application/json": JSON, "text/json": JSON, "application/x-json": JSON,
	"application/x-ndjson": JSONLines, "application/ndjson": JSONLines, "application/jsonl": JSONLines,
	"application/jsonlines": JSONLines, "application/x-jsonlines": JSONLines,
	"application/x-www-form-urlencoded": Form,
	"application/xml":                   Markup, "text/xml": Markup, "text/html": Markup,
	"text/event-stream": EventStream,
})

// Media returns the media type in lower case with its parameters, and "" when
// there is none that can be read.
func (c Content) Media() (media string, params map[string]string) {
	media, params, err := mime.ParseMediaType(c.Type)
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return "", nil
	}
	return media, params
}

// Kind tells how to read a body, and the parameters of its type.
func (c Content) Kind() (k Kind, params map[string]string) {
	if k, known := kindOf[c.Type]; known {
		return k, nil
	}
	media, params := c.Media()
	return kindOfMedia(media), params
}

func kindOfMedia(media string) Kind {
	k, known := kindOf[media]
	switch {
	case known:
		return k
	case strings.HasSuffix(media, "+json"):
		return JSON
	case strings.HasSuffix(media, "+xml"):
		return Markup
	case strings.HasPrefix(media, "text/"):
		return Text
	case strings.HasPrefix(media, "multipart/"):
		return Multipart
	}
	return Unknown
}

// Strictly is [Content.Kind] for bodies that must be read as everybody reads
// them: a type that cannot be parsed in full is an error.
func (c Content) Strictly() (k Kind, params map[string]string, err error) {
	if _, known := kindOf[c.Type]; !known && c.Type != "" {
		if _, _, err := mime.ParseMediaType(c.Type); err != nil {
			return Unknown, nil, err
		}
	}
	k, params = c.Kind()
	return k, params, nil
}

// Plain tells whether a body is not compressed.
func (c Content) Plain() bool {
	return c.Encoding == "" || strings.EqualFold(c.Encoding, "identity")
}

// Streamed tells whether a body of this content arrives line by line and can
// be read as it arrives.
func (c Content) Streamed() bool {
	return c.lined() && c.Plain()
}

// Inflatable tells whether a body of this content arrives line by line in a
// compression that [InflateStream] undoes.
func (c Content) Inflatable() bool { return c.Gzip() && c.lined() }

// Gzip tells whether a body is compressed with nothing but gzip.
func (c Content) Gzip() bool {
	switch strings.ToLower(strings.TrimSpace(c.Encoding)) {
	case "gzip", "x-gzip":
		return true
	}
	return false
}

func (c Content) lined() bool {
	k, _ := c.Kind()
	return k == EventStream || k == JSONLines
}

// ContainsASCII tells whether the characters of ASCII stand as they are in a
// text of this charset, so that it can be looked into. "" is UTF-8.
func ContainsASCII(charset string) bool {
	charset = strings.ToLower(charset)
	switch charset {
	case "", "utf-8", "utf8", "us-ascii", "ascii":
		return true
	}
	return strings.HasPrefix(charset, "iso-8859-") || strings.HasPrefix(charset, "windows-125")
}

// Readable tells whether patterns see the characters of a text in this charset
// as they are meant. In the 8-bit charsets only those of ASCII are; isForm
// looks behind percent-encoding.
func Readable(text, charset string, isForm bool) bool {
	if !ContainsASCII(charset) {
		return false
	}
	switch strings.ToLower(charset) {
	case "", "utf-8", "utf8":
		return true
	}
	if isForm && escapedByte.MatchString(text) {
		return false
	}
	for i := 0; i < len(text); i++ {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}

// escapedByte is a percent-encoded byte beyond ASCII.
var escapedByte = regexp.MustCompile(`%[89a-fA-F][0-9a-fA-F]`)
