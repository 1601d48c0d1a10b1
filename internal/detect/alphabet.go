package detect

import (
	"regexp/syntax"
	"slices"
	"sort"
	"unicode"
	"unicode/utf8"
)

// alphabet sorts characters into classes that no rule of an engine tells apart,
// so that automata need a column for each class only.
type alphabet struct {
	ascii   [utf8.RuneSelf]uint16
	pages   []uint16   // of pageSize characters each: which block has their classes
	blocks  [][]uint16 // the different ones
	classes int
	sample  []rune // a character of each class
	sets    []runeSet
	numbers map[string]int // of sets
	// in tells for each set which classes are in it.
	in []bitset
}

const pageSize = 256

// runeSet is a set of characters, as pairs of a first and a last one, in order.
type runeSet []rune

// The first two sets of every alphabet are those that assertions ask for.
const (
	setNewline = iota
	setWord
)

func newAlphabet() *alphabet {
	a := &alphabet{numbers: map[string]int{}}
	a.set(runeSet{'\n', '\n'})
	a.set(runeSet{'0', '9', 'A', 'Z', '_', '_', 'a', 'z'})
	return a
}

// set returns the number of a set. All of them must be known before finish.
func (a *alphabet) set(s runeSet) int {
	key := string(s) // half surrogate pairs would all read as U+FFFD, but see setOf
	if n, ok := a.numbers[key]; ok {
		return n
	}
	n := len(a.sets)
	a.numbers[key] = n
	a.sets = append(a.sets, s)
	return n
}

// setOf returns what an instruction takes. Texts hold no half surrogate pairs,
// since Go decodes them as invalid bytes; they are left out.
func setOf(i *syntax.Inst) runeSet {
	var s runeSet
	switch {
	case i.Op == syntax.InstRuneAny:
		s = runeSet{0, unicode.MaxRune}
	case i.Op == syntax.InstRuneAnyNotNL:
		s = runeSet{0, '\n' - 1, '\n' + 1, unicode.MaxRune}
	case len(i.Rune) == 1:
		s = runeSet{i.Rune[0], i.Rune[0]}
		if syntax.Flags(i.Arg)&syntax.FoldCase != 0 {
			for f := unicode.SimpleFold(i.Rune[0]); f != i.Rune[0]; f = unicode.SimpleFold(f) {
				s = append(s, f, f)
			}
			sort.Slice(s, func(i, j int) bool { return s[i] < s[j] })
		}
	default:
		s = i.Rune
	}
	const first, last = 0xD800, 0xDFFF
	var valid runeSet
	for i := 0; i+1 < len(s); i += 2 {
		lo, hi := s[i], s[i+1]
		if lo >= first && lo <= last {
			lo = last + 1
		}
		if hi >= first && hi <= last {
			hi = first - 1
		}
		if lo <= hi {
			valid = append(valid, lo, hi)
		}
	}
	return valid
}

// finish makes the classes.
func (a *alphabet) finish() {
	bounds := []rune{0, utf8.RuneSelf}
	for _, s := range a.sets {
		for i := 0; i+1 < len(s); i += 2 {
			bounds = append(bounds, s[i], s[i+1]+1)
		}
	}
	sort.Slice(bounds, func(i, j int) bool { return bounds[i] < bounds[j] })

	var runs []run
	at := make([]int, len(a.sets)) // how far each set is passed
	signature := make([]byte, (len(a.sets)+7)/8)
	known := map[string]uint16{}
	for i, lo := range bounds {
		if i > 0 && lo == bounds[i-1] || lo > unicode.MaxRune {
			continue
		}
		clear(signature)
		for n, s := range a.sets {
			for at[n] < len(s) && s[at[n]+1] < lo {
				at[n] += 2
			}
			if at[n] < len(s) && s[at[n]] <= lo {
				signature[n/8] |= 1 << (n % 8)
			}
		}
		class, ok := known[string(signature)]
		if !ok {
			class = uint16(len(a.sample))
			known[string(signature)] = class
			a.sample = append(a.sample, lo)
		}
		runs = append(runs, run{lo, class})
	}
	a.classes = len(a.sample)
	a.in = make([]bitset, len(a.sets))
	for n, s := range a.sets {
		a.in[n] = newBitset(a.classes)
		for class, r := range a.sample {
			if s.has(r) {
				a.in[n].add(class)
			}
		}
	}
	a.fill(runs)
}

func (s runeSet) has(r rune) bool {
	i := sort.Search(len(s)/2, func(i int) bool { return s[2*i+1] >= r })
	return 2*i < len(s) && s[2*i] <= r
}

// run is where characters of a class begin that stand in a row.
type run struct {
	from  rune
	class uint16
}

// fill fills the pages. Most of them are of one class.
func (a *alphabet) fill(runs []run) {
	uniform := map[uint16]uint16{} // the block that is all of a class
	known := map[string]uint16{}
	key := make([]byte, 2*pageSize)
	block := make([]uint16, pageSize)
	at := 0
	for page := rune(0); page <= unicode.MaxRune; page += pageSize {
		for at+1 < len(runs) && runs[at+1].from <= page {
			at++
		}
		one := at+1 == len(runs) || runs[at+1].from >= page+pageSize
		if n, ok := uniform[runs[at].class]; one && ok {
			a.pages = append(a.pages, n)
			continue
		}
		in := at
		for i := range block {
			for in+1 < len(runs) && runs[in+1].from <= page+rune(i) {
				in++
			}
			block[i] = runs[in].class
			key[2*i], key[2*i+1] = byte(block[i]), byte(block[i]>>8)
		}
		if page == 0 {
			copy(a.ascii[:], block)
		}
		n, ok := known[string(key)]
		if !ok {
			n = uint16(len(a.blocks))
			known[string(key)] = n
			a.blocks = append(a.blocks, slices.Clone(block))
		}
		if one {
			uniform[runs[at].class] = n
		}
		a.pages = append(a.pages, n)
	}
}

// class returns the class of any character.
func (a *alphabet) class(r rune) uint16 {
	return a.blocks[a.pages[r/pageSize]][r%pageSize]
}

// bitset is a set of small numbers.
type bitset []uint64

func newBitset(n int) bitset    { return make(bitset, (n+63)/64) }
func (b bitset) add(i int)      { b[i>>6] |= 1 << (i & 63) }
func (b bitset) has(i int) bool { return b[i>>6]&(1<<(i&63)) != 0 }
