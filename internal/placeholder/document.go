package placeholder

import (
	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
	"github.com/krakend-redact/krakend-redact/internal/secret"
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
	mode Mode
	at   jsonedit.Follower
	// strictly follows arguments too, which may turn out to be no JSON.
	strictly jsonedit.Follower
}

func newDocument(m Mode) document {
	return document{mode: m, at: jsonedit.Follower{Lenient: m == JSON}, strictly: jsonedit.Follower{Scalars: true}}
}

// pass takes note of a byte. ended tells that it ends a string of arguments,
// which is a text of its own.
func (d *document) pass(c byte) (ended bool) {
	switch d.mode {
	case Detected:
		d.at.PassByte(c)
	case JSON:
		d.at.PassByte(c)
		inString := d.strictly.InString()
		d.strictly.PassByte(c)
		return inString && !d.strictly.InString() && !d.strictly.GaveUp()
	}
	return false
}

// plain tells that the text is no JSON, and will not be.
func (d *document) plain() bool { return d.mode == Text || d.mode == Detected && d.at.GaveUp() }

// takesWords tells whether nothing changes here until there is a quote, a
// backslash, or a control character.
func (d *document) takesWords() bool {
	switch d.mode {
	case Detected:
		return d.at.GaveUp() || takesWords(&d.at)
	case JSON:
		return !d.at.Escaped() && (d.strictly.GaveUp() || takesWords(&d.strictly))
	}
	return true
}

func takesWords(at *jsonedit.Follower) bool { return at.InString() && !at.Escaped() }

// passText takes note of a text.
func (d *document) passText(text string) {
	for at := 0; at < len(text) && !d.plain(); at++ {
		if d.takesWords() {
			for at < len(text) && text[at] >= ' ' && text[at] != '"' && text[at] != '\\' {
				at++
			}
			if at == len(text) {
				return
			}
		}
		d.pass(text[at])
	}
}

// inText tells whether a string of arguments goes on, and whether an escape in it
// has begun.
func (d *document) inText() (inString, escaped bool) {
	return d.mode == JSON && d.strictly.InString(), d.strictly.Escaped()
}

// placed takes note of a value.
func (d *document) placed() {
	if d.mode != Text {
		d.at.Placed()
		d.strictly.Placed()
	}
}

// takesNumbers tells whether a string that begins here may be a placeholder
// for a number, which goes back as that number. A key may not: it would no
// longer be JSON.
func (d *document) takesNumbers() bool { return d.mode == JSON && d.strictly.TakesValue() }

// spell returns a value as it must be written here.
func (d *document) spell(value secret.String) secret.String {
	if d.at.InString() {
		if plain := value.Reveal(); jsonedit.Quote(plain) != plain {
			return secret.New(jsonedit.Quote(plain))
		}
	}
	return value
}
