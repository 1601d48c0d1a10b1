package pattern

import (
	"regexp/syntax"
	"unicode"
	"unicode/utf8"
)

// Unbounded is the width of what has no bound.
const Unbounded = -1

// tooWide is where widths are given up as unbounded, far from overflows.
const tooWide = 1 << 24

// Width returns the least and the most bytes that an expression can match, the
// latter possibly [Unbounded]. An invalid byte counts as the character U+FFFD.
func Width(tree *syntax.Regexp) (least, most int) {
	switch tree.Op {
	case syntax.OpLiteral:
		for _, r := range tree.Rune {
			l, m := RuneWidth(r, r)
			if tree.Flags&syntax.FoldCase != 0 {
				for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
					fl, fm := RuneWidth(f, f)
					l, m = min(l, fl), max(m, fm)
				}
			}
			least, most = least+l, most+m
		}
	case syntax.OpCharClass:
		for i := 0; i+1 < len(tree.Rune); i += 2 {
			l, m := RuneWidth(tree.Rune[i], tree.Rune[i+1])
			if i == 0 {
				least = l
			}
			least, most = min(least, l), max(most, m)
		}
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1, utf8.UTFMax
	case syntax.OpCapture:
		return Width(tree.Sub[0])
	case syntax.OpStar:
		if _, m := Width(tree.Sub[0]); m == 0 {
			return 0, 0
		}
		return 0, Unbounded
	case syntax.OpPlus:
		l, m := Width(tree.Sub[0])
		if m != 0 {
			m = Unbounded
		}
		return l, m
	case syntax.OpQuest:
		_, m := Width(tree.Sub[0])
		return 0, m
	case syntax.OpRepeat:
		l, m := Width(tree.Sub[0])
		if m != 0 && tree.Max < 0 {
			m = Unbounded
		}
		if m > 0 {
			m *= tree.Max
		}
		return bounded(l*tree.Min, m)
	case syntax.OpConcat:
		for _, sub := range tree.Sub {
			l, m := Width(sub)
			least += l
			if m == Unbounded || most == Unbounded {
				most = Unbounded
			} else {
				most += m
			}
		}
	case syntax.OpAlternate:
		for i, sub := range tree.Sub {
			l, m := Width(sub)
			if i == 0 {
				least, most = l, m
				continue
			}
			least = min(least, l)
			if m == Unbounded || most == Unbounded {
				most = Unbounded
			} else {
				most = max(most, m)
			}
		}
	}
	return bounded(least, most)
}

func bounded(least, most int) (int, int) {
	if most > tooWide {
		most = Unbounded
	}
	return min(least, tooWide), most
}

// RuneWidth returns the least and the most bytes of the characters from lo to hi.
func RuneWidth(lo, hi rune) (least, most int) {
	least, most = encoded(lo), encoded(hi)
	if lo <= utf8.RuneError && utf8.RuneError <= hi {
		least = 1
	}
	return least, most
}

// encoded counts the bytes of a character; half surrogate pairs count as the
// three that they would have.
func encoded(r rune) int {
	if n := utf8.RuneLen(r); n > 0 {
		return n
	}
	return 3
}
