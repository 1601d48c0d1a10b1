package detect

import "slices"

// resolver makes matches of several rules into findings without overlaps.
type resolver struct{ winners, losers []Finding }

// resolve sorts matches and resolves them. What lies before from is settled
// already: a match that begins there has lost, and only what it holds beyond
// counts. The result is good until the next call.
func (r *resolver) resolve(matches []Finding, from int) []Finding {
	if len(matches) == 0 || len(matches) == 1 && matches[0].Start >= from {
		return matches
	}
	slices.SortFunc(matches, func(a, b Finding) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		if a.End != b.End {
			return b.End - a.End
		}
		return a.Rule - b.Rule
	})
	winners, losers := r.winners[:0], r.losers[:0]
	end := from
	for _, m := range matches {
		if m.Start >= end {
			winners = append(winners, m)
			end = m.End
		} else if m.End > end {
			losers = append(losers, m)
		}
	}
	if len(losers) > 0 {
		winners = append(winners, remainders(losers, winners, from)...)
		slices.SortFunc(winners, func(a, b Finding) int { return a.Start - b.Start })
	}
	r.winners, r.losers = winners, losers
	return winners
}

// remainders returns what the losers hold outside of the winners, from the byte
// covered on and each byte once. Both lists are in order of their beginnings.
func remainders(losers, winners []Finding, covered int) []Finding {
	var rest []Finding
	w := 0
	for _, l := range losers {
		at := max(l.Start, covered)
		for at < l.End {
			for w < len(winners) && winners[w].End <= at {
				w++
			}
			end := l.End
			if w < len(winners) && winners[w].Start < end {
				end = winners[w].Start
			}
			if at < end {
				rest = append(rest, Finding{at, end, l.Rule})
			}
			at = end
			if w < len(winners) && at == winners[w].Start {
				at = winners[w].End
			}
		}
		covered = max(covered, l.End)
	}
	return rest
}

// followed returns where the text behind a finding ends: at the next finding.
func followed(end int, following []Finding) int {
	if len(following) > 0 {
		return min(end, following[0].Start)
	}
	return end
}

// digits counts the digits that a text begins with. Behind a finding they are
// part of it where a placeholder without a closing bracket would read them as
// its number.
func digits[text string | []byte](t text) int {
	n := 0
	for n < len(t) && isDigit(t[n]) {
		n++
	}
	return n
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
