package placeholder

// Restorer finds the placeholders of one vault in one answer. It is not safe
// for concurrent use.
type Restorer struct {
	*Reader
	// budget is how many more bytes of values may go into the answer.
	budget int64
	issued map[Stem]map[int]entry
	digits map[Stem]map[int]bool // the beginnings of the numbers that were issued
	links  Links
	stats  Stats
	// bare tells that no value can make a link of the text around it.
	bare bool
}

// NewRestorer returns a restorer for what the vault can give back. budget bounds
// what all values in the answer come to, in bytes: a large value and a short
// answer that repeats its placeholder would otherwise fill the memory.
func NewRestorer(v *Vault, g Grammar, links Links, budget int64) *Restorer {
	r := &Restorer{budget: budget, issued: map[Stem]map[int]entry{}, digits: map[Stem]map[int]bool{}, links: links, bare: true}
	if !links.Listed {
		r.links.Hosts = append(append([]string{}, links.Hosts...), v.hosts...)
	}
	var stems []Stem
	for _, e := range v.entries {
		if !e.restore {
			continue
		}
		if r.issued[e.stem] == nil {
			r.issued[e.stem], r.digits[e.stem] = map[int]entry{}, map[int]bool{}
			stems = append(stems, e.stem)
		}
		r.issued[e.stem][e.number] = e
		r.bare = r.bare && !partOfLink(e.value.Reveal())
		for n := e.number; n > 0; n /= 10 {
			r.digits[e.stem][n] = true
		}
	}
	r.Reader = newReader(stems, g)
	return r
}

// Stats returns what all lanes have done so far.
func (r *Restorer) Stats() Stats { return r.stats }

func (r *Restorer) has(s Stem, number int) bool {
	_, ok := r.issued[s][number]
	return ok
}

func (r *Restorer) begins(s Stem, digits int) bool { return r.digits[s][digits] }

// Find appends the placeholders in text to tokens, in order and without
// overlaps: the leftmost wins, then the longest. Placeholders that were not
// issued in this request are not found, and neither are those in links that
// must not have a value.
func (r *Restorer) Find(tokens []Token, text string, m Mode) []Token {
	for at := range len(text) {
		if r.Reader.begins(text, at) {
			l := r.NewLane(m)
			l.unlinked = r.bare && !mayLink(text)
			return l.Find(tokens, text)
		}
	}
	return tokens
}
