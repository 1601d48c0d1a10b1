package placeholder

import (
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/secret"
)

// Token is a placeholder found in a text: Value is to stand in place of
// text[Start:End], spelled for where it stands.
type Token struct {
	Start, End int
	Value      secret.String
}

// Lane restores one stream of text: one choice, content block or tool call of
// a streamed answer. What the user receives is what restoring the whole text
// at once would give, wherever it was cut. A lane is not safe for concurrent
// use.
type Lane struct {
	restorer *Restorer
	held     string
	before   byte // the last byte of what has passed
	link     link
	// unlinked tells that there is no link in all of the text, or that links do not
	// matter.
	unlinked bool
	// alone tells that nothing is asked about what follows the last placeholder.
	alone bool
	stats Stats
}

// Stats counts what a lane, or all lanes of an answer, have done.
type Stats struct {
	// Restored is the number of placeholders replaced by their values.
	Restored int
	// Suppressed is the number of those left alone because of their link.
	Suppressed int
	// TooLarge is the number of those left alone because their values would
	// have made the answer too large.
	TooLarge int
}

// NewLane begins a lane.
func (r *Restorer) NewLane(m Mode) *Lane {
	return &Lane{restorer: r, link: link{document: newDocument(m)}, unlinked: r.links.Always}
}

// Stats returns what the lane has done so far.
func (l *Lane) Stats() Stats { return l.stats }

// Held tells whether the lane holds anything back.
func (l *Lane) Held() bool { return l.held != "" }

// Push adds text to the lane and returns what can be sent on, which is good until
// the next call to a lane of the restorer. It holds back only the longest tail
// that can still become a placeholder issued in this request.
func (l *Lane) Push(text string) []Piece {
	return l.write(l.held+text, goesOn)
}

// Flush returns what is held back, after which no placeholder can go on.
func (l *Lane) Flush() []Piece {
	return l.write(l.held, ended)
}

// FlushPart is [Lane.Flush] for a part of a text: a link may go on in the next.
func (l *Lane) FlushPart() []Piece {
	return l.write(l.held, partEnded)
}

// Find appends the placeholders in the rest of the lane's text to tokens.
func (l *Lane) Find(tokens []Token, text string) []Token {
	tokens, _ = l.scan(tokens, text, ended)
	return tokens
}

// FindPart is [Lane.Find] for a part of a text: a link may go on in the next.
func (l *Lane) FindPart(tokens []Token, text string) []Token {
	tokens, _ = l.scan(tokens, text, partEnded)
	return tokens
}

// Follow tells that what comes is shown right after what another lane has been
// given: links go on.
func (l *Lane) Follow(other *Lane) {
	own := l.link.document
	l.link = *other.link.clone()
	l.link.passText(other.held)
	l.link.settle()
	l.link.document = own
}

// ending is what is known of how a text goes on.
type ending uint8

const (
	goesOn ending = iota
	partEnded
	ended
)

// Piece is a part of a lane's text that can be sent on.
type Piece struct {
	Text string
	// Restored tells that Text is a value, spelled for its place.
	Restored bool
}

func (l *Lane) write(text string, how ending) []Piece {
	out := l.restorer.out
	if out == nil {
		out = &output{pieces: new([]Piece)}
		l.restorer.out = out
	}
	tokens, end := l.scan(out.tokens[:0], text, how)
	l.held = text[end:]
	pieces := (*out.pieces)[:0]
	at := 0
	for _, t := range tokens {
		if at < t.Start {
			pieces = append(pieces, Piece{Text: text[at:t.Start]})
		}
		pieces = append(pieces, Piece{t.Value.Reveal(), true})
		at = t.End
	}
	if at < end {
		pieces = append(pieces, Piece{Text: text[at:end]})
	}
	out.tokens, *out.pieces = tokens, pieces
	return pieces
}

