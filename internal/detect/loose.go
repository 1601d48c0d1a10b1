package detect

import "regexp/syntax"

// A search that fails goes on further in front: behind the shorter match that there
// is, or behind the beginning of a match that is refused. Beyond the bound of a
// stream the text there is gone. Where the next match begins depends on it, and so
// do all that follow. So a machine searches loosely from then on: whatever could be
// a match, wherever the search for it began, counts as a finding. As soon as no
// such match is under way, it makes no difference, and the search is exact again.

// loosen makes the machine search loosely if it may have to go back to what lies
// before gone, or to ask for conditions there. What lies before limit was read and
// is given up.
func (m *machine) loosen(t *pending, gone, limit int, w *work) {
	back := m.back()
	if back >= gone {
		return
	}
	m.at = back
	var kept []thread
	if !m.finder.conditional {
		kept = append(kept, m.threads...)
	}
	asked := m.asks && len(kept) > 0
	m.threads, m.asks, m.matched, m.waiting = m.threads[:0], false, false, false
	m.loose, m.mixed = true, false
	for m.at < limit {
		m.moveLoosely(t, limit, w)
	}
	if len(kept) > 0 {
		m.join(kept, w)
		m.asks = m.asks || asked
	}
	m.loose = len(m.threads) > 0
}

// join puts threads that began earlier before those that there are.
func (m *machine) join(threads []thread, w *work) {
	w.there.reset()
	for _, t := range threads {
		w.there.add(t.step)
	}
	for _, t := range m.threads {
		if w.there.add(t.step) {
			threads = append(threads, t)
		} else {
			m.mixed = true
		}
	}
	m.threads = threads
}

// readLoosely reads the text up to limit, or what is left of it when it ends
// there, as long as the search is loose.
func (m *machine) readLoosely(t *pending, limit int, final bool, w *work) {
	for m.loose && m.at < limit {
		m.moveLoosely(t, limit, w)
		m.loose = len(m.threads) > 0
	}
	if m.loose && final {
		m.moveLoosely(t, limit, w)
		m.loose = false
	}
}

// moveLoosely moves the threads over the next character, or behind the last one
// at limit. A match ends no search but its own: what is less preferred and began
// in the same place gives way to it. Once threads that began in different places
// have met, they are one, so that none gives way any more.
func (m *machine) moveLoosely(text *pending, limit int, w *work) {
	before, r, width, begins := text.before(m.at), rune(endOfText), 0, false
	if m.at < limit {
		r, width = text.runeAt(m.at)
		begins = m.first[text.byteAt(m.at)]
	}
	threads := m.threads
	if m.asks || begins {
		conditions := syntax.EmptyOpContext(before, r)
		w.here.reset()
		w.list = w.list[:0]
		from := group{start: -1}
		for _, t := range threads {
			w.list = m.followLoosely(w.list, &w.here, w, &from, t, conditions)
		}
		if begins && m.condition&^conditions == 0 {
			w.list = m.followLoosely(w.list, &w.here, w, &from, thread{m.start, m.at}, conditions)
		}
		threads = w.list
	}
	w.there.reset()
	next, from := w.next[:0], group{start: -1}
	m.asks = false
	for _, t := range threads {
		s := &m.steps[t.step]
		switch {
		case from.over(t):
		case s.Op == syntax.InstMatch:
			if m.at > max(t.start, text.start) {
				w.found(Finding{t.start, m.at, m.rule})
			}
			from = group{t.start, !m.mixed}
		case r != endOfText && s.takes(r):
			next = m.followLoosely(next, &w.there, w, &from, thread{s.Out, t.start}, unknown)
		}
	}
	m.threads, w.next = next, m.threads
	m.at += width
}

// group is the threads that began in the same place.
type group struct {
	start int
	ended bool // with a match
}

// over tells whether a thread gives way to a match.
func (g *group) over(t thread) bool { return g.ended && g.start == t.start }

// followLoosely is [machine.follow] unless the thread gives way.
func (m *machine) followLoosely(to []thread, seen *marks, w *work, from *group, t thread, conditions syntax.EmptyOp) []thread {
	if from.over(t) {
		return to
	}
	if from.start != t.start {
		*from = group{start: t.start}
		seen.other()
	}
	to, ended := m.follow(to, seen, w, t, conditions)
	m.mixed = m.mixed || seen.mixed
	from.ended = ended && !m.mixed
	return to
}

// found adds a match, to the last one if they overlap: each character can end one.
func (w *work) found(f Finding) {
	if n := len(w.loose); n > 0 {
		if last := &w.loose[n-1]; last.Rule == f.Rule && f.Start <= last.End {
			last.Start, last.End = min(last.Start, f.Start), max(last.End, f.End)
			return
		}
	}
	w.loose = append(w.loose, f)
}
