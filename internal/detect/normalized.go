package detect

import (
	"slices"
	"sync"

	"github.com/krakend-redact/krakend-redact/internal/normalize"
)

// normalized are texts to normalise into.
var normalized = sync.Pool{New: func() any { return &normalize.Text{} }}

// maxKept bounds in bytes the texts that normalized keeps the room of.
const maxKept = 1 << 20

// matchesAsRead adds what the rules find in a text as its readers see it, in
// terms of the text as it is written. Both count: a pattern may ask for the very
// characters that normalising replaces.
func (e *Engine) matchesAsRead(s *scratch, text string) (*scratch, error) {
	if !normalize.Needed(text) {
		return s, nil
	}
	t := normalized.Get().(*normalize.Text)
	if len(text) <= maxKept {
		defer normalized.Put(t)
	}
	if !t.Reset(text) {
		return s, nil
	}
	read, err := e.matches(t.String())
	if read == nil {
		return s, err
	}
	defer e.scratch.Put(read)
	if s == nil {
		s = e.borrow(s)
	}
	for _, m := range read.matches {
		m.Start, m.End = t.Span(m.Start, m.End)
		s.matches = append(s.matches, m)
	}
	if e.watches {
		s.matches = once(s.matches)
	}
	return s, err
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
