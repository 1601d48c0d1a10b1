package redact

import (
	"strings"
	"unicode/utf16"

	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
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
