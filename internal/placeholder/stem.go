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
	var buffer [64]byte
	return string(s.append(buffer[:0], number))
}

func (s Stem) append(text []byte, number int) []byte {
	text = append(text, s.prefix...)
	return append(strconv.AppendInt(text, int64(number), 10), s.suffix...)
}

// Tagged returns a text in the form of a placeholder, with a tag that begins
// with a letter in place of the number: nobody reads it as one that was issued.
func (s Stem) Tagged(tag string) string { return s.prefix + tag + s.suffix }

// Open tells that nothing but the end of its digits ends the placeholder, so
// that it must not be followed by a digit.
func (s Stem) Open() bool { return s.suffix == "" }

// Confusable tells whether placeholders of the two stems can be misread where
// they stand next to other text or to each other. Equal stems share their
// numbers, but can still be misread next to themselves.
func Confusable(a, b Stem) bool {
	if a == b {
		return a.meets(a, 1)
	}
	return a.meets(b, 0) || b.meets(a, 0)
}

// number stands for the digits of a placeholder in its shape.
const number = -1

// shape returns the bytes of a placeholder, with number in place of its digits.
func (s Stem) shape() []int {
	shape := make([]int, 0, len(s.prefix)+1+len(s.suffix))
	for i := 0; i < len(s.prefix); i++ {
		shape = append(shape, int(s.prefix[i]))
	}
	shape = append(shape, number)
	for i := 0; i < len(s.suffix); i++ {
		shape = append(shape, int(s.suffix[i]))
	}
	return shape
}

// meets tells whether a placeholder of t can begin in one of s, from the byte
// first on: inside it, or as its end and beyond.
func (s Stem) meets(t Stem, first int) bool {
	inner := t.shape()
	for outer := s.shape()[first:]; len(outer) > 0; outer = outer[1:] {
		if alike(outer, inner) {
			return true
		}
	}
	return false
}

// alike tells whether two shapes can be the same up to the end of the shorter.
func alike(a, b []int) bool {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] == b[0]:
			a, b = a[1:], b[1:]
		case a[0] == number && isDigit(b[0]):
			a, b = a[1:], afterDigits(b)
		case b[0] == number && isDigit(a[0]):
			a, b = afterDigits(a), b[1:]
		default:
			return false
		}
	}
	return true
}

func isDigit(c int) bool { return c >= '0' && c <= '9' }

func afterDigits(shape []int) []int {
	for len(shape) > 0 && isDigit(shape[0]) {
		shape = shape[1:]
	}
	return shape
}
