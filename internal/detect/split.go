package detect

import (
	"math"
	"slices"
	"sort"
	"sync"
	"sync/atomic"
)

// passes are the automata that go over every text, each with rules of its own.
// One is enough unless it has so many states that its table is always begun
// anew: then its rules are split among two.
type passes struct {
	list     atomic.Pointer[[]*dfa]
	mu       sync.Mutex
	alphabet *alphabet
	sources  map[*dfa][]source
	limit    int // of the bytes of all tables together
}

func (p *passes) init(a *alphabet, sources []source, limit int) {
	p.alphabet, p.limit = a, limit
	p.sources = map[*dfa][]source{}
	var list []*dfa
	if len(sources) > 0 {
		d := newDFA(newAutomaton(a, sources...), modeAny, limit)
		p.sources[d] = sources
		list = append(list, d)
	}
	p.list.Store(&list)
}

// split puts the rules of a pass whose table is full into two passes, so that
// the states of the rules with many of them no longer multiply.
func (p *passes) split(d *dfa) {
	p.mu.Lock()
	defer p.mu.Unlock()
	sources, ok := p.sources[d]
	if !ok || len(sources) < 2 { // split already, or nothing to split
		d.settle()
		return
	}
	delete(p.sources, d)
	var halves [2][]source
	var weights [2]float64
	counts := d.statesOf(len(sources))
	order := make([]int, len(sources))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(i, j int) bool { return counts[order[i]] > counts[order[j]] })
	for _, i := range order {
		half := 0
		if weights[1] < weights[0] {
			half = 1
		}
		halves[half] = append(halves[half], sources[i])
		weights[half] += math.Log(float64(1 + counts[i]))
	}
	list := slices.Clone(*p.list.Load())
	at := slices.Index(list, d)
	list = slices.Delete(list, at, at+1)
	for _, half := range halves {
		slices.SortFunc(half, func(a, b source) int { return a.rule - b.rule })
	}
	share := p.limit / (len(list) + len(halves))
	for _, half := range halves {
		n := newDFA(newAutomaton(p.alphabet, half...), modeAny, share)
		p.sources[n] = half
		list = append(list, n)
	}
	p.list.Store(&list)
}

// statesOf counts for each pattern of an automaton in how many different ways it
// is under way in the states of the table.
func (d *dfa) statesOf(patterns int) []int {
	d.mu.Lock()
	defer d.mu.Unlock()
	counts := make([]int, patterns)
	known := make([]map[string]bool, patterns)
	for i := range known {
		known[i] = map[string]bool{}
	}
	t := d.lost
	for _, s := range t.states[1:t.born.rows] {
		for i := 0; i < len(s.steps); {
			of := d.patternOf[s.steps[i]]
			j := i
			var key []byte
			for ; j < len(s.steps) && d.patternOf[s.steps[j]] == of; j++ {
				key = append(key, byte(s.steps[j]), byte(s.steps[j]>>8), byte(s.steps[j]>>16))
			}
			known[of][string(key)] = true
			i = j
		}
	}
	for i := range counts {
		counts[i] = len(known[i])
	}
	return counts
}

// settle has the automaton go on with tables that are begun anew.
func (d *dfa) settle() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lost = nil
	d.full.Store(false)
}
