package placeholder

import (
	"strconv"
	"strings"
)

// Grammar says how exactly a placeholder must be spelled to be taken for one
// that was issued. Type and number must be right in any case.
type Grammar uint8

const (
	// Tolerant takes what models make of a placeholder: other case, spaces or
	// hyphens for underscores, zeros before the number, brackets and
	// underscores escaped for Markdown, HTML or JSON, full-width brackets.
	Tolerant Grammar = iota
	// Strict takes a placeholder exactly as it was issued.
	Strict
	// Aggressive also takes a placeholder that has lost its brackets, where it
	// is no part of a longer word.
	Aggressive
)

// spellings are other ways to write a character, besides its own and its
// escapes.
var spellings = map[rune][]string{
	'[': {"［", "【", "&lbrack;", "&lsqb;"},
	']': {"］", "】", "&rbrack;", "&rsqb;"},
	'(': {"（", "&lpar;"},
	')': {"）", "&rpar;"},
	'{': {"｛", "&lbrace;", "&lcub;"},
	'}': {"｝", "&rbrace;", "&rcub;"},
	'<': {"＜", "&lt;"},
	'>': {"＞", "&gt;"},
	'_': {" ", "-", "＿", "&lowbar;"},
}

// openers begin a placeholder; without them it is bare.
const openers = "[({<«‹【［"

// element is one character of a placeholder with all its spellings.
type element []string

// pattern is a stem in the spellings of a grammar.
type pattern struct {
	stem           Stem
	prefix, suffix []element
	// fold ignores the case of ASCII letters and zeros before the number.
	fold bool
	// word must not be part of a longer word.
	word bool
}

// patternsOf returns the ways to read a stem. Stems that only differ in what a
// tolerant reader does not see are read as they are.
func patternsOf(s Stem, g Grammar, unmistakable bool) []pattern {
	exact := pattern{stem: s, prefix: exactly(s.prefix), suffix: exactly(s.suffix)}
	if g == Strict || !unmistakable {
		return []pattern{exact}
	}
	all := []pattern{exact}
	if !s.Open() {
		// Brackets are escaped by backslashes on both sides or not at all: a
		// backslash that stood before a value is not part of its placeholder.
		all = append(all,
			pattern{stem: s, prefix: tolerantly(s.prefix, bracketsPlain), suffix: tolerantly(s.suffix, bracketsPlain), fold: true},
			pattern{stem: s, prefix: tolerantly(s.prefix, bracketsEscaped), suffix: tolerantly(s.suffix, bracketsEscaped), fold: true})
	}
	bare := strings.TrimLeft(s.prefix, openers)
	if g == Aggressive && strings.ContainsFunc(bare, isLetter) {
		all = append(all, pattern{stem: s, prefix: tolerantly(bare, bracketsPlain), fold: true, word: true})
	}
	return all
}

func exactly(text string) []element {
	if text == "" {
		return nil
	}
	return []element{{text}}
}

// brackets says how the brackets of a placeholder are spelled.
type brackets bool

const (
	bracketsPlain   brackets = false
	bracketsEscaped brackets = true
)

func tolerantly(text string, style brackets) []element {
	elements := make([]element, 0, len(text))
	for _, r := range text {
		elements = append(elements, spellingsOf(r, style))
	}
	return elements
}

