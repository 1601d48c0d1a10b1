package web

import (
	"strings"

	"github.com/pmezard/go-difflib/difflib"
)

// diffLine is a line of a difference: kept, added, taken out, or the head of a
// piece.
type diffLine struct {
	Class, Sign, Text string
}

// contextLines stand around what differs.
const contextLines = 3

// diff tells two texts apart line by line. Equal texts have none.
func diff(before, after string) []diffLine {
	a, b := strings.Split(before, "\n"), strings.Split(after, "\n")
	var made []diffLine
	add := func(class, sign string, lines []string) {
		for _, line := range lines {
			made = append(made, diffLine{class, sign, line})
		}
	}
	for i, group := range difflib.NewMatcher(a, b).GetGroupedOpCodes(contextLines) {
		if i > 0 {
			made = append(made, diffLine{Class: "hunk", Text: "…"})
		}
		for _, op := range group {
			if op.Tag == 'e' {
				add("", " ", a[op.I1:op.I2])
				continue
			}
			add("del", "−", a[op.I1:op.I2])
			add("add", "+", b[op.J1:op.J2])
		}
	}
	return made
}
