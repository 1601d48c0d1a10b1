package detect

import (
	"sort"

	"github.com/krakend-redact/krakend-redact/internal/normalize"
)

// A text that its readers see otherwise is searched again as they see it, but
// only around what differs. Where the automaton comes to the same state in both,
// at a place that no match reaches across, everything behind is the same up to
// the next difference, and the matches there are known.

// checkpoint is a place in a text where no match is under way as far as the
// automaton sees, with its state there.
type checkpoint struct {
	at    int
	table *table
	state uint32
}

// checkpointStride is how many bytes lie between checkpoints at least.
const checkpointStride = 32

// checkpointAfter returns where, so many bytes behind a place, the next checkpoint may
// be: behind something that is no part of a word.
func checkpointAfter(text string, at, stride int) int {
	for i := at + stride; i < len(text); i++ {
		if c := text[i]; c < '0' && c > 0 {
			return i + 1
		}
	}
	return len(text) + 1
}

// surroundings is what [Engine.passAgain] must know of the rules.
type surroundings struct {
	// behind and ahead are how far around a match something can decide about it,
	// in bytes.
	behind, ahead int
	// outside tells of each byte which rules cannot have it in a match, a bit for
	// one or several of those whose refused matches make the search jump, although
	// the automaton may not see them. all has all these bits.
	outside [256]uint64
	all     uint64
}

func (e *Engine) survey() {
	s := &e.around
	// A character more than any condition such as \b asks for.
	s.behind, s.ahead = 8, 8
	for c := range s.outside {
		s.outside[c] = ^uint64(0)
	}
	for i, f := range e.finders {
		if f == nil {
			continue
		}
		s.behind, s.ahead = max(s.behind, f.behind), max(s.ahead, f.ahead)
		if !f.jumps || f.prefix > 0 {
			continue
		}
		bit := uint64(1) << (i % 64)
		s.all |= bit
		for c, is := range f.bytes {
			if is&byteWithin != 0 {
				s.outside[c] &^= bit
			}
		}
	}
}

// apart tells whether no match of a rule that makes the search jump reaches across
// a place: such matches are longer than maxRetry.
func (s *surroundings) apart(text string, at int) bool {
	if s.all == 0 {
		return true
	}
	var before uint64
	for i := at - 1; before&s.all != s.all; i-- {
		if i < 0 {
			break
		}
		if i < at-maxRetry/2 {
			return false
		}
		before |= s.outside[text[i]]
	}
	behind := uint64(0)
	if at > 0 {
		behind = s.outside[text[at-1]]
	}
	for i := at; behind&s.all != s.all && i < len(text); i++ {
		if i >= at+maxRetry/2 {
			return false
		}
		behind |= s.outside[text[i]]
	}
	return true
}

// beginPass forgets how far those went who looked closer in another pass.
func (s *scratch) beginPass() {
	if s != nil {
		s.reached = 0
	}
}

// settled tells that nothing behind a place decides about what begins before it
// with what the pass looks for.
func (s *scratch) settled(at int) bool { return s == nil || s.reached <= at }

// idle tells that no match is under way.
func (w *walker) idle() bool { return len(w.table.states[w.state/w.table.stride].steps) == 0 }

// noted is how many bytes of a stretch are taken note of at each end, and enough how
// many checkpoints at its beginning.
const (
	noted  = 6 * checkpointStride
	enough = 2
)

// skip returns up to where a stretch of the text as it is written needs no checkpoints
// from a place on, of which it has some already. There are none before the first
// difference or behind the last one.
func (s *surroundings) skip(text string, stretches []normalize.Stretch, i, at, points int) int {
	first, last := stretches[i].From+s.behind, stretches[i].From+stretches[i].Size-s.ahead-noted
	if i == len(stretches)-1 {
		last = len(text) + 1
	}
	if i > 0 && (at < first || at < first+noted && points < enough) {
		return first
	}
	return last
}

// passNoting is [Engine.pass] for a text of which stretches stand in the one that
// its readers see. It takes note of checkpoints.
func (e *Engine) passNoting(d *dfa, s *scratch, text string, stretches []normalize.Stretch, points []checkpoint) (*scratch, []checkpoint) {
	w := walker{}
	w.table, w.state = d.begin(d.end())
	s.beginPass()
	i, stride, before := 0, 0, 0
	for over := false; !over; {
		for i < len(stretches)-1 && w.at >= stretches[i+1].From {
			i, before = i+1, len(points)
		}
		if to := e.around.skip(text, stretches, i, w.at, len(points)-before); w.at < to {
			s, over = e.passTo(d, &w, s, text, to, 0)
			continue
		}
		stop := checkpointAfter(text, w.at, stride)
		s, over = e.passTo(d, &w, s, text, stop, 0)
		stride = 0
		if !over && w.at == stop && w.idle() && s.settled(stop) {
			points = append(points, checkpoint{stop, w.table, w.state})
			stride = checkpointStride
		}
	}
	return s, points
}

// passTo goes on with a pass up to a place. Of what begins before floor, all is
// known.
func (e *Engine) passTo(d *dfa, w *walker, s *scratch, text string, stop, floor int) (_ *scratch, over bool) {
	for w.at < stop && !over {
		if w.at >= w.until && e.long(stop-w.at) {
			s = e.passInLanes(d, w, s, text, stop, floor)
		}
		next := stop
		if w.at < w.until {
			next = min(next, w.until)
		}
		s, over = e.passPlainly(d, w, s, text, next, floor)
	}
	return s, over
}

// passPlainly is passTo, one character after the other.
func (e *Engine) passPlainly(d *dfa, w *walker, s *scratch, text string, stop, floor int) (_ *scratch, over bool) {
	for w.at < stop && !over {
		var rules []uint32
		var at int
		rules, at, over = w.walk(d, text, stop)
		if len(rules) > 0 {
			s = e.look(s, text, rules, at, floor)
		}
	}
	return s, over
}

// passAgain is [Engine.pass] for a text of which stretches stand in the one that
// was written, and that was searched taking note of points.
func (e *Engine) passAgain(d *dfa, s *scratch, text, written string, stretches []normalize.Stretch, points []checkpoint) *scratch {
	w, floor := walker{}, 0
	w.table, w.state = d.begin(d.end())
	s.beginPass()
	for i, same := range stretches {
		shift := same.At - same.From
		first, last := same.At+e.around.behind, same.At+same.Size-e.around.ahead
		known := i == 0 // both begin alike
		if !known {
			j := sort.Search(len(points), func(j int) bool { return points[j].at+shift >= first })
			for ; j < len(points) && points[j].at+shift < last && !known; j++ {
				p := points[j]
				s, _ = e.passTo(d, &w, s, text, p.at+shift, floor)
				known = w.at == p.at+shift && w.state == p.state && w.table.born == p.table.born && s.settled(w.at) &&
					e.around.apart(text, w.at) && e.around.apart(written, p.at)
			}
		}
		if !known {
			continue
		}
		if i == len(stretches)-1 && same.Size > 0 {
			return s // both end alike
		}
		j := sort.Search(len(points), func(j int) bool { return points[j].at+shift > last }) - 1
		for ; j >= 0 && points[j].at+shift > w.at; j-- {
			if at := points[j].at + shift; e.around.apart(text, at) {
				w.table, w.state, w.at, floor = points[j].table, points[j].state, at, at
				break
			}
		}
	}
	s, _ = e.passTo(d, &w, s, text, len(text)+1, floor)
	return s
}
