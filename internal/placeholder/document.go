package placeholder

import (
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
)

// Mode is what a text is.
type Mode uint8

const (
	// Text stands for itself.
	Text Mode = iota
	// Detected is text that may be a JSON document: it is taken for one from
	// an opening brace or bracket on, for as long as it reads like one.
	Detected
	// JSON is a JSON document, such as the arguments of a tool call.
	JSON
)

// document follows a text that is JSON as far as is needed to know how a value
// must be spelled at its end.
type document struct {
	mode     Mode
	begun    bool
	inString bool
	escaped  bool
	// unsure tells that the text reads like no JSON object or array.
	unsure bool
}

// pass takes note of a byte.
func (d *document) pass(c byte) {
	if d.mode == Text {
		return
	}
	if d.inString {
		switch {
		case d.escaped:
			d.escaped = false
		case c == '\\':
			d.escaped = true
		case c == '"':
			d.inString = false
		}
		return
	}
	if strings.IndexByte(" \t\r\n", c) >= 0 {
		return
	}
	if !d.begun && c != '{' && c != '[' || strings.IndexByte(`{}[]:,"+-.0123456789eEtrufalsn`, c) < 0 {
		d.unsure = true
		if d.mode == Detected {
			d.mode = Text
			return
		}
	}
	d.begun = true
	d.inString = c == '"'
}

// certain tells that the text reads like a JSON object or array, and will be
// read as one.
func (d *document) certain() bool { return d.mode == JSON && d.begun && !d.unsure }

// placed takes note of a value.
func (d *document) placed() {
	if d.mode == Detected && !d.begun {
		d.mode = Text
	}
}

// takesNumbers tells whether a string that begins here may be a placeholder
// for a number, which goes back as that number.
func (d *document) takesNumbers() bool { return d.mode == JSON && !d.inString }

// spell returns a value as it must be written here.
func (d *document) spell(e entry) string {
	if d.inString {
		return string(jsonedit.AppendQuoted(nil, e.value.Reveal()))
	}
	return e.value.Reveal()
}
