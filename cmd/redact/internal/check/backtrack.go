package check

import (
	"strings"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/detect"
	"github.com/krakend-redact/krakend-redact/internal/policy"
)

// pumped is how often a character is repeated in a text that shall make a
// pattern backtrack: enough for a time that doubles with each one.
const pumped = 40

// trialTime bounds how long one pattern is tried.
const trialTime = time.Second

// catastrophic tells whether a backtracking pattern takes too long for some short
// text. It tries, so it tells no pattern that is harmless; it may miss one.
func catastrophic(rule policy.Rule) bool {
	one := &policy.Policy{Mode: policy.Enforce, Rules: []policy.Rule{rule}}
	engine, err := detect.Compile(one)
	if err != nil {
		return false
	}
	begin := time.Now()
	for _, text := range hardTexts(rule) {
		if time.Since(begin) > trialTime {
			return false
		}
		if tooSlow(engine, text) {
			return true
		}
	}
	return false
}

// tooSlow tells whether a text takes too long, and not just this time: a machine
// that is busy elsewhere makes any pattern late.
func tooSlow(engine *detect.Engine, text string) bool {
	for range 3 {
		if _, err := engine.Search(nil, text); err == nil {
			return false
		}
	}
	return true
}

// hardTexts returns characters again and again that the pattern may repeat, by
// themselves and behind the beginnings of its examples, and at the end one that
// hardly any pattern takes.
func hardTexts(rule policy.Rule) []string {
	var texts []string
	seen := map[rune]bool{}
	for _, r := range "a1 -_.A@/" + rule.Pattern {
		if seen[r] {
			continue
		}
		seen[r] = true
		run := strings.Repeat(string(r), pumped)
		texts = append(texts, run+"\x00")
		for _, example := range rule.Examples.Match {
			for at, c := range example {
				if c == r && at < 64 {
					texts = append(texts, example[:at]+run+"\x00")
				}
			}
		}
	}
	return texts
}