func spellingsOf(r rune, style brackets) element {
	if r >= 0x80 || isLetter(r) || r >= '0' && r <= '9' {
		return element{string(r)}
	}
	escaped := element{`\` + string(r), `\\` + string(r)}
	isBracket := strings.ContainsRune(openers+closers, r)
	if isBracket && style == bracketsEscaped {
		return escaped
	}
	hex := strconv.FormatInt(int64(r), 16)
	e := append(element{string(r), "&#" + strconv.Itoa(int(r)) + ";", "&#x" + hex + ";", `\u00` + hex}, spellings[r]...)
	if !isBracket {
		e = append(e, escaped...)
	}
	return e
}

// seen is the form of a stem that a tolerant reader sees.
func (s Stem) seen() string {
	var b strings.Builder
	for _, r := range s.prefix + "\x00" + s.suffix {
		c := string(r)
		if c == " " || c == "-" {
			c = "_"
		}
		b.WriteString(strings.ToLower(c))
	}
	return b.String()
}

// outcome is what a text is at a certain place.
type outcome uint8

const (
	no         outcome = iota
	maybe              // it can become a placeholder with what follows
	yes                // it is a placeholder
	suppressed         // it is one that must not be restored here
	tooLarge           // it is one whose value would make the answer too large
)

// numbers tells which numbers a reader is interested in.
type numbers interface {
	// has tells whether a number was issued for a stem.
	has(s Stem, number int) bool
	// begins tells whether a number that was issued begins with these digits.
	begins(s Stem, digits int) bool
}

// match reads a placeholder at text[at]. before is the byte before it, 0 at the
// beginning of a text; final tells that nothing follows text.
func (p pattern) match(text string, at int, before byte, final bool, known numbers) (number, end int, o outcome) {
	if p.word && isWord(before) {
		return 0, 0, no
	}
	i, o := p.elements(p.prefix, text, at, final)
	if o != yes {
		return 0, 0, o
	}
	digits := i
	for i < len(text) && text[i] >= '0' && text[i] <= '9' {
		i++
	}
	spelled := text[digits:i]
	if p.fold {
		spelled = strings.TrimLeft(spelled, "0")
	}
	switch {
	case len(spelled) > maxDigits || i-digits > 2*maxDigits, spelled != "" && spelled[0] == '0':
		return 0, 0, no
	case spelled == "" && i == len(text) && !final:
		return 0, 0, maybe
	case spelled == "":
		return 0, 0, no
	}
	number, _ = strconv.Atoi(spelled)
	if i == len(text) && !final {
		if known.begins(p.stem, number) {
			return 0, 0, maybe
		}
		return 0, 0, no
	}
	if !known.has(p.stem, number) {
		return 0, 0, no
	}
	i, o = p.elements(p.suffix, text, i, final)
	if o == yes && p.word && i < len(text) && isWord(text[i]) {
		o = no
	}
	return number, i, o
}

// elements reads a row of elements and returns where it ends.
func (p pattern) elements(row []element, text string, at int, final bool) (int, outcome) {
	for _, e := range row {
		n, o := e.match(text[at:], p.fold, final)
		if o != yes {
			return 0, o
		}
		at += n
	}
	return at, yes
}

func (e element) match(text string, fold, final bool) (size int, o outcome) {
	for _, spelling := range e {
		n := min(len(spelling), len(text))
		if !alikeText(spelling[:n], text[:n], fold) {
			continue
		}
		if n == len(spelling) {
			return n, yes
		}
		if !final {
			o = maybe
		}
	}
	return 0, o
}

func alikeText(a, b string, fold bool) bool {
	return a == b || fold && strings.EqualFold(a, b)
}

// begins marks the bytes that a placeholder of the pattern can begin with.
func (p pattern) begins(table *[256]bool) {
	for _, spelling := range p.prefix[0] {
		table[spelling[0]] = true
		if p.fold {
			table[strings.ToLower(spelling)[0]] = true
			table[strings.ToUpper(spelling)[0]] = true
		}
	}
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

func isWord(c byte) bool {
	return isLetter(rune(c)) || c >= '0' && c <= '9' || c == '_' || c >= 0x80
}

// Reader reads the placeholders of some stems. It is safe for concurrent use.
type Reader struct {
	patterns []pattern
	first    [256]bool // bytes that a placeholder can begin with
}

// NewReader returns a reader of all that anybody could take for a placeholder
// of the stems.
func NewReader(stems []Stem) *Reader {
	return newReader(stems, Aggressive)
}

func newReader(stems []Stem, g Grammar) *Reader {
	r := &Reader{}
	seen := map[string]int{}
	for _, s := range stems {
		seen[s.seen()]++
	}
	for _, s := range stems {
		for _, p := range patternsOf(s, g, seen[s.seen()] == 1) {
			p.begins(&r.first)
			r.patterns = append(r.patterns, p)
		}
	}
	return r
}

// at returns the placeholder at text[at], the longest if there are several.
func (r *Reader) at(text string, at int, before byte, final bool, known numbers) (s Stem, number, end int, o outcome) {
	for _, p := range r.patterns {
		n, to, result := p.match(text, at, before, final, known)
		switch {
		case result == yes && to > end:
			s, number, end, o = p.stem, n, to, yes
		case result == maybe && o == no:
			o = maybe
		}
	}
	return s, number, end, o
}

// anyNumber is every number.
type anyNumber struct{}

func (anyNumber) has(Stem, int) bool    { return true }
func (anyNumber) begins(Stem, int) bool { return true }

// each calls found for every placeholder in text.
func (r *Reader) each(text string, found func(s Stem, number int)) {
	for at := 0; at < len(text); {
		if r.first[text[at]] {
			before := byte(0)
			if at > 0 {
				before = text[at-1]
			}
			if s, number, end, o := r.at(text, at, before, true, anyNumber{}); o == yes {
				found(s, number)
				at = end
				continue
			}
		}
		at++
	}
}
