package httpbody

import (
	"errors"
	"mime"
	"strings"
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

var kindOf = map[string]Kind{
	"application/json": JSON, "text/json": JSON, "application/x-json": JSON,
	"application/x-ndjson": JSONLines, "application/ndjson": JSONLines, "application/jsonl": JSONLines,
	"application/jsonlines": JSONLines, "application/x-jsonlines": JSONLines,
	"application/x-www-form-urlencoded": Form,
	"application/xml":                   Markup, "text/xml": Markup, "text/html": Markup,
	"text/event-stream": EventStream,
}

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
	media, params := c.Media()
	k, known := kindOf[media]
	switch {
	case known:
		return k, params
	case strings.HasSuffix(media, "+json"):
		return JSON, params
	case strings.HasSuffix(media, "+xml"):
		return Markup, params
	case strings.HasPrefix(media, "text/"):
		return Text, params
	case strings.HasPrefix(media, "multipart/"):
		return Multipart, params
	}
	return Unknown, params
}

// Plain tells whether a body is not compressed.
func (c Content) Plain() bool {
	return c.Encoding == "" || strings.EqualFold(c.Encoding, "identity")
}

// Streamed tells whether a body of this content arrives line by line and can
// be read as it arrives.
func (c Content) Streamed() bool {
	k, _ := c.Kind()
	return (k == EventStream || k == JSONLines) && c.Plain()
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
