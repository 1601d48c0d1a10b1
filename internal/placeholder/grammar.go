package placeholder

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/krakend-redact/krakend-redact/internal/filled"
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
var spellings = filled.Map(map[rune][]string{
	'[': {"［", "【", "&lbrack;", "&lsqb;"},
	']': {"］", "】", "&rbrack;", "&rsqb;"},
	'(': {"（", "&lpar;"},
	')': {"）", "&rpar;"},
	'{': {"｛", "&lbrace;", "&lcub;"},
	'}': {"｝", "&rbrace;", "&rcub;"},
	'<': {"＜", "&lt;"},
	'>': {"＞", "&gt;"},
	'_': {" ", "-", "＿", "&lowbar;"},
})

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
	key  string // of its group
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
	i, o := elements(p.prefix, text, at, p.fold, final)
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
	i, o = elements(p.suffix, text, i, p.fold, final)
	if o == yes && p.word && i < len(text) && isWord(text[i]) {
		o = no
	}
	return number, i, o
}

// elements reads a row of elements and returns where it ends.
func elements(row []element, text string, at int, fold, final bool) (int, outcome) {
	for _, e := range row {
		n, o := e.match(text[at:], fold, final)
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
		if n > 0 && spelling[0] < utf8.RuneSelf && lower(spelling[0]) != lower(text[0]) {
			continue
		}
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

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

func isWord(c byte) bool {
	return isLetter(rune(c)) || c >= '0' && c <= '9' || c == '_' || c >= 0x80
}
