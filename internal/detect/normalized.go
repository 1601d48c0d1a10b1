package detect

import (
	"slices"
	"sync"

	"github.com/krakend-redact/krakend-redact/internal/normalize"
)

// reading is a text as its readers see it, with what is known of it as it is
// written.
type reading struct {
	text      normalize.Text
	stretches []normalize.Stretch
	known     bool           // stretches are what stands in both
	points    [][]checkpoint // of each pass
}

// readings are texts to normalise into.
var readings = sync.Pool{New: func() any { return &reading{} }}

// maxKept bounds in bytes the texts that readings keep the room of.
const maxKept = 1 << 20

func (r *reading) release(text string) {
	if len(text) > maxKept {
		return
	}
	for i := range r.points {
		clear(r.points[i]) // the tables may be old
		r.points[i] = r.points[i][:0]
	}
	readings.Put(r)
}

// allMatches is [Engine.matches] for a text as it is written and, if the engine is
// to, as its readers see it, in terms of the text as it is written. Both count: a
// pattern may ask for the very characters that normalising replaces.
func (e *Engine) allMatches(text string) (*scratch, error) {
	if !e.asRead || !normalize.Needed(text) {
		return e.matches(text)
	}
	r := readings.Get().(*reading)
	defer r.release(text)
	if !r.text.Reset(text) {
		return e.matches(text)
	}
	var s *scratch
	passes := *e.passes.list.Load()
	for len(r.points) < len(passes) {
		r.points = append(r.points, nil)
	}
	r.stretches, r.known = r.text.Stretches(r.stretches[:0])
	if !r.known { // so no checkpoint helps
		r.stretches = append(r.stretches, normalize.Stretch{Size: len(text)})
	}
	for i, pass := range passes {
		s, r.points[i] = e.passNoting(pass, s, text, r.stretches, r.points[i])
		if pass.full.Load() {
			e.passes.split(pass)
		}
	}
	s, err := e.otherMatches(s, text)
	if err != nil {
		return s, err
	}
	read, err := e.matchesAgain(passes, r, text)
	if read == nil {
		return s, err
	}
	defer e.scratch.Put(read)
	if s == nil {
		s = e.borrow(s)
	}
	for _, m := range read.matches {
		m.Start, m.End = r.text.Span(m.Start, m.End)
		s.matches = append(s.matches, m)
	}
	if e.watches {
		s.matches = once(s.matches)
	}
	return s, err
}

// matchesAgain is [Engine.matches] for a text as its readers see it. What stands
// in it as it is written, and was found there, it need not find again.
func (e *Engine) matchesAgain(passes []*dfa, r *reading, written string) (*scratch, error) {
	text := r.text.String()
	if !r.known {
		return e.matches(text)
	}
	var s *scratch
	for i, pass := range passes {
		s = e.passAgain(pass, s, text, written, r.stretches, r.points[i])
		if pass.full.Load() {
			e.passes.split(pass)
		}
	}
	return e.otherMatches(s, text)
}

// once returns matches without those that are there twice, in another order.
func once(matches []Finding) []Finding {
	slices.SortFunc(matches, func(a, b Finding) int {
		if a.Rule != b.Rule {
			return a.Rule - b.Rule
		}
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return a.End - b.End
	})
	return slices.Compact(matches)
}
