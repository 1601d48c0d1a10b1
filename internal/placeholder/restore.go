package placeholder

import (
	"slices"
	"sort"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/secret"
)

// Restorer finds the placeholders of one vault in one answer. It is not safe
// for concurrent use.
type Restorer struct {
	*Reader
	// budget is how many more bytes of values may go into the answer.
	budget int64
	issued []issued
	links  Links
	stats  Stats
	out    *output
	// looked tells that bare has looked at the values, and linking what it saw.
	looked, linking bool
}

// output is what lanes have found last, for the next to write over. It is behind
// two pointers, see room.
type output struct {
	tokens []Token
	pieces *[]Piece
}

// issued are the placeholders of a stem, in the order of their numbers.
type issued struct {
	stem    Stem
	entries []given
}

// given is what a placeholder gives back.
type given struct {
	value    secret.String
	number   int
	isNumber bool // see entry
}

// NewRestorer returns a restorer for what the vault can give back. budget bounds
// what all values in the answer come to, in bytes: a large value and a short
// answer that repeats its placeholder would otherwise fill the memory.
func NewRestorer(v *Vault, g Grammar, links Links, budget int64) *Restorer {
	all := &struct {
		Restorer
		issued [usualStems]issued
	}{Restorer: Restorer{budget: budget, links: links}}
	r := &all.Restorer
	if !links.Listed {
		r.links.Hosts = slices.Concat(links.Hosts, v.hosts)
	}
	// The placeholders of all stems stand in one list, and the stems in the order
	// of their first ones.
	type use struct{ count, place int }
	var few [usualStems]use
	uses, total := few[:], 0
	if len(v.stems) > len(few) {
		uses = make([]use, len(v.stems))
	}
	stems := make([]Stem, 0, usualStems)
	for i := range v.entries {
		if e := &v.entries[i]; e.restore {
			u := &uses[e.stem]
			if u.count == 0 {
				u.place = len(stems)
				stems = append(stems, v.stems[e.stem].stem)
			}
			u.count++
			total++
		}
	}
	entries := make([]given, total)
	r.issued = all.issued[:]
	if len(stems) > len(r.issued) {
		r.issued = make([]issued, len(stems))
	}
	r.issued = r.issued[:len(stems)]
	for i := range v.entries {
		e := &v.entries[i]
		if !e.restore {
			continue
		}
		under, n := &r.issued[uses[e.stem].place], uses[e.stem].count
		if under.entries == nil {
			under.stem, under.entries = v.stems[e.stem].stem, entries[:0:n]
			entries = entries[n:]
		}
		// A vault issues the numbers of a stem in their order.
		under.entries = append(under.entries, given{e.value, e.number, e.isNumber})
	}
	r.Reader = readerOf(stems, g)
	return r
}

// Stats returns what all lanes have done so far.
func (r *Restorer) Stats() Stats { return r.stats }

// bare tells that no value can make a link of the text around it.
func (r *Restorer) bare() bool {
	if !r.looked {
		r.looked = true
		for i := range r.issued {
			for j := range r.issued[i].entries {
				r.linking = r.linking || partOfLink(r.issued[i].entries[j].value.Reveal())
			}
		}
	}
	return !r.linking
}

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

// at returns what was issued under a number, nil for nothing.
func (i *issued) at(number int) *given {
	at := number - 1 // unless numbers were skipped
	if at < 0 || at >= len(i.entries) || i.entries[at].number != number || at > 0 && i.entries[at-1].number == number {
		at = i.from(number)
	}
	if at == len(i.entries) || i.entries[at].number != number {
		return nil
	}
	return &i.entries[at]
}

// entry returns what was issued under a number, nil for nothing.
func (r *Restorer) entry(s Stem, number int) *given {
	if under := r.under(s); under != nil {
		return under.at(number)
	}
	return nil
}

// exact returns what is spelled at text[at] exactly as it was issued, nil for
// nothing that is certain: [Reader.at] decides about all else.
func (r *Restorer) exact(text string, at int) (e *given, end int) {
	if !r.Reader.distinct || strings.IndexByte(plainOpeners, text[at]) < 0 {
		return nil, 0
	}
	for i := range r.issued {
		s := &r.issued[i].stem
		if !strings.HasPrefix(text[at:], s.prefix) {
			continue
		}
		digits := at + len(s.prefix)
		number, end := 0, digits
		for end < len(text) && isDecimal(text[end]) && end-digits < maxDigits {
			number = 10*number + int(text[end]-'0')
			end++
		}
		if end == digits || text[digits] == '0' || !strings.HasPrefix(text[end:], s.suffix) {
			return nil, 0
		}
		return r.issued[i].at(number), end + len(s.suffix)
	}
	return nil, 0
}

func (r *Restorer) has(s Stem, number int) bool { return r.entry(s, number) != nil }

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
	first := r.Reader.next(text, 0)
	if first == len(text) {
		return tokens
	}
	unlinked := r.links.Always || !mayLink(text) && r.bare()
	if unlinked {
		before := newDocument(m)
		before.passText(text[:first])
		if before.plain() {
			return r.findPlainly(tokens, text, first)
		}
	}
	l := r.NewLane(m)
	l.alone, l.unlinked = true, unlinked
	return l.Find(tokens, text)
}

// findPlainly is Find for a text that has no links and is no JSON. Before from there
// is no placeholder.
func (r *Restorer) findPlainly(tokens []Token, text string, from int) []Token {
	last := 0 // where the last one ended
	for at := from; at < len(text); at = r.Reader.next(text, at) {
		before := byte('x')
		if at > last {
			before = text[at-1]
		} else if at == 0 {
			before = 0
		}
		e, end, o := r.entryAt(text, at, before, true)
		if o == yes {
			o = r.afford(e)
		}
		switch o {
		case yes:
			tokens = append(tokens, Token{at, end, e.value})
			r.stats.Restored++
			at, last = end, end
		case tooLarge:
			r.stats.TooLarge++
			at = end
		default:
			at++
		}
	}
	return tokens
}

// entryAt returns the placeholder at text[at]. Nearly all are spelled as they were
// issued.
func (r *Restorer) entryAt(text string, at int, before byte, final bool) (e *given, end int, o outcome) {
	if e, end = r.exact(text, at); e != nil {
		return e, end, yes
	}
	s, number, end, o := r.at(text, at, before, final, r)
	if o == yes {
		e = r.entry(s, number)
	}
	return e, end, o
}

// afford takes a value from what the answer may grow by.
func (r *Restorer) afford(e *given) outcome {
	size := int64(len(e.value.Reveal()))
	if size > r.budget {
		return tooLarge
	}
	r.budget -= size
	return yes
}
