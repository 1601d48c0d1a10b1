package placeholder

import "sort"

// Restorer finds the placeholders of one vault in one answer. It is not safe
// for concurrent use.
type Restorer struct {
	*Reader
	// budget is how many more bytes of values may go into the answer.
	budget int64
	issued []issued
	links  Links
	stats  Stats
	// bare tells that no value can make a link of the text around it.
	bare bool
}

// issued are the placeholders of a stem, in the order of their numbers.
type issued struct {
	stem    Stem
	entries []entry
}

// NewRestorer returns a restorer for what the vault can give back. budget bounds
// what all values in the answer come to, in bytes: a large value and a short
// answer that repeats its placeholder would otherwise fill the memory.
func NewRestorer(v *Vault, g Grammar, links Links, budget int64) *Restorer {
	r := &Restorer{budget: budget, links: links, bare: true}
	if !links.Listed {
		r.links.Hosts = append(append([]string{}, links.Hosts...), v.hosts...)
	}
	var stems []Stem
	for _, e := range v.entries {
		if !e.restore {
			continue
		}
		r.bare = r.bare && !partOfLink(e.value.Reveal())
		under := r.under(e.stem)
		if under == nil {
			stems = append(stems, e.stem)
			r.issued = append(r.issued, issued{e.stem, make([]entry, 0, v.count(e.stem))})
			under = &r.issued[len(r.issued)-1]
		}
		// A vault issues the numbers of a stem in their order.
		under.entries = append(under.entries, e)
	}
	r.Reader = readerOf(stems, g)
	return r
}

// Stats returns what all lanes have done so far.
func (r *Restorer) Stats() Stats { return r.stats }

func (r *Restorer) under(s Stem) *issued {
	for i := range r.issued {
		if r.issued[i].stem == s {
			return &r.issued[i]
		}
	}
	return nil
}

// from returns the first of the stem's entries with at least that number.
func (i *issued) from(number int) int {
	return sort.Search(len(i.entries), func(n int) bool { return i.entries[n].number >= number })
}

// entry returns what was issued under a number.
func (r *Restorer) entry(s Stem, number int) (entry, bool) {
	under := r.under(s)
	if under == nil {
		return entry{}, false
	}
	at := under.from(number)
	if at == len(under.entries) || under.entries[at].number != number {
		return entry{}, false
	}
	return under.entries[at], true
}

func (r *Restorer) has(s Stem, number int) bool {
	_, ok := r.entry(s, number)
	return ok
}

func (r *Restorer) begins(s Stem, digits int) bool {
	under := r.under(s)
	if under == nil || digits == 0 {
		return false
	}
	for low, size := digits, 1; size < 1e9; low, size = low*10, size*10 {
		if at := under.from(low); at < len(under.entries) && under.entries[at].number < low+size {
			return true
		}
	}
	return false
}

// Find appends the placeholders in text to tokens, in order and without
// overlaps: the leftmost wins, then the longest. Placeholders that were not
// issued in this request are not found, and neither are those in links that
// must not have a value.
func (r *Restorer) Find(tokens []Token, text string, m Mode) []Token {
	if r.Reader.next(text, 0) == len(text) {
		return tokens
	}
	l := r.NewLane(m)
	l.unlinked = r.bare && !mayLink(text)
	return l.Find(tokens, text)
}
