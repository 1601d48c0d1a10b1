package placeholder

import (
	"strings"
	"sync"
	"unicode/utf8"
)

// Reader reads the placeholders of some stems. It is safe for concurrent use.
type Reader struct {
	groups []group
	first  [256]uint8 // what begins with a byte, a bit for some of the groups
	second [256]uint8 // what goes on with a byte
	core   *core      // nil if the stems have none
	// distinct tells that a placeholder in ASCII brackets that is spelled as it was
	// issued is that one and no other, in all grammars.
	distinct bool
}

// group is all patterns whose prefixes begin alike, so that most texts are seen
// at once to be none of them: stems are often many and begin with [REDACTED_.
type group struct {
	head     []element
	fold     bool
	patterns []pattern
}

// headSize is how many characters of their prefixes the patterns of a group
// share.
const headSize = 4

// NewReader returns a reader of all that anybody could take for a placeholder
// of the stems.
func NewReader(stems []Stem) *Reader {
	return newReader(stems, Aggressive)
}

func newReader(stems []Stem, g Grammar) *Reader {
	r := &Reader{core: newCore(stems), distinct: distinct(stems)}
	seen := map[string]int{}
	if len(stems) > 1 {
		for _, s := range stems {
			seen[s.seen()]++
		}
	}
	known := map[string]int{}
	for _, s := range stems {
		for _, p := range cachedPatterns(s, g, len(stems) == 1 || seen[s.seen()] == 1) {
			i, ok := known[p.key]
			if !ok {
				i = len(r.groups)
				known[p.key] = i
				r.groups = append(r.groups, group{head: p.prefix[:min(headSize, len(p.prefix))], fold: p.fold})
				r.mark(&r.groups[i], 1<<(i%8))
			}
			r.groups[i].patterns = append(r.groups[i].patterns, p)
		}
	}
	return r
}

// plainOpeners are the opening brackets of ASCII.
const plainOpeners = "[({<"

// distinct tells whether no other reading of a placeholder that is spelled as it
// was issued can be longer. Each stem is a word in ASCII brackets, or begins with a
// letter or a digit: then nothing reads it where there is a bracket. In brackets,
// readers go through a word character by character, so that a number that begins
// or ends elsewhere meets a character of the word where brackets must close, or
// the other way around. That leaves words that read alike.
func distinct(stems []Stem) bool {
	seen := map[string]bool{}
	for _, s := range stems {
		word := strings.TrimLeft(s.prefix, plainOpeners)
		switch {
		case word == "":
			return false
		case len(word) == len(s.prefix):
			if running[word[0]]&isAlnum == 0 {
				return false
			}
		case strings.ContainsFunc(word, isNoWord), isDecimal(word[len(word)-1]), s.Open(), strings.Trim(s.suffix, "])}>") != "":
			return false
		default:
			alike := Stem{prefix: s.prefix}.seen()
			if seen[alike] {
				return false
			}
			seen[alike] = true
		}
	}
	return true
}

func isNoWord(r rune) bool {
	return r >= 0x80 || running[r]&isAlnum == 0 && strings.IndexByte("_- ", byte(r)) < 0
}

// readers keeps readers by their stems. Which stems stand in an answer differs
// from request to request, so there is a bound.
var readers = struct {
	sync.RWMutex
	of map[string]*Reader
}{of: map[string]*Reader{}}

const maxReaders = 256

// readerOf is newReader for stems that are likely to be read again.
func readerOf(stems []Stem, g Grammar) *Reader {
	var buffer [128]byte
	key := append(buffer[:0], byte(g))
	for _, s := range stems {
		key = append(append(key, s.prefix...), 0)
		key = append(append(key, s.suffix...), 0)
	}
	readers.RLock()
	r := readers.of[string(key)]
	readers.RUnlock()
	if r != nil {
		return r
	}
	r = newReader(stems, g)
	readers.Lock()
	if len(readers.of) < maxReaders {
		readers.of[string(key)] = r
	}
	readers.Unlock()
	return r
}

