package detect

// Scope says which rules take part in a search.
type Scope struct {
	// Skip has the rules that take no part, by their index. Nil: none.
	Skip []bool
	// Watched is told what the rules with Watch find, each by itself. Nil:
	// nobody asks.
	Watched func(Finding)
}

// keep returns the matches of the rules that take part and do more than watch.
func (e *Engine) keep(matches []Finding, in Scope) []Finding {
	kept := matches[:0]
	for _, m := range matches {
		switch {
		case in.Skip != nil && in.Skip[m.Rule]:
		case !e.rules[m.Rule].Watch:
			kept = append(kept, m)
		case in.Watched != nil:
			in.Watched(m)
		}
	}
	return kept
}
