// Package jsonedit walks the texts in a raw JSON document and says where they
// stand, so that some can be replaced without touching another byte: key
// order, spacing, number spelling and escapes all stay.
//
// It knows nothing of what is looked for in the texts.
package jsonedit

import (
	"errors"
	"math"
	"math/bits"
	"strings"
	"sync"
)

// Kind tells what a text is.
type Kind uint8

// The kinds of texts that a walk visits. Literals (true, false, null) hold no
// text; only [WalkAll] visits them.
const (
	String Kind = iota
	Key
	Number
	Literal
)

// Text is one string, object key or number of a document.
type Text struct {
	Kind Kind
	// Start and End are byte offsets in the document, without the quotes.
	Start, End int
	// Raw is the document between the two.
	Raw string
	// Escaped tells that Raw holds backslash escapes: see [Unquote].
	Escaped bool
}

// Errors of a walk.
var (
	ErrSyntax = errors.New("jsonedit: not valid JSON")
	ErrDepth  = errors.New("jsonedit: nested too deeply")
)

// Begins tells whether a text begins as an object or array does.
func Begins(text string) bool {
	text = strings.TrimLeft(strings.TrimPrefix(text, "\xef\xbb\xbf"), " \t\r\n")
	return text != "" && (text[0] == '{' || text[0] == '[')
}

// Walk visits every string, key and number of the JSON value in doc, in order.
// doc may begin with a byte order mark and may be nothing but white space. It
// is checked strictly by RFC 8259, but for the UTF-8 in strings, which is
// passed on as it is. Containers may be nested up to maxDepth levels.
//
// path is where the text stands; it is only valid during the call, and its last
// element is the key itself when a key is visited.
func Walk(doc string, maxDepth int, visit func(t Text, path *Path)) error {
	return walk(walker{doc: doc, maxDepth: maxDepth, maxValues: 1, visit: visit})
}

// WalkAll is [Walk], but visits literals as well.
func WalkAll(doc string, maxDepth int, visit func(t Text, path *Path)) error {
	return walk(walker{doc: doc, maxDepth: maxDepth, maxValues: 1, visit: visit, literals: true})
}

// Skim is [WalkAll] for a document that somebody else checks: what stands between
// quotes is not looked at.
func Skim(doc string, maxDepth int, visit func(t Text, path *Path)) error {
	return walk(walker{doc: doc, maxDepth: maxDepth, maxValues: 1, visit: visit, literals: true, skims: true})
}

// Values visits every value of the document in doc, containers included, each
// when it has ended: doc[start:end] is the value that stands at path. Like [Skim],
// it does not look at what stands between quotes.
func Values(doc string, maxDepth int, visit func(start, end int, path *Path)) error {
	return walk(walker{doc: doc, maxDepth: maxDepth, maxValues: 1, visit: func(Text, *Path) {}, ended: visit, skims: true})
}

// WalkLines is [Walk] for any number of values in a row, as in JSON Lines.
func WalkLines(doc string, maxDepth int, visit func(t Text, path *Path)) error {
	return walk(walker{doc: doc, maxDepth: maxDepth, maxValues: math.MaxInt, visit: visit})
}

type walker struct {
	doc       string
	at        int
	maxDepth  int
	maxValues int
	visit     func(Text, *Path)
	literals  bool
	skims     bool                             // strings are not checked
	ended     func(start, end int, path *Path) // may be nil
	path      Path
}

// walkers keep the room of their paths.
var walkers = sync.Pool{New: func() any { return &walker{} }}

// maxKept is how many levels a path may have that is kept.
const maxKept = 64

func walk(as walker) error {
	w := walkers.Get().(*walker)
	as.path.levels = w.path.levels[:0]
	*w = as
	err := w.run()
	if levels := w.path.levels[:cap(w.path.levels)]; cap(levels) <= maxKept {
		clear(levels) // keys belong to the document
		*w = walker{path: Path{levels}}
		walkers.Put(w)
	}
	return err
}

func (w *walker) run() error {
	if strings.HasPrefix(w.doc, "\xef\xbb\xbf") {
		w.at = 3
	}
	for values := 0; ; values++ {
		w.space()
		if w.at == len(w.doc) {
			return nil
		}
		if values == w.maxValues || values > 0 && !isSpace(w.doc[w.at-1]) {
			return ErrSyntax
		}
		w.path.reset()
		if err := w.value(); err != nil {
			return err
		}
	}
}

// value reads one value and all that is in it, without recursion: the depth of
// a document must not decide over the stack.
func (w *walker) value() error {
	for {
		w.space()
		start := w.at
		opened, err := w.scalarOrOpen(start)
		if err != nil {
			return err
		}
		if opened {
			continue
		}
		w.end(start)
		// A value is complete: go on after it, closing what ends here.
		for {
			if w.path.depth() == 0 {
				return nil
			}
			w.space()
			if w.at == len(w.doc) {
				return ErrSyntax
			}
			c := w.doc[w.at]
			w.at++
			top := w.path.top()
			if c == ',' {
				if top.object {
					if err := w.key(); err != nil {
						return err
					}
				} else {
					top.index++
				}
				break
			}
			if (c == '}') != top.object || (c != '}' && c != ']') {
				return ErrSyntax
			}
			start := top.start
			w.path.pop()
			w.end(start)
		}
	}
}

func (w *walker) end(start int) {
	if w.ended != nil {
		w.ended(start, w.at, &w.path)
	}
}

