package placeholder

import "slices"

// core is a run of letters that stands in every placeholder of a reader, such as
// REDACTED, and is spelled with these letters in every grammar; or the beginnings
// of several such runs, one of which does. It is found in long steps (Horspool's,
// by pairs of letters), and placeholders only begin near one.
type core struct {
	words []string // in lower case
	size  int      // of each
	// reach is how many bytes before the core a placeholder can begin.
	reach int
	// steps are how far a pair of characters, by their lowest five bits, can be
	// from the end of the next core.
	steps [1 << 10]uint8
}

// Sizes in bytes of a core: shorter ones tell too little.
const (
	minCore = 4
	maxCore = 64
)

// maxWords bounds how many different words are looked for: with more, most pairs of
// letters are in one of them.
const maxWords = 6

// newCore returns the core of some stems, nil if they have none.
func newCore(stems []Stem) *core {
	if len(stems) == 0 {
		return nil
	}
	c := &core{size: maxCore}
	common := longestWord(stems[0].prefix)
	for _, s := range stems {
		if indexFold(s.prefix, common) < 0 {
			common = ""
		}
	}
	for _, s := range stems {
		word := common
		if word == "" {
			word = longestWord(s.prefix)
		}
		c.reach = max(c.reach, longestSpelling(s.prefix[:indexFold(s.prefix, word)]))
		c.size = min(c.size, len(word))
		c.words = append(c.words, word)
	}
	if c.size < minCore {
		return nil
	}
	for i, word := range c.words {
		c.words[i] = word[:c.size]
	}
	slices.Sort(c.words)
	if c.words = slices.Compact(c.words); len(c.words) > maxWords {
		return nil
	}
	for i := range c.steps {
		c.steps[i] = uint8(c.size - 1)
	}
	for _, word := range c.words {
		for end := 1; end < c.size; end++ {
			step := &c.steps[pair(word[end-1], word[end])]
			*step = min(*step, uint8(c.size-1-end))
		}
	}
	return c
}

// longestWord returns the longest run of letters in a text, in lower case.
func longestWord(text string) string {
	var longest, word []byte
	for i := 0; i < len(text); i++ {
		if !isLetter(rune(text[i])) {
			word = word[:0]
			continue
		}
		if word = append(word, lower(text[i])); len(word) > len(longest) && len(word) <= maxCore {
			longest = append(longest[:0], word...)
		}
	}
	return string(longest)
}

// longestSpelling returns how many bytes a text can take in all grammars.
func longestSpelling(text string) int {
	size := 0
	for _, r := range text {
		longest := 0
		for _, style := range []brackets{bracketsPlain, bracketsEscaped} {
			for _, spelling := range spellingsOf(r, style) {
				longest = max(longest, len(spelling))
			}
		}
		size += longest
	}
	return size
}

func pair(a, b byte) uint { return uint(a&31)<<5 | uint(b&31) }

// step returns how far the pair of characters at a place can be from the end of
// the next core. It is [pair] in one multiplication: the compiler makes one load
// of the two bytes.
func (c *core) step(text string, at int) int {
	both := (uint32(text[at]) | uint32(text[at+1])<<8) & (31<<8 | 31)
	return int(c.steps[both*(1<<27|1<<14)>>22])
}

// index returns where the next core begins, at or behind a place, -1 if there is
// none.
func (c *core) index(text string, at int) int {
	size, most := c.size, c.size-1
	for i := at + size - 2; i+1 < len(text); {
		// Most pairs stand in no core. Two of them are looked at in one go: the
		// second does not wait for what the first says.
		for i+most+1 < len(text) && c.step(text, i)+c.step(text, i+most) == 2*most {
			i += 2 * most
		}
		if i+1 >= len(text) {
			break
		}
		if step := c.step(text, i); step > 0 {
			i += step
			continue
		}
		begin := i - size + 2
		for _, word := range c.words {
			if equalLetters(text[begin:i+2], word) {
				return begin
			}
		}
		i++
	}
	return -1
}

// indexFold is [core.index] for a text that is read once.
func indexFold(text, letters string) int {
	for at := 0; at+len(letters) <= len(text); at++ {
		if equalLetters(text[at:at+len(letters)], letters) {
			return at
		}
	}
	return -1
}

// equalLetters tells whether a text is the letters, which are in lower case, in
// any case.
func equalLetters(text, letters string) bool {
	for i := 0; i < len(letters); i++ {
		if lower(text[i]) != letters[i] {
			return false
		}
	}
	return true
}

// next returns the first place, at or behind the given one, where a placeholder
// can begin, also one that the text's end cuts off. It is the text's length if
// there is none.
func (r *Reader) next(text string, at int) int {
	if len(r.groups) == 0 {
		return len(text)
	}
	for at < len(text) {
		end := len(text)
		if r.core != nil {
			found := r.core.index(text, at)
			if found < 0 {
				// The end may have the beginning of one.
				found = max(at, len(text)-r.core.size+1)
			} else {
				end = found + 1
			}
			at = max(at, found-r.core.reach)
		}
		for ; at < end; at++ {
			if r.begins(text, at) {
				return at
			}
		}
	}
	return at
}
