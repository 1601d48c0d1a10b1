package redact

import (
	"strings"
	"unicode/utf16"

	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
	"github.com/krakend-redact/krakend-redact/internal/secret"
)

// withoutEscapes decodes the \uXXXX escapes in a text that is not JSON, or not
// JSON that can be read: several documents in a row, a broken or too deep one,
// JSON in strings in strings. Whoever reads on may be less strict. Any number of
// backslashes may stand before the u.
//
// offsets turns offsets in the result into offsets in text, in place; they must
// be in order and at the beginnings of characters.
func withoutEscapes(text string) (decoded string, offsets func([]int)) {
	var b strings.Builder
	b.Grow(len(text))
	// A step is where text and result are in line again after an escape.
	type step struct{ raw, decoded int }
	var steps []step
	for at := 0; at < len(text); {
		next := strings.IndexByte(text[at:], '\\')
		if next < 0 {
			b.WriteString(text[at:])
			break
		}
		b.WriteString(text[at : at+next])
		at += next
		r, size := escapeAt(text[at:])
		if size == 0 {
			b.WriteByte('\\')
			at++
			continue
		}
		steps = append(steps, step{at, b.Len()})
		b.WriteRune(r)
		at += size
		steps = append(steps, step{at, b.Len()})
	}
	return b.String(), func(list []int) {
		i := 0
		for n, offset := range list {
			for i < len(steps) && steps[i].decoded <= offset {
				i++
			}
			if i > 0 {
				list[n] = offset - steps[i-1].decoded + steps[i-1].raw
			}
		}
	}
}

// escapeAt reads an escape that s begins with. Halves of surrogate pairs are
// left alone: no pattern describes them.
func escapeAt(s string) (r rune, size int) {
	slashes := 0
	for slashes < len(s) && s[slashes] == '\\' {
		slashes++
	}
	if slashes == 0 || !strings.HasPrefix(s[slashes:], "u") || len(s) < slashes+5 {
		return 0, 0
	}
	escape := s[slashes-1 : slashes+5]
	r, ok := jsonedit.CodeUnit(escape)
	if !ok || utf16.IsSurrogate(r) {
		return 0, 0
	}
	return r, slashes + 5
}

// inEscaped makes marks in a text that is JSON fit an escaped string of it. They
// are in order, and all that reach into the string are among them. One that begins
// or ends within an escape is cut off there: in x\nann@example.org as it is
// spelled, a rule takes the n for the beginning of the address, and the string
// would be broken without it. The value of one that lies in the string is what the
// string says.
func inEscaped(marks []mark, t jsonedit.Text) {
	var ends []*int // where marks begin and end, in turn
	for i := range marks {
		if marks[i].start >= t.End {
			marks = marks[:i]
			break
		}
		ends = append(ends, &marks[i].start, &marks[i].end)
	}
	i := 0
	for at := t.Start; i < len(ends); {
		next := strings.IndexByte(t.Raw[at-t.Start:], '\\')
		if next < 0 {
			break
		}
		begin := at + next
		if at = begin + 2; strings.HasPrefix(t.Raw[begin-t.Start:], `\u`) {
			at = begin + 6
		}
		for ; i < len(ends) && *ends[i] < at; i++ {
			switch {
			case *ends[i] <= begin:
			case i%2 == 0:
				*ends[i] = at
			default:
				*ends[i] = begin
			}
		}
	}
	for i := range marks {
		if m := &marks[i]; m.start >= t.Start && m.start < m.end && m.end <= t.End {
			m.value = secret.New(jsonedit.Unquote(t.Raw[m.start-t.Start : m.end-t.Start]))
			m.spelling = spelling{jsonString}
		}
	}
}

// nonEmpty returns the marks that have something in them.
func nonEmpty(marks []mark) []mark {
	kept := marks[:0]
	for _, m := range marks {
		if m.start < m.end {
			kept = append(kept, m)
		}
	}
	return kept
}
