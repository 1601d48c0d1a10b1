package redact

import (
	"net/url"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
)

// coding is how a text is written into the text around it: the value of a JSON
// string may be JSON of its own with strings in it, which stand in a form
// field, and so on.
type coding uint8

const (
	asIs        coding = iota
	jsonString         // between the quotes of a JSON string
	queryEscape        // in a form or query string
	pathEscape         // in a segment of a URL path
	markupText         // between the tags of XML or HTML; answers only
)

// decode returns the text that raw spells. Answers in markup are not decoded:
// placeholders have nothing in them that needs it.
func (c coding) decode(raw string) string {
	switch c {
	case jsonString:
		return jsonedit.Unquote(raw)
	case queryEscape, pathEscape:
		return percentDecode(raw, c == queryEscape)
	}
	return raw
}

// place turns pairs of offsets in the decoded text, in order, into offsets in
// raw, in place.
func (c coding) place(raw string, offsets []int) {
	switch c {
	case jsonString:
		jsonedit.RawOffsets(raw, offsets, func(i int) bool { return i%2 == 1 })
	case queryEscape, pathEscape:
		percentOffsets(raw, offsets)
	}
}

func (c coding) encode(s string) string {
	switch c {
	case jsonString:
		return jsonedit.Quote(s)
	case queryEscape:
		return url.QueryEscape(s)
	case pathEscape:
		return url.PathEscape(s)
	case markupText:
		return markupEscaper.Replace(s)
	}
	return s
}

// spelling is how a text must be written in its document: the codings around
// it, from the inside out. JSON may stand in a string of JSON, again and again.
type spelling []coding

func (s spelling) in(c coding) spelling {
	if len(s) == 0 {
		return single[c : c+1 : c+1]
	}
	return append(s[:len(s):len(s)], c)
}

// single has each coding, to be cut out as a spelling.
var single = spelling{asIs, jsonString, queryEscape, pathEscape, markupText}

func (s spelling) write(text string) string {
	for _, c := range s {
		text = c.encode(text)
	}
	return text
}

// read returns the text that is written so.
func (s spelling) read(raw string) string {
	for i := len(s) - 1; i >= 0; i-- {
		raw = s[i].decode(raw)
	}
	return raw
}

var markupEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

// percentDecode undoes percent-encoding. What is no valid escape stays as it
// is: nothing may hide behind a broken one.
func percentDecode(s string, plus bool) string {
	if strings.IndexByte(s, '%') < 0 && (!plus || strings.IndexByte(s, '+') < 0) {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		c, n := percentByte(s[i:])
		if plus && n == 1 && c == '+' {
			c = ' '
		}
		out = append(out, c)
		i += n
	}
	return string(out)
}

// percentByte decodes the first byte of s and tells how long its spelling is.
func percentByte(s string) (c byte, size int) {
	if s[0] == '%' && len(s) >= 3 {
		hi, lo := strings.IndexByte(hexDigits, s[1]), strings.IndexByte(hexDigits, s[2])
		if hi >= 0 && lo >= 0 {
			return byte(hexValue(hi)<<4 | hexValue(lo)), 3
		}
	}
	return s[0], 1
}

const hexDigits = "0123456789abcdefABCDEF"

func hexValue(index int) int {
	if index >= 16 {
		return index - 6
	}
	return index
}

// percentOffsets turns ascending offsets in the decoded text into offsets in
// raw. Every decoded byte has one spelling, so none falls inside of an escape.
func percentOffsets(raw string, offsets []int) {
	at, i := 0, 0
	for rawAt := 0; rawAt < len(raw); at++ {
		for i < len(offsets) && offsets[i] == at {
			offsets[i] = rawAt
			i++
		}
		_, n := percentByte(raw[rawAt:])
		rawAt += n
	}
	for ; i < len(offsets); i++ {
		offsets[i] = len(raw)
	}
}
