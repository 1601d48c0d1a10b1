package detect

import (
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/dlclark/regexp2"

	"github.com/krakend-redact/krakend-redact/internal/pattern"
)

// Limits of what backtracking rules may take, for one match and for all of a text.
const (
	matchTimeout = 100 * time.Millisecond
	textTimeout  = time.Second
)

// TimeoutError tells that a backtracking rule took too long in a text.
type TimeoutError struct{ Rule int }

func (e *TimeoutError) Error() string {
	return fmt.Sprintf("backtracking rule %d took too long", e.Rule)
}

// backtracker runs a rule with regexp2.
type backtracker struct {
	rule   *Rule
	number int
	re     *regexp2.Regexp
}

func newBacktracker(rule *Rule, number int) (backtracker, error) {
	re, err := regexp2.Compile(rule.Expression, regexp2.None)
	if err != nil {
		return backtracker{}, &pattern.Error{Reason: "is not a valid expression of the backtracking engine", Remedy: "see https://learn.microsoft.com/dotnet/standard/base-types/regular-expression-language-quick-reference"}
	}
	if rule.Group > len(re.GetGroupNumbers())-1 {
		return backtracker{}, fewGroups
	}
	re.MatchTimeout = matchTimeout
	return backtracker{rule, number, re}, nil
}

// find appends the rule's findings to the matches of a search.
func (b *backtracker) find(s *scratch, text string) error {
	runes, places := s.runes.list, s.runes.places
	begun := time.Now()
	for pos := 0; pos <= len(runes); {
		m, err := b.re.FindRunesMatchStartingAt(runes, pos)
		if err != nil || time.Since(begun) > textTimeout {
			return &TimeoutError{b.number}
		}
		if m == nil {
			return nil
		}
		start, end := m.Index, m.Index+m.Length
		pos = max(end, start+1)
		if m.Length == 0 {
			continue
		}
		value, ok := Finding{Start: places[start], End: places[end]}, true
		if b.rule.Group > 0 {
			if g := m.GroupByNumber(b.rule.Group); g == nil || len(g.Captures) == 0 {
				ok = false
			} else if g.Length > 0 {
				value.Start, value.End = places[g.Index], places[g.Index+g.Length]
			}
		}
		if ok {
			value, ok = b.rule.accept(text, value)
		}
		switch {
		case ok:
			value.Rule = b.number
			s.matches = append(s.matches, value)
			pos = s.runes.at(value.End)
		case places[end]-places[start] <= maxRetry:
			pos = start + 1
		}
	}
	return nil
}

// runes is a text as regexp2 wants it.
type runes struct {
	list   []rune
	places []int // where each character begins, and where the last one ends
}

func (r *runes) set(text string) {
	r.list, r.places = r.list[:0], r.places[:0]
	for at := 0; at < len(text); {
		c, width := utf8.DecodeRuneInString(text[at:])
		r.list = append(r.list, c)
		r.places = append(r.places, at)
		at += width
	}
	r.places = append(r.places, len(text))
}

// at returns the number of the first character that begins at a place or behind.
func (r *runes) at(place int) int {
	low, high := 0, len(r.places)-1
	for low < high {
		if middle := (low + high) / 2; r.places[middle] < place {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}
