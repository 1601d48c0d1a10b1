package detect

// withoutAllowed drops the matches from the one at first on whose value is
// allowed. text begins at base; what does not lie in it is not known any more,
// so it stays a match.
func (e *Engine) withoutAllowed(matches []Finding, first int, text string, base int) []Finding {
	kept := matches[:first]
	for _, m := range matches[first:] {
		allow := e.rules[m.Rule].Allow
		if allow != nil && m.Start >= base && allow(text[m.Start-base:m.End-base]) {
			continue
		}
		kept = append(kept, m)
	}
	return kept
}