// stemCache keeps the patterns of a stem in a grammar. Stems are those of
// policies, so they are few.
var stemCache sync.Map // of stemKey to []pattern

type stemKey struct {
	stem         Stem
	grammar      Grammar
	unmistakable bool
}

func cachedPatterns(s Stem, g Grammar, unmistakable bool) []pattern {
	key := stemKey{s, g, unmistakable}
	if known, ok := stemCache.Load(key); ok {
		return known.([]pattern)
	}
	all := patternsOf(s, g, unmistakable)
	for i := range all {
		all[i].key = keyOf(all[i])
	}
	stemCache.Store(key, all)
	return all
}

// keyOf is the same for patterns of one group only.
func keyOf(p pattern) string {
	var b strings.Builder
	if p.fold {
		b.WriteByte('f')
	}
	for _, e := range p.prefix[:min(headSize, len(p.prefix))] {
		b.WriteByte(0)
		b.WriteString(strings.Join(e, "\x01"))
	}
	return b.String()
}

// mark marks the first two bytes of all that a group can begin with.
func (r *Reader) mark(g *group, bit uint8) {
	for _, spelling := range g.head[0] {
		markByte(&r.first, spelling, bit, g.fold)
		switch {
		case spelling[0] < utf8.RuneSelf && len(spelling) > 1:
			markByte(&r.second, spelling[1:], bit, g.fold)
		case spelling[0] < utf8.RuneSelf && len(g.head) > 1:
			for _, next := range g.head[1] {
				markByte(&r.second, next, bit, g.fold)
			}
		default:
			for c := range r.second {
				r.second[c] |= bit
			}
		}
	}
}

// markByte marks the first byte of a text.
func markByte(table *[256]uint8, text string, bit uint8, fold bool) {
	table[text[0]] |= bit
	if fold {
		table[strings.ToLower(text)[0]] |= bit
		table[strings.ToUpper(text)[0]] |= bit
	}
}

// begins tells whether a placeholder can begin at text[at].
func (r *Reader) begins(text string, at int) bool { return r.which(text, at) != 0 }

// which returns the bits of the groups that can begin at text[at].
func (r *Reader) which(text string, at int) uint8 {
	bits := r.first[text[at]]
	if bits == 0 || at+1 == len(text) {
		return bits
	}
	return bits & r.second[text[at+1]]
}

// at returns the placeholder at text[at], the longest if there are several.
func (r *Reader) at(text string, at int, before byte, final bool, known numbers) (s Stem, number, end int, o outcome) {
	which := r.which(text, at)
	for i := range r.groups {
		g := &r.groups[i]
		if which>>(i%8)&1 == 0 {
			continue
		}
		if _, head := elements(g.head, text, at, g.fold, final); head == no {
			continue
		}
		for _, p := range g.patterns {
			n, to, result := p.match(text, at, before, final, known)
			switch {
			case result == yes && to > end:
				s, number, end, o = p.stem, n, to, yes
			case result == maybe && o == no:
				o = maybe
			}
		}
	}
	return s, number, end, o
}

// anyNumber is every number.
type anyNumber struct{}

func (anyNumber) has(Stem, int) bool    { return true }
func (anyNumber) begins(Stem, int) bool { return true }

// Each calls found for every placeholder in text, with its place.
func (r *Reader) Each(text string, found func(s Stem, number, start, end int)) {
	if r.core != nil && r.core.index(text, 0) < 0 {
		return // and nothing that the text's end cuts off counts
	}
	r.scan(text, 0, true, found)
}

// scan is Each for a text that goes on, unless it is final, and has a byte before
// it. It returns how far it has come: more text may make the rest a placeholder.
func (r *Reader) scan(text string, before byte, final bool, found func(s Stem, number, start, end int)) (done int) {
	for at := r.next(text, 0); at < len(text); at = r.next(text, at) {
		if at > 0 {
			before = text[at-1]
		}
		s, number, end, o := r.at(text, at, before, final, anyNumber{})
		switch o {
		case maybe:
			return at
		case yes:
			found(s, number, at, end)
			at = end
		default:
			at++
		}
	}
	return len(text)
}
