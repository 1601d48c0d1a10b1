package redact

import (
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/detect"
)

// notes keep findings that change nothing from being counted more than once,
// although a text is looked into in several ways: how often a way has found a
// value counts, of the way that has found it most often.
type notes struct {
	view view
	text string // that is being searched
	ways map[note]int
	most map[note]int
}

// view is one way of looking into a text: of the strings of JSON in strings of
// JSON, those at the same level are one.
type view struct{ level, kind int }

const (
	asWritten = iota
	unescaped
	behindName
)

// note is a value that a rule has found, in one way or, with the zero view, in
// any.
type note struct {
	view  view
	rule  int
	value string
}

// begin begins a text.
func (n *notes) begin() {
	n.view = view{}
	clear(n.ways)
	clear(n.most)
}

// note takes note of a finding that changes nothing.
func (r *Request) note(f detect.Finding) {
	if f.Start < len(r.before) {
		return
	}
	n := &r.notes
	if n.ways == nil {
		n.ways, n.most = map[note]int{}, map[note]int{}
	}
	value := strings.Clone(n.text[f.Start:f.End])
	way, any := note{n.view, f.Rule, value}, note{rule: f.Rule, value: value}
	if n.ways[way]++; n.ways[way] > n.most[any] {
		n.most[any]++
		r.watched = append(r.watched, f.Rule)
	}
}
