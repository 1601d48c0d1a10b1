package detect

// MaxHeld bounds in bytes what a stream holds back, besides a character that has
// not arrived in full. Up to it, findings are exact. Beyond it, what can still
// become a match is a finding as far as it goes, again and again while it lasts:
// rather too much is masked than the beginning of a finding released. Whether a
// rule's conditions hold for a match whose beginning is gone is not known any
// more; they count as fulfilled. Nor is it known where a search would go on that
// has to go back to what is gone: whatever it could find is a finding then
// (loose.go).
const MaxHeld = 4096

// NoRule is the rule of a [Part] that no rule describes.
const NoRule = -1

// Part is a part of a streamed text: a finding, Rule being the rule's index as
// in [Finding], or a text that no rule describes, Rule being [NoRule].
type Part struct {
	Text string
	Rule int
}

// Stream finds what rules describe in a text that arrives in pieces. The parts
// that it returns are the text, and its findings are those of [Engine.Find] in
// the whole text, wherever it was cut. It holds back only what can still become
// a match or change one. A stream is not safe for concurrent use.
type Stream struct {
	engine   *Engine
	bound    int // MaxHeld
	machines []machine
	terms    []termReader
	watches  []watch
	live     bitset // the rules whose machines have to read what is new
	work     work
	text     pending
	matches  []Finding // of single rules, in text that is not decided
	ready    []Finding
	parts    []Part
	resolver resolver
	behind   int // the bytes before decided text that rules may look back at
}

// NewStream begins a stream. The engine must have no backtracking rules.
func (e *Engine) NewStream() *Stream { return e.newStream(false) }

// NewWatch begins a stream of the rules that only watch, which take no part in
// other streams; nil without any.
func (e *Engine) NewWatch() *Stream {
	if !e.watches {
		return nil
	}
	return e.newStream(true)
}

func (e *Engine) newStream(watch bool) *Stream {
	s := &Stream{engine: e, bound: MaxHeld}
	steps := 0
	for i, p := range e.streams {
		if p != nil && e.rules[i].Watch == watch {
			s.machines = append(s.machines, machine{program: p, finder: e.finders[i], rule: i})
			steps = max(steps, len(p.steps))
			s.behind = max(s.behind, e.finders[i].behind)
		}
	}
	for _, pass := range *e.passes.list.Load() {
		s.watches = append(s.watches, newWatch(pass))
	}
	s.live = newBitset(len(e.rules))
	for _, i := range e.terms {
		if e.rules[i].Watch != watch {
			continue
		}
		reader := newTermReader(&e.rules[i], i)
		s.terms = append(s.terms, reader)
		s.behind = max(s.behind, reader.margin)
	}
	s.work = newWork(steps)
	s.text.reset()
	return s
}

// Push adds text and returns the parts that are decided, in order. The list is
// good until the next call.
func (s *Stream) Push(text string) []Part {
	s.parts = s.parts[:0]
	for len(text) > s.bound {
		s.push(text[:s.bound])
		text = text[s.bound:]
	}
	if text != "" {
		s.push(text)
	}
	return s.parts
}

// Flush returns what is held back: the text ends, or goes on with something
// that is not looked into, which no match spans. What is pushed next begins a
// text. The list is good until the next call.
func (s *Stream) Flush() []Part {
	s.parts = s.parts[:0]
	end := s.text.end()
	s.read(end, true)
	s.decide(end, end, true)
	s.text.reset()
	for i := range s.machines {
		s.machines[i].at = 0
	}
	for i := range s.terms {
		s.terms[i].at = 0
	}
	for i := range s.watches {
		s.watches[i].begin()
	}
	return s.parts
}

// Held returns how many bytes are held back.
func (s *Stream) Held() int { return s.text.end() - s.text.start }

func (s *Stream) push(text string) {
	s.text.add(text)
	limit := s.text.complete()
	s.read(limit, false)
	s.decide(s.hold(limit), limit, false)
	if limit-s.text.start > s.bound {
		s.giveUp(limit)
	}
	s.text.tidy(s.needed())
}

