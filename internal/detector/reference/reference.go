// Package reference finds what a detector describes in the plainest way that
// there is, with package regexp. It defines what an engine must find, and is
// what engines are tested against. It is for tests and figures: it is slow, and
// its time grows with the square of the text's length in the worst case.
package reference

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/krakend-redact/krakend-redact/internal/detector"
)

// Finder finds what one detector describes.
type Finder struct {
	detector       *detector.Detector
	first          *regexp.Regexp // the pattern without look-around
	later          *regexp.Regexp // the same behind one character and anything
	before, behind *assertion
}

// assertion is a look-behind or a look-ahead.
type assertion struct {
	pattern *regexp.Regexp
	want    bool
}

// Finding is where a value stands: text[Start:End].
type Finding struct{ Start, End int }

// New compiles a detector.
func New(d *detector.Detector) (*Finder, error) {
	f := &Finder{detector: d}
	pattern := d.Pattern
	// Flags in front of a look-behind are those of all that follows.
	flags := regexp.MustCompile(`^\(\?[imsU]+\)`).FindString(pattern)
	pattern = pattern[len(flags):]
	var err error
	if strings.HasPrefix(pattern, "(?<=") || strings.HasPrefix(pattern, "(?<!") {
		end := closing(pattern, 0)
		if f.before, err = newAssertion(flags+"(?:"+pattern[4:end]+`)\z`, pattern[3] == '='); err != nil {
			return nil, err
		}
		pattern = pattern[end+1:]
	}
	if start := lastGroup(pattern); start >= 0 && (strings.HasPrefix(pattern[start:], "(?=") || strings.HasPrefix(pattern[start:], "(?!")) {
		if f.behind, err = newAssertion(flags+`\A(?:`+pattern[start+3:len(pattern)-1]+")", pattern[start+2] == '='); err != nil {
			return nil, err
		}
		pattern = pattern[:start]
	}
	if f.first, err = regexp.Compile(flags + pattern); err != nil {
		return nil, fmt.Errorf("pattern: %w", err)
	}
	f.later, err = regexp.Compile(`\A(?s:.)(?s:.*?)(` + flags + pattern + `)`)
	return f, err
}

func newAssertion(pattern string, want bool) (*assertion, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, fmt.Errorf("look-around: %w", err)
	}
	return &assertion{re, want}, nil
}

// holds tells whether the assertion holds for text, all that is in front of a
// match or behind it.
func (a *assertion) holds(text string) bool { return a == nil || a.pattern.MatchString(text) == a.want }

// Find returns the findings of the detector in text.
func (f *Finder) Find(text string) []Finding {
	var found []Finding
	for pos := 0; pos <= len(text); {
		match := f.match(text, pos)
		if match == nil {
			break
		}
		start, end := match[2*f.detector.Group], match[2*f.detector.Group+1]
		if start >= 0 && start < end && f.before.holds(text[:match[0]]) && f.behind.holds(text[match[1]:]) {
			if end, ok := f.detector.Accept(text, start, end); ok {
				found = append(found, Finding{start, end})
				pos = end
				continue
			}
		}
		pos = match[1]
		if match[1]-match[0] <= 256 {
			_, size := utf8.DecodeRuneInString(text[match[0]:])
			pos = match[0] + max(size, 1)
		}
	}
	return found
}

// match is the leftmost match at or after pos.
func (f *Finder) match(text string, pos int) []int {
	if pos == 0 {
		return f.first.FindStringSubmatchIndex(text)
	}
	// One character in front of pos is read over, so that \b sees it.
	_, size := utf8.DecodeLastRuneInString(text[:pos])
	from := pos - size
	match := f.later.FindStringSubmatchIndex(text[from:])
	if match == nil {
		return nil
	}
	match = match[2:]
	for i := range match {
		if match[i] >= 0 {
			match[i] += from
		}
	}
	return match
}

// closing is where the group that begins at pattern[start] ends.
func closing(pattern string, start int) int {
	depth := 0
	for i := start; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			i++
		case '[':
			i = classEnd(pattern, i)
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(pattern) - 1
}

// lastGroup is where the group begins that ends the pattern, -1 if none does.
func lastGroup(pattern string) int {
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			i++
		case '[':
			i = classEnd(pattern, i)
		case '(':
			end := closing(pattern, i)
			if end == len(pattern)-1 {
				return i
			}
			i = end
		}
	}
	return -1
}

// classEnd is where the class that begins at pattern[start] ends.
func classEnd(pattern string, start int) int {
	for i := start + 2; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			i++
		case ']':
			return i
		}
	}
	return len(pattern) - 1
}
