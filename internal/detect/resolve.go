package detect

import (
	"slices"
	"sort"
)

// resolver makes matches of several rules into findings without overlaps.
type resolver struct{ winners, losers, rest []Finding }

// resolve sorts matches and resolves them. What lies before from is settled
// already: a match that begins there has lost, and only what it holds beyond
// counts. The result is good until the next call.
func (r *resolver) resolve(matches []Finding, from int) []Finding {
	if apartInOrder(matches, from) {
		return matches
	}
	inOrder(matches)
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
		r.rest = remainders(r.rest[:0], losers, winners, from)
		winners = append(winners, r.rest...)
		inOrder(winners)
	}
	r.winners, r.losers = winners, losers
	return winners
}

// apartInOrder tells whether matches are in order and none overlaps another one, nor
// what lies before from.
func apartInOrder(matches []Finding, from int) bool {
	for i := range matches {
		if matches[i].Start < from {
			return false
		}
		from = matches[i].End
	}
	return true
}

// before tells whether a match has precedence over another one.
func (f *Finding) before(other *Finding) bool {
	if f.Start != other.Start {
		return f.Start < other.Start
	}
	if f.End != other.End {
		return f.End > other.End
	}
	return f.Rule < other.Rule
}

// inOrder sorts matches by precedence. They nearly are: those of the rules come
// as they end in the text. So each is put where it belongs among those before it,
// as long as not too many have to make room.
func inOrder(matches []Finding) {
	room := 64 * len(matches)
	for i := 1; i < len(matches); i++ {
		m := matches[i]
		if !m.before(&matches[i-1]) {
			continue
		}
		at := sort.Search(i-1, func(j int) bool { return m.before(&matches[j]) })
		if room -= i - at; room < 0 {
			slices.SortFunc(matches, func(a, b Finding) int {
				switch {
				case a.before(&b):
					return -1
				case b.before(&a):
					return 1
				}
				return 0
			})
			return
		}
		copy(matches[at+1:i+1], matches[at:i])
		matches[at] = m
	}
}

// remainders appends to rest what the losers hold outside of the winners, from the
// byte covered on and each byte once. Both lists are in order of their beginnings.
func remainders(rest, losers, winners []Finding, covered int) []Finding {
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
