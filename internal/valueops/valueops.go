// Package valueops holds the operations that change one text: those of
// KrakenD Enterprise's modifier/response-body.
//
// It knows nothing of where a text comes from.
package valueops

import (
	"regexp"
	"strings"
)

// Op returns the changed text. It is safe for concurrent use.
type Op func(text string) string

// Regexp replaces every match of pattern. In replacement, $1, ${1} and ${name}
// stand for what a group of the pattern matched, and $$ for a dollar sign: see
// [UnknownGroups] for the trap in it.
func Regexp(pattern *regexp.Regexp, replacement string) Op {
	return func(text string) string { return pattern.ReplaceAllString(text, replacement) }
}

// Literal replaces every occurrence of find, which is case-sensitive.
func Literal(find, replacement string) Op {
	return func(text string) string { return strings.ReplaceAll(text, find, replacement) }
}

// Trim removes the characters of cutset from both ends.
func Trim(cutset string) Op {
	return func(text string) string { return strings.Trim(text, cutset) }
}

// Lower writes all letters small.
func Lower() Op { return strings.ToLower }

// Upper writes all letters large.
func Upper() Op { return strings.ToUpper }
