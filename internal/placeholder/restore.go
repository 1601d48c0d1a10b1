package placeholder

import (
	"sort"

	"github.com/krakend-redact/krakend-redact/internal/secret"
)

// Restorer finds the placeholders of one vault in answers. It is safe for
// concurrent use.
type Restorer struct {
	stems  []Stem
	values map[Stem]map[int]secret.String
}

// Token is a placeholder found in a text: text[Start:End] stands for Value.
type Token struct {
	Start, End int
	Value      secret.String
}

// NewRestorer returns a restorer for what the vault can give back.
func NewRestorer(v *Vault) *Restorer {
	r := &Restorer{values: map[Stem]map[int]secret.String{}}
	for _, e := range v.entries {
		if !e.restore {
			continue
		}
		if r.values[e.stem] == nil {
			r.values[e.stem] = map[int]secret.String{}
			r.stems = append(r.stems, e.stem)
		}
		r.values[e.stem][e.number] = e.value
	}
	return r
}

// Find appends the placeholders in text to tokens, in order and without
// overlaps: the leftmost wins, then the longest. Placeholders that were not
// issued in this request are not found.
func (r *Restorer) Find(tokens []Token, text string) []Token {
	first := len(tokens)
	for _, s := range r.stems {
		values := r.values[s]
		eachPlaceholder(s, text, func(start, end, number int) {
			if value, issued := values[number]; issued {
				tokens = append(tokens, Token{start, end, value})
			}
		})
	}
	found := tokens[first:]
	if len(found) < 2 {
		return tokens
	}
	sort.Slice(found, func(i, j int) bool {
		if found[i].Start != found[j].Start {
			return found[i].Start < found[j].Start
		}
		return found[i].End > found[j].End
	})
	kept := first
	for _, t := range found {
		if kept == first || t.Start >= tokens[kept-1].End {
			tokens[kept] = t
			kept++
		}
	}
	return tokens[:kept]
}
