package detect

import "unicode/utf8"

// termReader finds the terms of a rule in a text that arrives in pieces.
type termReader struct {
	rule   *Rule
	number int
	// margin are the bytes around a term that decide whether it is a finding.
	margin int
	// at is where terms can begin that are not known yet.
	at int
}

func newTermReader(rule *Rule, number int) termReader {
	r := termReader{rule: rule, number: number, margin: utf8.UTFMax}
	if rule.Condition.Holds != nil {
		r.margin += rule.Condition.Window
	}
	return r
}

// read reads the text up to limit, or what is left of it when it ends there, and
// appends the terms in it.
func (r *termReader) read(matches []Finding, t *pending, limit int, final bool) []Finding {
	text := t.view(limit)
	for r.at < limit {
		start, end, before := r.rule.Terms.find(text, r.at-t.base, final)
		if start < 0 {
			r.at = before + t.base
			return matches
		}
		if r.rule.Condition.Holds != nil && !final && len(text)-end < r.margin {
			r.at = start + t.base
			return matches
		}
		value, ok := r.rule.accept(text, Finding{start, end, r.number})
		if !ok {
			r.at = next(text, start) + t.base
			continue
		}
		r.at = value.End + t.base
		if r.at > t.start {
			matches = append(matches, Finding{value.Start + t.base, r.at, r.number})
		}
	}
	return matches
}