// scan appends the placeholders in text to tokens and returns up to where text
// is decided: all of it when it has ended.
func (l *Lane) scan(tokens []Token, text string, how ending) ([]Token, int) {
	final := how != goesOn
	for at := 0; at < len(text); {
		if next := l.next(text, at); next > at {
			if next == len(text) && l.alone {
				break
			}
			l.pass(text[at:next])
			at = next
			continue
		}
		e, start, end, o := l.candidate(text, at, final)
		if o == yes {
			o = l.link.allows(e.value.Reveal(), text[end:], how == ended, &l.restorer.links, l.reading(how == ended))
			if o == maybe && final {
				o = suppressed // the next part decides, and is not there
			}
		}
		if o == yes {
			o = l.restorer.afford(e)
		}
		switch o {
		case maybe:
			return tokens, at
		case yes:
			value := e.value
			if start > at {
				end++
			} else {
				value = l.link.document.spell(value)
			}
			tokens = append(tokens, Token{at, end, value})
			l.stats.Restored++
			l.restorer.stats.Restored++
			l.placed(value.Reveal())
			l.before = 'x'
			at = end
		default:
			stop := at + 1
			switch o {
			case suppressed:
				l.stats.Suppressed++
				l.restorer.stats.Suppressed++
				stop = end
			case tooLarge:
				l.stats.TooLarge++
				l.restorer.stats.TooLarge++
				stop = end
			}
			l.pass(text[at:stop])
			at = stop
		}
	}
	return tokens, len(text)
}

// candidate returns the placeholder at text[at], or the one that is all of the
// JSON string that begins there and was issued for a number.
func (l *Lane) candidate(text string, at int, final bool) (e *given, start, end int, o outcome) {
	if text[at] != '"' || !l.link.document.takesNumbers() {
		e, end, o = l.restorer.entryAt(text, at, l.before, final)
		return e, at, end, o
	}
	start = at + 1
	if start == len(text) {
		return e, start, 0, maybeUnless(final)
	}
	e, end, o = l.restorer.entryAt(text, start, '"', final)
	switch {
	case o != yes:
		return e, start, end, o
	case !e.isNumber:
		return e, start, end, no
	case end == len(text):
		return e, start, end, maybeUnless(final)
	case text[end] != '"':
		return e, start, end, no
	}
	return e, start, end, yes
}

// reading returns how other placeholders are read after one.
func (l *Lane) reading(final bool) reading {
	return func(text string, at, size int) (value string, end int, o outcome) {
		if !l.restorer.Reader.begins(text, at) {
			return "", 0, no
		}
		before := byte('x')
		if at > 0 {
			before = text[at-1]
		}
		e, end, o := l.restorer.entryAt(text, at, before, final)
		if o != yes {
			return "", end, o
		}
		value = e.value.Reveal()
		if int64(size+len(value)) > l.restorer.budget {
			o = no
		}
		return value, end, o
	}
}

func maybeUnless(final bool) outcome {
	if final {
		return no
	}
	return maybe
}

// next returns where the next placeholder may begin from at on, or up to where
// the text can be passed before asking again.
func (l *Lane) next(text string, at int) int {
	document := &l.link.document
	if document.mode == JSON && !document.at.InString() {
		// Only a quote changes that.
		end := at
		for end < len(text) && text[end] != '"' && !l.restorer.Reader.begins(text, end) {
			end++
		}
		if end == at && text[at] == '"' && !document.takesNumbers() && !l.restorer.Reader.begins(text, at) {
			return at + 1
		}
		return end
	}
	end := len(text)
	if document.mode == JSON {
		if quote := strings.IndexByte(text[at:], '"'); quote >= 0 {
			end = at + quote + 1
		}
	}
	return l.restorer.Reader.next(text[:end], at)
}

// pass takes note of text that goes on as it is.
func (l *Lane) pass(text string) {
	l.before = text[len(text)-1]
	if !l.unlinked {
		l.link.passText(text)
		return
	}
	l.link.document.passText(text)
}

// placed takes note of a value.
func (l *Lane) placed(value string) {
	if l.unlinked {
		l.link.document.placed()
		return
	}
	l.link.placed(value)
}
