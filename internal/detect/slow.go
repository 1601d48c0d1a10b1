package detect

import (
	"math/rand"
	"slices"
)

// SlowRule is a rule that costs much more time than others, and why.
type SlowRule struct {
	Rule           int
	Reason, Remedy string
}

// How rules are tried out: in this many steps, a rule whose states are not worth
// keeping comes to more than so many different ones.
const (
	trialSteps  = 8000
	trialStates = 1000
	trialTable  = 4 << 20
)

// Slow names the rules that are slow. It takes a moment and is meant to be
// called once, at start.
func (e *Engine) Slow() []SlowRule {
	var list []SlowRule
	for _, b := range e.slow {
		list = append(list, SlowRule{b.number, "backtracks, in a pass over the text of its own", "leave the backtracking out if the pattern works without"})
	}
	for _, src := range e.sources {
		if e.passes.manyStates(src) {
			list = append(list, SlowRule{
				src.rule, "can be under way from many places in a text at once, in ever new combinations",
				`begin it with \b or with fixed text, or use smaller repeat counts`,
			})
		}
	}
	slices.SortFunc(list, func(a, b SlowRule) int { return a.Rule - b.Rule })
	return list
}

// manyStates walks through an automaton of one pattern at random, but mostly
// with characters that the pattern can go on with.
func (p *passes) manyStates(src source) bool {
	d := newDFA(newAutomaton(p.alphabet, src), modeAny, trialTable)
	random := rand.New(rand.NewSource(1))
	t, at := d.begin(d.end())
	for range trialSteps {
		class := uint32(random.Intn(d.classes))
		if s := t.states[at/t.stride]; random.Intn(8) > 0 {
			class = d.likely(random, s.steps, class)
		}
		t, at = d.step(t, at, class)
		at &^= special
		if t.born.rows > trialStates || d.full.Load() {
			return true
		}
	}
	return false
}

// likely returns a class that one of the steps takes, or that a match can begin
// with.
func (d *dfa) likely(random *rand.Rand, steps []uint32, otherwise uint32) uint32 {
	step := random.Intn(len(steps) + 1)
	if step == len(steps) {
		return otherwise
	}
	s := d.automaton.steps[steps[step]]
	if int(s.arg) >= len(d.takes) || !isRune(s.op) {
		return otherwise
	}
	for range 32 {
		if class := random.Intn(d.classes); d.takes[s.arg].has(class) {
			return uint32(class)
		}
	}
	return otherwise
}
