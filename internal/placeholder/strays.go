package placeholder

import "strings"

// Strays counts the placeholders in an answer that nobody has issued or typed:
// those that a model has made up, or remembers from another conversation.
type Strays struct {
	// Count is how many there have been so far.
	Count  int
	reader *Reader
	known  map[Stem]map[int]bool
}

// NewStrayReader returns a reader for [Vault.Strays]. It reads placeholders as
// exactly as they are restored, but none without brackets, which any text may
// hold.
func NewStrayReader(stems []Stem, g Grammar) *Reader {
	if g == Aggressive {
		g = Tolerant
	}
	return newReader(stems, g)
}

// Strays begins to count. typed is what [Vault.Typed] has returned.
func (v *Vault) Strays(r *Reader, typed string) *Strays {
	s := &Strays{reader: r, known: map[Stem]map[int]bool{}}
	for i := range v.entries {
		e := &v.entries[i]
		s.knows(v.stems[e.stem].stem, e.number)
	}
	for t := (reader{text: typed}); t.more(); {
		stem := Stem{t.string(), t.string()}
		for n := t.uvarint(); n > 0 && !t.bad; n-- {
			s.knows(stem, int(t.uvarint()))
		}
	}
	return s
}

func (s *Strays) knows(stem Stem, number int) {
	if s.known[stem] == nil {
		s.known[stem] = map[int]bool{}
	}
	s.known[stem][number] = true
}

// maxTyped bounds how many placeholders that somebody typed travel with a
// request.
const maxTyped = 4096

// Typed returns the placeholders that stood in the request already, for the way
// through KrakenD's request parameters. ok is false when they are too many.
func (v *Vault) Typed() (text string, ok bool) {
	var b strings.Builder
	total := 0
	for _, u := range v.stems {
		if len(u.reserved) == 0 {
			continue
		}
		if total += len(u.reserved); total > maxTyped {
			return "", false
		}
		writeString(&b, u.stem.prefix)
		writeString(&b, u.stem.suffix)
		writeUvarint(&b, len(u.reserved))
		for number := range u.reserved {
			writeUvarint(&b, number)
		}
	}
	return b.String(), true
}

// Text counts in a text that has arrived in whole.
func (s *Strays) Text(text string) {
	l := s.Lane()
	l.Push(text)
	l.Flush()
}

// StrayLane counts in a text that arrives in pieces.
type StrayLane struct {
	strays *Strays
	held   string
	before byte
}

// Lane begins a lane.
func (s *Strays) Lane() *StrayLane { return &StrayLane{strays: s} }

// Push adds text.
func (l *StrayLane) Push(text string) { l.scan(l.held+text, false) }

// Flush says that the text has ended.
func (l *StrayLane) Flush() { l.scan(l.held, true) }

func (l *StrayLane) scan(text string, final bool) {
	done := l.strays.reader.scan(text, l.before, final, func(stem Stem, number, _, _ int) {
		if !l.strays.known[stem][number] {
			l.strays.Count++
		}
	})
	if done > 0 {
		l.before = text[done-1]
	}
	l.held = text[done:]
}
