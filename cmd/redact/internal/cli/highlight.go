package cli

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// span is a part of a text that is to stand out.
type span struct{ start, end int }

// highlight returns a text with parts of it standing out: in a style, or between
// « and » without colours. The parts are in order and do not overlap.
func (a *app) highlight(s style, text string, spans []span) string {
	var b strings.Builder
	at := 0
	for _, p := range spans {
		b.WriteString(printable(text[at:p.start]))
		if a.colours {
			b.WriteString(a.paint(s, printable(text[p.start:p.end])))
		} else {
			b.WriteString("«" + printable(text[p.start:p.end]) + "»")
		}
		at = p.end
	}
	b.WriteString(printable(text[at:]))
	return b.String()
}

// spansOf returns where words stand in a text, one after the other. Words that
// do not stand there are left out.
func spansOf(text string, words []string) []span {
	var spans []span
	at := 0
	for _, w := range words {
		if i := strings.Index(text[at:], w); i >= 0 && w != "" {
			spans = append(spans, span{at + i, at + i + len(w)})
			at += i + len(w)
		}
	}
	return spans
}

// printable makes a text safe to print on a terminal, which obeys control
// characters: they come out as Unicode's pictures of them.
func printable(text string) string {
	if !slices.ContainsFunc([]byte(text), func(c byte) bool { return c < ' ' && c != '\n' && c != '\t' || c >= 0x7f }) {
		return text
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < ' ':
			return '␀' + r
		case r == 0x7f:
			return '␡'
		case r > 0x7f && r < 0xa0:
			return utf8.RuneError
		}
		return r
	}, text)
}

// oneLine makes a name, or what else is printed within a line, safe to print: it
// neither ends the line nor steers the terminal.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < ' ':
			return '␀' + r
		case !unicode.IsPrint(r):
			return utf8.RuneError
		}
		return r
	}, text)
}

// indent puts two spaces before each line.
func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n  ") + "\n"
}

// places tells the lines and columns of places in a text, which are asked for in
// order: however many, the text is gone over once.
type places struct {
	text string
	// What lies before at has been counted: so many lines have ended, and so many
	// characters of the next one.
	at, lines, characters int
}

// of returns the line of a place and its column in characters, counted from 1.
func (p *places) of(at int) (line, column int) {
	passed := p.text[p.at:at]
	p.at = at
	if i := strings.LastIndexByte(passed, '\n'); i >= 0 {
		p.lines += strings.Count(passed, "\n")
		p.characters, passed = 0, passed[i+1:]
	}
	p.characters += utf8.RuneCountInString(passed)
	return p.lines + 1, p.characters + 1
}
