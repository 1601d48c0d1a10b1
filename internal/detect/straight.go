package detect

import (
	"regexp/syntax"
	"unicode/utf8"
)

// straight is a pattern such as of keys and numbers: rows of characters in which
// every character tells whether the row goes on. What it matches at a place, it takes
// no automaton to tell, whose tables would seldom be in the cache when they are
// needed. The ways are in the order of preference.
type straight [][]row

// row is so many ASCII characters of a set in a row, most < 0 for any number, or the
// boundary of a word.
type row struct {
	set         [2]uint64 // a bit for each
	least, most int
	word        bool // all characters of the set are those of words
	boundary    bool
}

// Limits of straight patterns.
const (
	maxWays = 8
	maxRows = 64
	// maxTried bounds in bytes the matches that are tried from every place.
	maxTried = 64
)

// newStraight returns nil if a pattern is not straight.
func newStraight(tree *syntax.Regexp) straight {
	ways := waysOf(tree)
	for _, way := range ways {
		if !isStraight(way) {
			return nil
		}
	}
	return ways
}

// isStraight tells whether no row can take what the way needs behind it, and whether
// nothing is needed behind a row without a bound, so that failing takes bounded time.
func isStraight(way []row) bool {
	for i, r := range way {
		for j := i + 1; r.least != r.most && j < len(way); j++ {
			if way[j].boundary {
				// Within a word there is none.
				if j > i+1 || r.least == 0 || r.most < 0 || !r.word {
					return false
				}
				break
			}
			needed := way[j].least > 0
			if r.set[0]&way[j].set[0]|r.set[1]&way[j].set[1] != 0 || needed && r.most < 0 {
				return false
			}
			if needed {
				break
			}
		}
	}
	return len(way) > 0
}

// end returns where the preferred match that begins at a place ends, -1 without any,
// and how far it looked.
func (s straight) end(text string, start int) (end, reached int) {
	for _, way := range s {
		at, ok := along(way, text, start)
		if reached = max(reached, at+1); ok {
			return at, reached
		}
	}
	return -1, reached
}

// along goes a way as far as possible, and tells whether that is all of it.
func along(way []row, text string, at int) (end int, ok bool) {
	for i := range way {
		r := &way[i]
		if r.boundary {
			if isBoundary(text, at) {
				continue
			}
			return at, false
		}
		last := len(text)
		if r.most >= 0 {
			last = min(last, at+r.most)
		}
		from := at
		for at < last && text[at] < utf8.RuneSelf && r.set[text[at]>>6]>>(text[at]&63)&1 != 0 {
			at++
		}
		if at-from < r.least {
			return at, false
		}
	}
	return at, true
}

func isBoundary(text string, at int) bool {
	before := at > 0 && syntax.IsWordChar(rune(text[at-1]))
	return before != (at < len(text) && syntax.IsWordChar(rune(text[at])))
}

// waysOf returns the ways through an expression, nil if there are too many or other
// things than rows.
func waysOf(tree *syntax.Regexp) [][]row {
	switch tree.Op {
	case syntax.OpEmptyMatch:
		return [][]row{{}}
	case syntax.OpLiteral:
		way := []row{}
		for _, char := range tree.Rune {
			r, ok := rowOf(&syntax.Inst{Op: syntax.InstRune, Rune: []rune{char}, Arg: uint32(tree.Flags)})
			if !ok {
				return nil
			}
			way = append(way, r)
		}
		return [][]row{way}
	case syntax.OpCharClass:
		if r, ok := rowOf(&syntax.Inst{Op: syntax.InstRune, Rune: tree.Rune}); ok {
			return [][]row{{r}}
		}
	case syntax.OpWordBoundary:
		return [][]row{{{boundary: true}}}
	case syntax.OpCapture:
		return waysOf(tree.Sub[0])
	case syntax.OpStar:
		return repeated(tree, 0, -1)
	case syntax.OpPlus:
		return repeated(tree, 1, -1)
	case syntax.OpQuest:
		return repeated(tree, 0, 1)
	case syntax.OpRepeat:
		return repeated(tree, tree.Min, tree.Max)
	case syntax.OpConcat:
		ways := [][]row{{}}
		for _, sub := range tree.Sub {
			ways = joined(ways, waysOf(sub))
		}
		return ways
	case syntax.OpAlternate:
		var ways [][]row
		for _, sub := range tree.Sub {
			more := waysOf(sub)
			if more == nil || len(ways)+len(more) > maxWays {
				return nil
			}
			ways = append(ways, more...)
		}
		return ways
	}
	return nil
}

// repeated returns the ways through a repeat: of a single row, of what there may be
// or not be, and of a number that is fixed.
func repeated(tree *syntax.Regexp, least, most int) [][]row {
	ways := waysOf(tree.Sub[0])
	switch {
	case ways == nil || tree.Flags&syntax.NonGreedy != 0:
		return nil
	case len(ways) == 1 && len(ways[0]) == 1 && ways[0][0].least == 1 && ways[0][0].most == 1:
		r := ways[0][0]
		r.least, r.most = least, most
		return [][]row{{r}}
	case least == 0 && most == 1 && len(ways) < maxWays:
		return append(ways[:len(ways):len(ways)], []row{})
	case least != most:
		return nil
	}
	all := [][]row{{}}
	for i := 0; i < least && all != nil; i++ {
		all = joined(all, ways)
	}
	return all
}

// joined returns each way of one list followed by each one of another.
func joined(first, second [][]row) [][]row {
	if first == nil || second == nil || len(first)*len(second) > maxWays {
		return nil
	}
	var all [][]row
	for _, a := range first {
		for _, b := range second {
			if len(a)+len(b) > maxRows {
				return nil
			}
			all = append(all, append(a[:len(a):len(a)], b...))
		}
	}
	return all
}

// rowOf returns a row of one character, if it is ASCII.
func rowOf(inst *syntax.Inst) (r row, ok bool) {
	s := setOf(inst)
	if !isASCII(s) {
		return row{}, false
	}
	r.least, r.most, r.word = 1, 1, ofWords(s)
	for i := 0; i+1 < len(s); i += 2 {
		for c := s[i]; c <= s[i+1]; c++ {
			r.set[c>>6] |= 1 << (c & 63)
		}
	}
	return r, true
}
