package detector

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Context says which words must or must not stand near a value. A word is
// found in any case, where no letter stands before or behind it; snake_case
// and camelCase are several words. One may hold spaces, for
// which _ and - may stand, and other characters.
// In front of and behind scripts without spaces, such as Chinese, nothing is
// asked of the neighbours.
type Context struct {
	// Words are those of which one must stand near. Empty asks for none.
	Words []string
	// Forbid are those of which none may stand near.
	Forbid []string
	// Before and After are how many bytes in front of and behind the value are
	// near. A word must lie inside as a whole.
	Before, After int
	// Unless tells of a value that it needs none of Words. It withstands any text
	// that is not empty: it is also asked about values as they are spelt, and about
	// what other findings leave of them.
	Unless func(value string) bool
}

// has tells whether a value has a byte at a place.
func has(value string, at int, c byte) bool { return at < len(value) && value[at] == c }

// Accepts tells whether the words near text[start:end] are as they should be.
// It does not look farther than one character beyond Before and After.
func (c *Context) Accepts(text string, start, end int) bool {
	return accepts(c, plainWords(c.Words), plainWords(c.Forbid), text, start, end)
}

// Prepare returns [Context.Accepts] in a form that is fast, for those who ask
// again and again.
func (c *Context) Prepare() func(text string, start, end int) bool {
	wanted, forbidden := newWords(c.Words), newWords(c.Forbid)
	return func(text string, start, end int) bool { return accepts(c, wanted, forbidden, text, start, end) }
}

// someWords tell whether one of them stands in text[from:to].
type someWords interface {
	in(text string, from, to int) bool
}

func accepts[W someWords](c *Context, wanted, forbidden W, text string, start, end int) bool {
	from, to := max(0, start-c.Before), min(len(text), end+c.After)
	if forbidden.in(text, from, start) || forbidden.in(text, end, to) {
		return false
	}
	return len(c.Words) == 0 || c.Unless != nil && c.Unless(text[start:end]) ||
		wanted.in(text, from, start) || wanted.in(text, end, to)
}

// plainWords are words that are looked for one by one.
type plainWords []string

func (words plainWords) in(text string, from, to int) bool {
	for at := from; at < to; at++ {
		c := text[at]
		if !utf8.RuneStart(c) || !beginsWord(text, at) {
			continue
		}
		for _, word := range words {
			end := at + len(word)
			if end <= to && (c|0x20 == word[0]|0x20 || c >= utf8.RuneSelf && word[0] >= utf8.RuneSelf) &&
				alike(text[at:end], word) && endsWord(text, end) {
				return true
			}
		}
	}
	return false
}

// alike tells whether text, which is as long as word, is word.
func alike(text, word string) bool {
	for {
		space := strings.IndexByte(word, ' ')
		if space < 0 {
			return strings.EqualFold(text, word)
		}
		if c := text[space]; c != ' ' && c != '_' && c != '-' || !strings.EqualFold(text[:space], word[:space]) {
			return false
		}
		text, word = text[space+1:], word[space+1:]
	}
}

// beginsWord tells whether a word may begin at text[at].
func beginsWord(text string, at int) bool {
	if at > 0 && text[at-1] < utf8.RuneSelf && text[at] < utf8.RuneSelf {
		before, here := text[at-1], text[at]
		return !isLetter(before) || !isLetter(here) || here < 'a' && before >= 'a'
	}
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	if !spelled(before) {
		return true
	}
	here, _ := utf8.DecodeRuneInString(text[at:])
	return !spelled(here) || unicode.IsUpper(here) && !unicode.IsUpper(before)
}

// endsWord tells whether a word may end in front of text[at].
func endsWord(text string, at int) bool {
	behind, _ := utf8.DecodeRuneInString(text[at:])
	if !spelled(behind) {
		return true
	}
	last, _ := utf8.DecodeLastRuneInString(text[:at])
	return !spelled(last) || unicode.IsUpper(behind) && !unicode.IsUpper(last)
}

// spelled tells whether r is a letter of a script that puts spaces between
// words. Those that do not begin with the radicals of Chinese, U+2E80.
func spelled(r rune) bool {
	if r < utf8.RuneSelf {
		return isLetter(byte(r))
	}
	return r < 0x2e80 && unicode.IsLetter(r)
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
