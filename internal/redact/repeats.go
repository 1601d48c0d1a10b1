package redact

import (
	"slices"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/pattern"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/secret"
)

// repeats are values that were found because of what stands around them, such as
// nine digits behind "SSN". They are as sensitive where they are repeated without
// it, so there they are found as they are, as whole words.
//
// Values are looked up by the first run of ASCII letters, digits and underscores
// in them, so a text costs linear time whatever the number of values.
type repeats struct {
	rules map[string]int // of the values
	// byWord has the shapes of the values with such a first run.
	byWord map[string][]shape
}

// shape is the length of a value in bytes and where its first run begins.
type shape struct{ word, size int }

// Bounds in bytes of a value. Shorter ones, and those without a digit, may be
// ordinary words elsewhere: "the password is correct". Nobody repeats longer ones
// in running text. maxShapes bounds the work that a request can ask for; values
// that share their first run, such as dates, share their shape, too.
const (
	minRepeat = 6
	maxRepeat = 256
	maxShapes = 16
)

func (k *repeats) add(value string, rule int) {
	if _, known := k.rules[value]; known || len(value) < minRepeat || len(value) > maxRepeat || !strings.ContainsAny(value, "0123456789") {
		return
	}
	if k.rules == nil {
		k.rules, k.byWord = map[string]int{}, map[string][]shape{}
	}
	value = strings.Clone(value)
	k.rules[value] = rule
	start, end := nextWord(value, 0)
	shapes, s := k.byWord[value[start:end]], shape{start, len(value)}
	if len(shapes) < maxShapes && !slices.Contains(shapes, s) {
		k.byWord[value[start:end]] = append(shapes, s)
	}
}

// in returns where the values stand in a text, as marks. skip has the rules that
// take no part.
func (k *repeats) in(text string, skip []bool) []mark {
	if len(k.rules) == 0 {
		return nil
	}
	var marks []mark
	for at := 0; ; {
		start, end := nextWord(text, at)
		if start == end {
			return marks
		}
		var longest mark
		for _, s := range k.byWord[text[start:end]] {
			from := start - s.word
			to := from + s.size
			if from < at || to > len(text) || s.size <= longest.end-longest.start || !wordEnds(text, to) {
				continue
			}
			if rule, known := k.rules[text[from:to]]; known && (skip == nil || !skip[rule]) {
				longest = mark{start: from, end: to, rule: rule, value: secret.New(text[from:to])}
			}
		}
		if at = end; longest.end > 0 {
			marks = append(marks, longest)
			at = longest.end
		}
	}
}

// nextWord returns where the next run of ASCII letters, digits and underscores
// begins and ends, at or behind a place.
func nextWord(text string, at int) (start, end int) {
	for at < len(text) && !isWordByte(text[at]) {
		at++
	}
	start = at
	for at < len(text) && isWordByte(text[at]) {
		at++
	}
	return start, at
}

func wordEnds(text string, at int) bool {
	return at == len(text) || !isWordByte(text[at-1]) || !isWordByte(text[at])
}

func isWordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// byContext tells of each rule whether it finds values by what stands around
// them: a word nearby, the rest of a match, or look-around that asks for
// something. Rules that change nothing are none.
func byContext(rules []policy.Rule) []bool {
	list := make([]bool, len(rules))
	for i, rule := range rules {
		if !rule.Action.Changes() || len(rule.Terms) > 0 {
			continue
		}
		list[i] = rule.Group > 0 || rule.Context != nil && len(rule.Context.Words) > 0 || rule.Detector == "" && asksAround(rule)
	}
	return list
}

// asksAround tells whether a rule's look-around asks for something. Detectors
// have it for word boundaries.
func asksAround(rule policy.Rule) bool {
	if rule.Literal || rule.Backtracking {
		return false
	}
	p, err := pattern.Parse(rule.Pattern)
	if err != nil {
		return false
	}
	for _, look := range append(p.Before[:len(p.Before):len(p.Before)], p.After...) {
		if !look.Not {
			return true
		}
	}
	return false
}

// know takes note of a value that was found by its context.
func (r *Request) know(value string, rule int) {
	if !r.masker.byContext[rule] {
		return
	}
	if c := r.masker.policy.Rules[rule].Context; c != nil && c.Unless != nil && c.Unless(value) {
		return
	}
	r.known.add(value, rule)
}
