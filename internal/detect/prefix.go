package detect

import (
	"regexp/syntax"
	"unicode"
	"unicode/utf8"
)

// A pattern whose matches all begin with something rare, such as a key of which
// the first letters say whose it is, takes part in the pass over a text with that
// beginning only. What follows would multiply the states of all the others. Where
// the pass tells of a beginning, it is looked closer at once whether a match
// begins there. All beginnings are told, in order, so this comes to the same as
// trying every place.

const (
	// rare is how likely the beginning of a match may be at a place of a text.
	rare = 1.0 / (1 << 14)
	// longestPrefix bounds beginnings in characters.
	longestPrefix = 8
	// narrows is how much rarer a beginning gets with each character, at least.
	narrows = 4
)

// prefixOf returns how many characters of a pattern's matches are such a
// beginning, 0 if it has none.
func prefixOf(p *syntax.Prog, rare float64) int {
	seen := marks{of: make([]uint32, len(p.Inst))}
	odds := make([]float64, len(p.Inst)) // of being at an instruction
	odds[p.Start] = 1
	best, before := 0, 1.0
	for n := 1; n <= longestPrefix; n++ {
		next := make([]float64, len(p.Inst))
		sum, ends := 0.0, false
		for from, o := range odds {
			if o == 0 {
				continue
			}
			seen.reset()
			walkEmpty(p, uint32(from), &seen, func(at uint32) {
				inst := &p.Inst[at]
				if inst.Op == syntax.InstMatch {
					ends = true
					return
				}
				o := o * oddsOf(setOf(inst))
				next[inst.Out] += o
				sum += o
			})
		}
		if ends {
			break
		}
		if sum <= rare && sum*narrows <= before {
			best = n
		}
		odds, before = next, sum
	}
	return best
}

// walkEmpty visits the instructions for characters, and the match, that are come
// to from one without a character, whatever the conditions on the way.
func walkEmpty(p *syntax.Prog, at uint32, seen *marks, visit func(at uint32)) {
	for seen.add(at) {
		switch inst := &p.Inst[at]; inst.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			walkEmpty(p, inst.Arg, seen, visit)
			at = inst.Out
		case syntax.InstCapture, syntax.InstNop, syntax.InstEmptyWidth:
			at = inst.Out
		case syntax.InstFail:
		default:
			visit(at)
		}
	}
}

// oddsOf estimates how likely a character of a text is in a set.
func oddsOf(s runeSet) float64 {
	weight := 0
	for i := 0; i+1 < len(s); i += 2 {
		for r := s[i]; r <= min(s[i+1], utf8.RuneSelf-1); r++ {
			switch {
			case r == ' ':
				weight += 8 * signs
			case r >= '0' && r <= '9':
				weight += 4 * signs
			default:
				weight += signs
			}
		}
		weight += signs * between(s[i], s[i+1], utf8.RuneSelf, firstSign-1)
		weight += between(s[i], s[i+1], firstSign, unicode.MaxRune)
	}
	return float64(min(weight, 64*signs)) / (64 * signs)
}

// The signs of Chinese and Japanese, and the syllables of Korean, are seldom one of 64
// as letters are.
const (
	firstSign = 0x2E80
	signs     = 16 // count as one letter
)

// between returns how many characters from lo to hi are from first to last, too.
func between(lo, hi, first, last rune) int { return int(max(min(hi, last)-max(lo, first)+1, 0)) }

// beginning returns a pattern that matches the first n characters of what p does.
func beginning(p *syntax.Prog, n int) *syntax.Prog {
	made := &syntax.Prog{Inst: []syntax.Inst{{Op: syntax.InstFail}, {Op: syntax.InstMatch}}}
	const match = 1
	type place struct {
		at   uint32
		read int
	}
	known := map[place]uint32{}
	var list []place
	number := func(at uint32, read int) uint32 {
		if read == n {
			return match
		}
		to, ok := known[place{at, read}]
		if !ok {
			to = uint32(len(made.Inst))
			known[place{at, read}] = to
			made.Inst = append(made.Inst, p.Inst[at])
			list = append(list, place{at, read})
		}
		return to
	}
	made.Start = int(number(uint32(p.Start), 0))
	for i := 0; i < len(list); i++ {
		of, read := list[i], list[i].read
		inst := p.Inst[of.at]
		switch inst.Op {
		case syntax.InstMatch, syntax.InstFail:
			continue
		case syntax.InstAlt, syntax.InstAltMatch:
			inst.Arg = number(inst.Arg, read)
		case syntax.InstCapture, syntax.InstNop, syntax.InstEmptyWidth:
		default:
			read++
		}
		inst.Out = number(inst.Out, read)
		made.Inst[known[of]] = inst
	}
	return made
}

// inPass returns the source with which a pattern takes part in the pass: its rare
// beginning, or all of it, but without large upper bounds of repeats. They too would
// multiply states, and whoever looks closer heeds them.
func (f *finder) inPass(p *compiled, number int) source {
	if f.prefix == 0 {
		return source{p.relaxed, number, p.beside[0], p.beside[1]}
	}
	src := source{program: beginning(p.forward, f.prefix), rule: number}
	if !f.jumps {
		src.before = p.beside[0]
	}
	return src
}

// begun looks closer at the match that begins where the rare beginning
// of a rule's matches ends at q. It tells how far it went for that.
func (f *finder) begun(p *progress, text string, q int) (start, end, reached int) {
	start = q
	for range f.prefix {
		start = previous(text, start)
	}
	if start < p.pos {
		return start, -1, 0
	}
	if f.straight != nil {
		end, reached = f.straight.end(text, start)
		return start, end, reached
	}
	w := walker{at: start}
	w.table, w.state = f.forward.anchored(f.forward.placeAt(text, start))
	end = f.end(p, &w, text, -1)
	return start, end, w.at
}
