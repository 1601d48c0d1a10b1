package detect

import "regexp/syntax"

// thread is one way in which a match that begins at start can go on: it waits
// at a step that takes a character, asks for a condition or ends the match.
type thread struct {
	step  uint32
	start int
}

// machine searches a text that arrives in pieces for the matches of one rule:
// those that regexp's FindAll finds in the whole text. It is the simulation that
// regexp itself uses for large texts, stopped where the text stops for now.
type machine struct {
	*program
	finder *finder
	rule   int
	at     int // what lies before it has been read
	// threads are in the order of preference, and so of their starts. Without
	// any, nothing is under way.
	threads []thread
	asks    bool // some thread asks for a condition, which the next character tells
	// best is the preferred match so far, while matched. Threads that are left
	// can replace it.
	matched bool
	best    Finding
	// waiting tells that best is the match, and that it takes more of the text
	// behind it to tell what of it is a finding.
	waiting bool
	// loose tells that the search is loose (loose.go), and mixed that then threads
	// that began in different places have met.
	loose, mixed bool
}

// work is what the machines of a stream need for a moment only.
type work struct {
	list, next []thread
	here       marks
	there      marks
	stack      []uint32
	groups     groups
	loose      []Finding // of loose searches, whatever the rules' conditions
}

func newWork(steps int) work {
	return work{here: marks{of: make([]uint32, steps)}, there: marks{of: make([]uint32, steps)}}
}

// marks is a set of steps that is emptied at no cost.
type marks struct {
	of    []uint32
	from  uint32 // the marks from it on are those of the steps in the set
	now   uint32
	mixed bool // a step was added again after [marks.other]
}

func (m *marks) reset() {
	if m.now >= lastMark {
		clear(m.of)
		m.now = 0
	}
	m.now++
	m.from, m.mixed = m.now, false
}

// lastMark leaves as many marks as [marks.other] can ask for until the next reset.
const lastMark = 1 << 31

// other tells what is added from now on from what was added before.
func (m *marks) other() { m.now++ }

// add tells whether the step is new.
func (m *marks) add(step uint32) bool {
	if mark := m.of[step]; mark >= m.from {
		m.mixed = m.mixed || mark < m.now
		return false
	}
	m.of[step] = m.now
	return true
}

// hold returns from where on the text can still become a match, or grow one.
func (m *machine) hold() int {
	if m.waiting {
		return m.best.Start
	}
	if len(m.threads) > 0 {
		return m.threads[0].start
	}
	return m.at
}

// back returns how far the search may have to go back.
func (m *machine) back() int {
	switch {
	case m.loose:
	case m.finder.conditional:
		return m.hold()
	case m.matched:
		return m.best.End
	}
	return m.at
}

// idle tells that nothing is under way.
func (m *machine) idle() bool { return len(m.threads) == 0 && !m.waiting }

// read reads the text up to limit, or what is left of it when it ends there,
// and appends the matches that nothing can change any more.
func (m *machine) read(matches []Finding, t *pending, limit int, final bool, w *work) []Finding {
	if m.loose {
		m.readLoosely(t, limit, final, w)
	}
	for {
		for m.waiting || m.at < limit {
			if m.waiting {
				if !final && limit-m.best.End < m.finder.ahead {
					return matches
				}
				matches = m.judge(matches, t, limit, w)
				continue
			}
			if len(m.threads) == 0 && !m.skip(t, limit) {
				return matches
			}
			r, width := t.runeAt(m.at)
			m.move(t.before(m.at), r, m.first[t.byteAt(m.at)], width, w)
			m.at += width
			matches = m.settle(matches, t)
		}
		if !final || len(m.threads) == 0 {
			return matches
		}
		m.move(t.before(m.at), endOfText, false, 0, w)
		matches = m.settle(matches, t)
	}
}

// skip goes on to where a match can begin, if there is such a place.
func (m *machine) skip(t *pending, limit int) bool {
	for i, b := range t.slice(m.at, limit) {
		if m.first[b] {
			m.at += i
			return true
		}
	}
	m.at = limit
	return false
}

// endOfText stands for the character behind the last one.
const endOfText = -1