// scalarOrOpen reads a scalar, an empty container, or the opening of a
// container up to where its first value starts.
func (w *walker) scalarOrOpen(start int) (opened bool, err error) {
	if w.at == len(w.doc) {
		return false, ErrSyntax
	}
	switch c := w.doc[w.at]; {
	case c == '"':
		return false, w.text(String)
	case c == '{' || c == '[':
		if w.path.depth() == w.maxDepth {
			return false, ErrDepth
		}
		w.at++
		w.space()
		if w.at < len(w.doc) && w.doc[w.at] == c+2 { // } and ] stand two after { and [
			w.at++
			return false, nil
		}
		w.path.push(c == '{', start)
		if c == '{' {
			return true, w.key()
		}
		return true, nil
	case c == '-' || isDigit(c):
		return false, w.number()
	case c == 't':
		return false, w.literal("true")
	case c == 'f':
		return false, w.literal("false")
	case c == 'n':
		return false, w.literal("null")
	}
	return false, ErrSyntax
}

// key reads a key and the colon after it.
func (w *walker) key() error {
	w.space()
	if w.at == len(w.doc) || w.doc[w.at] != '"' {
		return ErrSyntax
	}
	if err := w.text(Key); err != nil {
		return err
	}
	w.space()
	if w.at == len(w.doc) || w.doc[w.at] != ':' {
		return ErrSyntax
	}
	w.at++
	return nil
}

func (w *walker) text(kind Kind) error {
	start := w.at + 1
	read := checked
	if w.skims {
		read = skimmed
	}
	i, escaped := read(w.doc, start)
	if i < 0 {
		return ErrSyntax
	}
	w.at = i + 1
	t := Text{Kind: kind, Start: start, End: i, Raw: w.doc[start:i], Escaped: escaped}
	if kind == Key {
		top := w.path.top()
		top.key, top.escaped = t.Raw, escaped
	}
	w.visit(t, &w.path)
	return nil
}

// checked returns where the string ends that begins at a place, and whether it has
// escapes; -1 if it is none.
func checked(doc string, i int) (end int, escaped bool) {
	for {
		i = plainUpTo(doc, i)
		if i == len(doc) || doc[i] < 0x20 {
			return -1, false
		}
		if doc[i] == '"' {
			return i, escaped
		}
		escaped = true
		if i+1 < len(doc) && simple[doc[i+1]] != 0 {
			i += 2
			continue
		}
		if _, ok := CodeUnit(doc[i:]); !ok {
			return -1, false
		}
		i += 6
	}
}

// skimmed is [checked] for a string that need not be checked.
func skimmed(doc string, start int) (end int, escaped bool) {
	for i := start; ; i++ {
		n := strings.IndexByte(doc[i:], '"')
		if n < 0 {
			return -1, false
		}
		i += n
		before := i
		for before > start && doc[before-1] == '\\' {
			before--
		}
		if (i-before)%2 == 0 {
			return i, strings.IndexByte(doc[start:i], '\\') >= 0
		}
	}
}

// plainUpTo returns the first place from i on that does not stand for itself in a
// string. It looks at eight bytes at a time: most of a document are strings.
func plainUpTo(doc string, i int) int {
	const (
		ones = 0x0101010101010101
		tops = 0x8080808080808080
	)
	for ; i+8 <= len(doc); i += 8 {
		s := doc[i : i+8]
		x := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		// The quote stands two behind the control characters: with the two swapped in
		// pairs, it and they are all that is below 0x21.
		quote, backslash := x^(ones*2), x^(ones*'\\')
		// A borrow may mark a byte too many behind one that is not plain, never one
		// in front. Bytes from 0x80 on are plain, so their top bits count for nothing.
		if found := ((quote - ones*0x21) | (backslash - ones)) & ^x & tops; found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for i < len(doc) && plain[doc[i]] {
		i++
	}
	return i
}

func (w *walker) number() error {
	start := w.at
	i := start
	if w.doc[i] == '-' {
		i++
	}
	switch {
	case i < len(w.doc) && w.doc[i] == '0':
		i++
	case digitsAt(w.doc, i) > i:
		i = digitsAt(w.doc, i)
	default:
		return ErrSyntax
	}
	if i < len(w.doc) && w.doc[i] == '.' {
		end := digitsAt(w.doc, i+1)
		if end == i+1 {
			return ErrSyntax
		}
		i = end
	}
	if i < len(w.doc) && (w.doc[i] == 'e' || w.doc[i] == 'E') {
		i++
		if i < len(w.doc) && (w.doc[i] == '+' || w.doc[i] == '-') {
			i++
		}
		end := digitsAt(w.doc, i)
		if end == i {
			return ErrSyntax
		}
		i = end
	}
	w.at = i
	w.visit(Text{Kind: Number, Start: start, End: i, Raw: w.doc[start:i]}, &w.path)
	return nil
}

func (w *walker) literal(word string) error {
	if !strings.HasPrefix(w.doc[w.at:], word) {
		return ErrSyntax
	}
	start := w.at
	w.at += len(word)
	if w.literals {
		w.visit(Text{Kind: Literal, Start: start, End: w.at, Raw: word}, &w.path)
	}
	return nil
}

func (w *walker) space() {
	for w.at < len(w.doc) && isSpace(w.doc[w.at]) {
		w.at++
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func digitsAt(s string, i int) int {
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return i
}

// plain marks the bytes that stand for themselves in a JSON string.
var plain = func() (t [256]bool) {
	for c := range t {
		t[c] = c >= 0x20 && c != '"' && c != '\\'
	}
	return t
}()
