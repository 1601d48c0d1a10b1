package redact

import (
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/pattern"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/secret"
)

// repeats are values that were found because of what stands around them, such as
// nine digits behind "SSN". They are as sensitive where they are repeated without
// it, so there they are found as they are, as whole words.
//
// A value is looked up by the first run of ASCII letters, digits and underscores
// in it, so a text costs linear time whatever the number of values.
type repeats struct {
	rules  map[string]int // of the values
	byWord map[string][]repeat
}

type repeat struct {
	value string
	word  int // where its first run begins
	rule  int
}

// minRepeat is how long in bytes a value must be. Shorter ones, and those
// without a digit, may be ordinary words elsewhere: "the password is correct".
const minRepeat = 6

func (k *repeats) add(value string, rule int) {
	if _, known := k.rules[value]; known || len(value) < minRepeat || !strings.ContainsAny(value, "0123456789") {
		return
	}
	if k.rules == nil {
		k.rules, k.byWord = map[string]int{}, map[string][]repeat{}
	}
	value = strings.Clone(value)
	k.rules[value] = rule
	start, end := nextWord(value, 0)
	k.byWord[value[start:end]] = append(k.byWord[value[start:end]], repeat{value, start, rule})
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
		for _, known := range k.byWord[text[start:end]] {
			from := start - known.word
			to := from + len(known.value)
			if from >= at && to <= len(text) && text[from:to] == known.value && wordEnds(text, to) && (skip == nil || !skip[known.rule]) {
				if to-from > longest.end-longest.start {
					longest = mark{start: from, end: to, rule: known.rule, value: secret.New(known.value)}
				}
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
