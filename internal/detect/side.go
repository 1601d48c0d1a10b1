package detect

import (
	"regexp/syntax"
	"slices"
	"unicode/utf8"

	"github.com/krakend-redact/krakend-redact/internal/pattern"
)

// neighbour is a character that must, or must not, stand next to a match.
type neighbour struct {
	set runeSet
	not bool
}

// neighbours returns those of a rule's look-around that are about a single
// character, or say that one of several things must not be there of which some
// are. The pass over a text heeds them, so that a pattern for numbers that no
// digit may precede is not under way from every digit of a number.
//
// So the pass does not see matches that look-around refuses, and whoever looks
// closer must go over the same ones as without: see [finder.reach] and
// [finder.end].
func neighbours(looks []pattern.Look) []neighbour {
	var list []neighbour
	for _, l := range looks {
		trees := []*syntax.Regexp{l.Tree}
		if l.Not && l.Tree.Op == syntax.OpAlternate {
			trees = l.Tree.Sub
		}
		for _, tree := range trees {
			if set := single(tree); set != nil && len(list) < maxSides {
				list = append(list, neighbour{set, l.Not})
			}
		}
	}
	return list
}

// single returns the characters that an expression matches if it always matches
// one character, else nil.
func single(tree *syntax.Regexp) runeSet {
	p, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil
	}
	inst := &p.Inst[p.Start]
	if !isRune(inst.Op) || p.Inst[inst.Out].Op != syntax.InstMatch {
		return nil
	}
	return setOf(inst)
}

// heed settles what it takes to look closer at what a pass finds that heeds the
// neighbours. Where no refused match makes the search jump, the rule's own
// automata can heed those before a match too: a search that goes on behind the
// first character of what they refuse comes to the same.
func (f *finder) heed(p *compiled) {
	f.jumps = len(p.beside[0])+len(p.beside[1]) > 0 && (f.most < 0 || f.most > maxRetry)
}

// follow settles which bytes matches can stand behind. Where refused matches make the
// search jump, none of them may be left out.
func (f *finder) follow(before []neighbour) {
	for b := range f.bytes {
		refused := slices.ContainsFunc(before, func(n neighbour) bool { return n.set.has(rune(b)) == n.not })
		if f.jumps || b >= utf8.RuneSelf || !refused {
			f.bytes[b] |= byteBefore
		}
	}
}

// sides are a source's neighbours in terms of its automaton.
type sides struct {
	sets      [2][]int // of the automaton: what must and must not come before
	must, not uint32   // flags of states: the same
	after     []side
}

type side struct {
	set int
	not bool
}

// maxSides bounds how many different sets before matches an automaton heeds.
const maxSides = 24

// addSides notes the neighbours of a source. It returns the sets of the
// automaton with theirs among them.
func (n *automaton) addSides(sets []int, number map[int]uint32, src source) []int {
	local := func(s runeSet) int {
		set := n.alphabet.set(s)
		if _, ok := number[set]; !ok {
			number[set] = uint32(len(sets))
			sets = append(sets, set)
		}
		return int(number[set])
	}
	var s sides
	for _, b := range src.before {
		which := 0
		if b.not {
			which = 1
		}
		s.sets[which] = append(s.sets[which], local(b.set))
	}
	for _, a := range src.after {
		s.after = append(s.after, side{local(a.set), a.not})
	}
	n.sides = append(n.sides, s)
	return sets
}

// findSides gives each set before a match a flag, as long as there are any.
func (n *automaton) findSides() {
	flags := map[int]uint32{}
	for i := range n.sides {
		s := &n.sides[i]
		for which, sets := range s.sets {
			for _, set := range sets {
				flag, ok := flags[set]
				if !ok && len(flags) < maxSides {
					flag = flagSide << len(flags)
					flags[set] = flag
					for class := range n.kinds {
						if n.takes[set].has(class) {
							n.kinds[class] |= flag
						}
					}
				}
				if which == 0 {
					s.must |= flag
				} else {
					s.not |= flag
				}
			}
		}
	}
}

// holdBefore tells whether a match may begin behind the last character of a
// state.
func (s *sides) holdBefore(flags uint32) bool { return flags&s.must == s.must && flags&s.not == 0 }

// holdAfter tells whether a match of a source may end before a class.
func (n *automaton) holdAfter(source int32, class uint32) bool {
	for _, a := range n.sides[source].after {
		if in := class != n.end() && n.takes[a.set].has(int(class)); in == a.not {
			return false
		}
	}
	return true
}
