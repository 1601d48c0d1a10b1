// Package placeholder issues the numbered placeholders that stand in for
// values, keeps which stands for what in a [Vault] for the length of one
// request, and finds them again in an answer.
//
// It knows nothing of rules, of where a text comes from, or of how a value must
// be escaped there.
package placeholder

import (
	"strconv"
	"strings"
)

// Stem is the part of a placeholder that a rule chooses; the number is added
// when one is issued.
type Stem struct{ prefix, suffix string }

// closers are the characters that end a placeholder. The number goes in before
// them, so that it does not read as text that follows.
const closers = "])}>»›】］"

// maxDigits bounds a number: no request holds a billion values.
const maxDigits = 9

// NewStem makes the stem of a replacement text: [REDACTED_CC] numbers as
// [REDACTED_CC_1], a text without a closing bracket as TEXT_1.
func NewStem(replacement string) Stem {
	body := strings.TrimRight(replacement, closers)
	return Stem{prefix: body + "_", suffix: replacement[len(body):]}
}

// Format returns the placeholder with the given number.
func (s Stem) Format(number int) string {
	return s.prefix + strconv.Itoa(number) + s.suffix
}

// Open tells that nothing but the end of its digits ends the placeholder, so
// that it must not be followed by a digit.
func (s Stem) Open() bool { return s.suffix == "" }

// parse reads a placeholder of this stem whose prefix has been found to end at
// text[from]. end is 0 when there is none.
func (s Stem) parse(text string, from int) (number, end int) {
	i := from
	for i < len(text) && text[i] >= '0' && text[i] <= '9' {
		i++
	}
	digits := text[from:i]
	if digits == "" || len(digits) > maxDigits || digits[0] == '0' || !strings.HasPrefix(text[i:], s.suffix) {
		return 0, 0
	}
	number, err := strconv.Atoi(digits)
	if err != nil {
		return 0, 0
	}
	return number, i + len(s.suffix)
}

// Confusable tells whether placeholders of the two stems, or one of them next
// to other text, can be read as each other. Equal stems are not: they share
// their numbers.
func Confusable(a, b Stem) bool {
	return a != b && (a.standsIn(b) || b.standsIn(a))
}

// standsIn tells whether a placeholder of s, or its beginning, can be part of
// the fixed text of t.
func (s Stem) standsIn(t Stem) bool {
	for from := 0; ; {
		at := strings.Index(t.prefix[from:], s.prefix)
		if at < 0 {
			return false
		}
		at += from
		if at > 0 {
			return true
		}
		if _, end := s.parse(t.prefix, len(s.prefix)); end > 0 {
			return true
		}
		from = at + 1
	}
}