// needed returns from where on the text may be read again. That lies in decided
// text when a machine went on to try for a longer match than the bound allows:
// should it fail, a match that ends behind the decided text can begin in it.
func (s *Stream) needed() int {
	from := s.text.start
	for i := range s.machines {
		from = min(from, s.machines[i].back())
	}
	for i := range s.terms {
		from = min(from, s.terms[i].at)
	}
	return from - s.behind
}

func (s *Stream) read(limit int, final bool) {
	clear(s.live)
	text, known := s.text.view(limit), len(s.matches)
	for i := range s.watches {
		s.watches[i].over(text, s.text.base, limit, s.live)
	}
	for i := range s.machines {
		if m := &s.machines[i]; m.idle() && !s.live.has(m.rule) {
			m.at = limit
		} else {
			s.matches = m.read(s.matches, &s.text, limit, final, &s.work)
		}
	}
	for i := range s.terms {
		s.matches = s.terms[i].read(s.matches, &s.text, limit, final)
	}
	if s.engine.allows {
		s.matches = s.engine.withoutAllowed(s.matches, known, text, s.text.base)
	}
	s.matches = append(s.matches, s.work.loose...)
	s.work.loose = s.work.loose[:0]
}

// hold returns the place before which no match begins that is not known yet.
func (s *Stream) hold(limit int) int {
	for i := range s.machines {
		limit = min(limit, s.machines[i].hold())
	}
	for i := range s.terms {
		limit = min(limit, s.terms[i].at)
	}
	return limit
}

// giveUp decides all that is held back. What can still become a match counts as
// one; the machines stay at it, so that they find how it goes on.
func (s *Stream) giveUp(limit int) {
	for i := range s.machines {
		if start := s.machines[i].hold(); start < limit {
			s.matches = append(s.matches, Finding{start, limit, s.machines[i].rule})
		}
	}
	for i := range s.terms {
		if start := s.terms[i].at; start < limit {
			s.matches = append(s.matches, Finding{start, limit, s.terms[i].number})
		}
	}
	s.decide(limit, limit, true)
	for i := range s.machines {
		s.machines[i].loosen(&s.text, limit-s.bound, limit, &s.work)
	}
}

// decide hands on the text before hold, where all matches are known, as far as
// it does not depend on the rest. With all, it hands on everything before hold.
func (s *Stream) decide(hold, limit int, all bool) {
	if hold <= s.text.start {
		return
	}
	s.ready = s.ready[:0]
	for _, m := range s.matches {
		if m.Start < hold {
			s.ready = append(s.ready, m)
		}
	}
	findings := s.resolver.resolve(s.ready, s.text.start)
	for i, f := range findings {
		if f.Start >= hold {
			break
		}
		if s.engine.rules[f.Rule].Open && f.End <= hold {
			f.End += digits(s.text.slice(f.End, followed(hold, findings[i+1:])))
		}
		if !all && s.undecided(f, hold, limit) {
			hold = f.Start
			break
		}
		s.parts = s.text.pass(s.parts, f.Start)
		s.parts = s.text.take(s.parts, f.End, f.Rule)
	}
	s.parts = s.text.pass(s.parts, hold)
	s.forget()
}

// undecided tells whether the rest of the text can change a finding.
func (s *Stream) undecided(f Finding, hold, limit int) bool {
	if f.End > hold {
		return true
	}
	if f.End < hold || !s.engine.rules[f.Rule].Open {
		return false
	}
	// A digit that follows belongs to the finding, unless it begins another.
	return hold == limit || isDigit(s.text.byteAt(hold))
}

// forget drops the matches that lie in decided text.
func (s *Stream) forget() {
	kept := s.matches[:0]
	for _, m := range s.matches {
		if m.End > s.text.start {
			kept = append(kept, m)
		}
	}
	s.matches = kept
}