// move moves the threads over the character r at m.at, which begins may tell to
// be one that a match can begin with.
func (m *machine) move(before, r rune, begins bool, width int, w *work) {
	begins = begins && !m.matched
	var conditions syntax.EmptyOp
	if m.asks || begins {
		conditions = syntax.EmptyOpContext(before, r)
		begins = begins && m.condition&^conditions == 0
	}
	threads := m.threads
	if m.asks || begins {
		w.here.reset()
		w.list = w.list[:0]
		ended := false
		for i := 0; i < len(threads) && !ended; i++ {
			w.list, ended = m.follow(w.list, &w.here, w, threads[i], conditions)
		}
		if begins && !ended {
			w.list, _ = m.follow(w.list, &w.here, w, thread{m.start, m.at}, conditions)
		}
		threads = w.list
	}
	w.there.reset()
	next := w.next[:0]
	m.asks = false
	for _, t := range threads {
		s := &m.steps[t.step]
		if s.Op == syntax.InstMatch {
			// What is left is less preferred than this match.
			m.matched, m.best = true, Finding{t.start, m.at, m.rule}
			break
		}
		if r == endOfText || !s.takes(r) {
			continue
		}
		ended := false
		if next, ended = m.follow(next, &w.there, w, thread{s.Out, t.start}, unknown); ended {
			break
		}
	}
	m.threads, w.next = next, m.threads
}

// unknown stands for conditions that the next character will tell.
const unknown syntax.EmptyOp = 1 << 7

// follow appends where a thread comes to without a character, in the order of
// preference, leaving out what more preferred threads came to. It tells whether
// a match ends there, before which everything less preferred gives way. A thread
// that comes to a condition that is unknown stays where it is: which way is
// preferred can depend on it.
func (m *machine) follow(to []thread, seen *marks, w *work, t thread, conditions syntax.EmptyOp) ([]thread, bool) {
	before, asks, ended := len(to), false, false
	stack := append(w.stack[:0], t.step)
	for len(stack) > 0 && !ended {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for seen.add(at) {
			s := &m.steps[at]
			switch s.Op {
			case syntax.InstAlt, syntax.InstAltMatch:
				stack = append(stack, s.Arg)
				at = s.Out
				continue
			case syntax.InstCapture, syntax.InstNop:
				at = s.Out
				continue
			case syntax.InstEmptyWidth:
				if conditions == unknown {
					asks = true
				} else if syntax.EmptyOp(s.Arg)&^conditions == 0 {
					at = s.Out
					continue
				}
			case syntax.InstFail:
			default:
				to = append(to, thread{at, t.start})
				ended = s.Op == syntax.InstMatch
			}
			break
		}
	}
	w.stack = stack
	if asks {
		m.asks = true
		to = append(to[:before], t)
	}
	return to, ended
}

// settle ends the search for a match that nothing can change any more, if there
// is one. The search goes on behind it.
func (m *machine) settle(matches []Finding, t *pending) []Finding {
	switch {
	case len(m.threads) > 0 && m.steps[m.threads[0].step].Op == syntax.InstMatch:
		m.best = Finding{m.threads[0].start, m.at, m.rule}
	case len(m.threads) == 0 && m.matched:
	default:
		return matches
	}
	m.threads, m.matched, m.asks = m.threads[:0], false, false
	m.at = m.best.End
	switch {
	case m.best.Start == m.best.End:
		// Nothing else begins where an empty match does.
		_, width := t.runeAt(m.at)
		m.at += width
	case m.finder.conditional:
		m.waiting = true
	case m.best.End > t.start:
		matches = append(matches, m.best)
	}
	return matches
}

// judge appends what of the match is a finding. The search goes on behind that,
// or behind the beginning of a match that is refused.
func (m *machine) judge(matches []Finding, t *pending, limit int, w *work) []Finding {
	m.waiting = false
	text, start, end := t.view(limit), m.best.Start-t.base, m.best.End-t.base
	value, ok := m.finder.accept(&w.groups, text, start, end)
	switch {
	case ok:
		m.at = value.End + t.base
		if m.at > t.start {
			matches = append(matches, Finding{value.Start + t.base, m.at, m.rule})
		}
	case end-start <= maxRetry:
		m.at = next(text, start) + t.base
	}
	return matches
}
