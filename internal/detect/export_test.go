package detect

import (
	"fmt"
	"slices"

	"github.com/krakend-redact/krakend-redact/internal/normalize"
	"github.com/krakend-redact/krakend-redact/internal/policy"
)

// Unchecked compiles rules without looking at their placeholders, so that tests
// can use any pattern.
func Unchecked(rules ...policy.Rule) (*Engine, error) {
	var list []Rule
	for _, rule := range rules {
		r, err := ruleOf(rule)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return New(list)
}

// NewStreamOf begins a stream with another bound than MaxHeld.
func (e *Engine) NewStreamOf(bound int) *Stream {
	s := e.NewStream()
	s.bound = bound
	return s
}

// NewWithLimits compiles rules with tables of as many bytes, which are begun
// anew and split all the time if that is little.
func NewWithLimits(rules []Rule, bytes int) (*Engine, error) {
	return newEngine(rules, limits{bytes, bytes, rare, longestPrefix})
}

// NewWithPrefixes compiles rules of which the pass looks for nothing but the
// beginning, as far as that gets rarer with each character.
func NewWithPrefixes(rules []Rule) (*Engine, error) {
	return newEngine(rules, limits{16 << 20, 64 << 10, 1, 0})
}

// NewWithBoth is [NewWithLimits] and [NewWithPrefixes] at once.
func NewWithBoth(rules []Rule, bytes int) (*Engine, error) {
	return newEngine(rules, limits{bytes, bytes, 1, 0})
}

// InPieces makes passes go through pieces of as many bytes side by side, instead of
// the usual number.
func (e *Engine) InPieces(bytes int) *Engine {
	e.piece = bytes
	return e
}

// Learned goes through the first pieces of a text and returns how many bytes of them
// are known, or an error if going through them alone tells otherwise.
func (e *Engine) Learned(text string) (bytes int, err error) {
	for _, d := range *e.passes.list.Load() {
		f := field{dfa: d, text: text}
		w := walker{}
		w.table, w.state = d.begin(d.end())
		if !f.enter(&w, len(text)+1, e.piece) {
			continue
		}
		f.run()
		for i := range f.lanes {
			l := &f.lanes[i]
			points := l.points[:l.count]
			w := walker{table: f.table, state: points[0].state, at: l.start}
			for _, p := range append(points[1:], point{uint32(l.at - l.start), l.state}) {
				at, tells := l.start+int(p.at), p.state&special != 0
				if tells {
					at = next(text, at)
				}
				bytes += at - w.at
				rules, end, over := w.walk(d, text, at)
				if tells != (len(rules) > 0) || tells && end != l.start+int(p.at) || over || w.at != at || w.table.born == f.table.born && w.state != p.state&^special {
					return 0, fmt.Errorf("%v: %d rules, %v, %v", p, len(rules), over, w)
				}
			}
		}
	}
	return bytes, nil
}

// Passes returns the number of passes over a text.
func (e *Engine) Passes() int { return len(*e.passes.list.Load()) }

// Reads makes the engine search texts as their readers see them, too.
func (e *Engine) Reads() { e.asRead = true }

// Checkpoints returns how many checkpoints are taken note of in a text.
func (e *Engine) Checkpoints(text string) (n int) {
	r := &reading{}
	r.text.Reset(text)
	r.stretches, _ = r.text.Stretches(nil)
	for _, d := range *e.passes.list.Load() {
		_, points := e.passNoting(d, nil, text, r.stretches, nil)
		n += len(points)
	}
	return n
}

// MatchesInAll returns what [Engine.Find] resolves, and the same from searching all
// of the text twice, never several pieces side by side.
func (e *Engine) MatchesInAll(text string) (got, want []Finding) {
	list := func(s *scratch) (matches []Finding) {
		if s != nil {
			matches = once(slices.Clone(s.matches))
			e.scratch.Put(s)
		}
		return matches
	}
	s, _ := e.allMatches(text)
	got = list(s)
	defer func(piece int) { e.piece = piece }(e.piece)
	e.piece = 1 << 40
	s, _ = e.matches(text)
	want = list(s)
	var t normalize.Text
	if t.Reset(text) {
		s, _ = e.matches(t.String())
		for _, m := range list(s) {
			m.Start, m.End = t.Span(m.Start, m.End)
			want = append(want, m)
		}
	}
	return got, once(want)
}
