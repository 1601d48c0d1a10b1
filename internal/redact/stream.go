package redact

import (
	"io"
	"strconv"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/httpbody"
	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/profile"
	"github.com/krakend-redact/krakend-redact/internal/sse"
)

// NewStream restores an answer that arrives in events or lines. Each text that
// the events carry in pieces has a lane of its own, in which a placeholder is
// restored wherever it is cut.
func (a *Answer) NewStream(source io.Reader, c Content) *httpbody.Stream {
	if k, _ := c.Kind(); k == httpbody.JSONLines {
		s := a.newStream(jsonLines)
		return httpbody.NewStream(source, s.nextLine)
	}
	s := a.newStream(eventStream)
	return httpbody.NewStream(source, s.nextEvent)
}

// framing is how the events of a stream are told apart.
type framing uint8

const (
	eventStream framing = iota
	jsonLines
	jsonArray
)

func (a *Answer) newStream(f framing) *stream {
	return &stream{answer: a, byKey: map[string]*openLane{}, latest: map[string]*openLane{}, scanner: sse.Scanner{Limit: a.limit}, framing: f}
}

// stream is a streamed answer that is being restored.
type stream struct {
	answer  *Answer
	framing framing
	scanner sse.Scanner // of an event stream
	parts   partsOfJSON // of lines and of an array
	// waiting are the lines of an event before its data, and name is the last
	// of them that names it, with a line break.
	waiting strings.Builder
	name    string
	// dropped tells that the last line was left out.
	dropped bool
	open    []*openLane // in the order in which they were opened
	byKey   map[string]*openLane
	latest  map[string]*openLane // of each text that has its parts in several lanes
	plain   *textLane            // the text of events that are not JSON
	// guesses tells that there are lanes that no profile knows.
	guesses bool
	// numbers tells that events are numbered, next is the number of the next
	// one, and inserted how many of them are ours.
	numbers        bool
	next, inserted int
	// seenJSON tells that an event was JSON.
	seenJSON bool
	// cut tells that the last event was not JSON although it began like it.
	cut bool
	// final tells that clients read nothing behind what is to be sent.
	final bool
}

// openLane is a lane whose text may go on.
type openLane struct {
	*textLane
	key      string
	kind     int // which of the profile's lanes it is
	identity map[string]string
	// text is the name of the text that the lane is a part of, message tells it
	// from those of the same name, and begin is where the lane began in it.
	text, message string
	begin         *placeholder.Lane
	// guessed is what is known of a lane that no profile knows; nil for others.
	guessed *guess
	// before and after make an event of more text; name is its event line.
	name, before, after string
}

// closing adds what is still held back to the last thing that arrived: after
// it, or before it when it was cut off and will be dropped by its reader.
func (s *stream) closing(last, end string) string {
	tails := s.tails(nil)
	switch {
	case tails == "" || last == "":
		return tails + last
	case s.cut:
		return tails + last
	case strings.HasSuffix(last, end):
		return last + tails
	}
	return strings.TrimRight(last, "\r\n") + end + tails
}

// end returns what goes with a piece that may be the final one.
func (s *stream) end(err error) error {
	if err == nil && s.final {
		s.final = false
		return httpbody.ErrLast
	}
	return err
}

// ended says that nothing more comes.
func (s *stream) ended() {
	if s.answer.done != nil {
		s.answer.done(s.answer)
	}
}

// tooLarge returns what is to be sent for the beginning of an event that is too
// large to be looked into. Where new values are to be masked the stream ends.
func (s *stream) tooLarge(raw string) (string, error) {
	tails := s.tails(nil)
	if s.answer.refuses() {
		return tails, s.refused(httpbody.ErrTooLarge)
	}
	s.answer.unread++
	return tails + raw, nil
}

// refused ends the stream.
func (s *stream) refused(reason error) error {
	s.answer.refused = reason
	s.ended()
	return reason
}

// uninspectable tells whether a text that is not JSON, although it should be,
// can hide something: behind its escapes, which not all readers leave alone.
func (s *stream) uninspectable(text string) bool {
	known := s.seenJSON || s.framing != eventStream || s.answer.profile.Name != profile.Generic
	if s.answer.newcomers == nil || !known || s.framing == eventStream && !beginsJSON(text) || strings.IndexByte(text, '\\') < 0 {
		return false
	}
	if s.answer.passOnError {
		s.answer.unread++
		return false
	}
	return true
}

// beginsJSON tells whether a text begins as an object, an array or a string.
func beginsJSON(text string) bool {
	return jsonedit.Begins(text) || strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), `"`)
}

// document restores one event or line: the edits that it needs, and the events
// to be sent before it. ok is false when it is not JSON.
func (s *stream) document(doc string) (edits []jsonedit.Edit, tails string, ok bool) {
	s.cut = false
	if !beginsJSON(doc) && s.framing == eventStream {
		return nil, "", false
	}
	e, err := readEvent(doc, s.answer.profile)
	if err != nil {
		s.cut = beginsJSON(doc)
		return nil, "", false
	}
	s.seenJSON = true
	number, err := strconv.Atoi(e.sequence.Raw)
	if err == nil {
		s.numbers, s.next = true, number+s.inserted
	}
	ends, isLast := s.ends(e)
	s.final = s.final || isLast
	inLane := map[int]bool{} // where texts of lanes begin
	inEvent := map[*openLane]bool{}
	var here []*openLane
	var places []place
	for kind, spec := range s.answer.profile.Lanes {
		if spec.Type != "" && spec.Type != e.kind {
			continue
		}
		for _, n := range e.find(spec.Path) {
			if n.Kind != jsonedit.String || inLane[n.Start] || len(here) == maxLanes {
				continue
			}
			l := s.lane(kind, e, n)
			l.name = s.name
			here = append(here, l)
			places = append(places, n.place)
			inEvent[l] = true
			inLane[n.Start] = true
			edits = append(edits, s.push(l, n, func(l *openLane) bool { return (isLast || n.Raw == "") && ends.end(l) })...)
		}
	}
	guessed, over := s.guess(e, len(ends) > 0, inLane)
	for _, g := range guessed {
		here = append(here, g.lane)
		places = append(places, g.node.place)
		inEvent[g.lane] = true
		inLane[g.node.Start] = true
		edits = append(edits, s.push(g.lane, g.node, func(*openLane) bool { return over })...)
	}
	for i, l := range here {
		// More of the lane may stand in the event, so only now.
		if l.Held() {
			l.before, l.after = e.around(places[i])
		}
	}
	tooMany := len(s.open) > maxLanes
	if len(ends) > 0 || over || tooMany || s.guesses {
		tails = s.tails(func(l *openLane) bool {
			return !inEvent[l] && (ends.end(l) || tooMany || l.guessed != nil && (over || l.guessed.isWhole))
		})
	}
	if e.sequence.Raw != "" && s.numbers {
		if s.inserted > 0 {
			edits = append(edits, jsonedit.Edit{Start: e.sequence.Start, End: e.sequence.End, Text: strconv.Itoa(s.next)})
		}
		s.next++
	}
	whole, counted, err := s.answer.jsonAfter(s.before(e), doc, func(doc string, depth int, visit func(jsonedit.Text, *jsonedit.Path)) error {
		return jsonedit.Walk(doc, depth, func(t jsonedit.Text, path *jsonedit.Path) {
			if !inLane[t.Start] {
				visit(t, path)
			}
		})
	})
	if err != nil {
		return nil, tails, false // has been walked before
	}
	return s.answer.withoutOffsets(doc, inOrder(append(edits, whole...)), counted), tails, true
}

// lane returns the lane of a text, which may begin with it.
func (s *stream) lane(kind int, e event, n node) *openLane {
	spec := s.answer.profile.Lanes[kind]
	identity := e.identity(n.place)
	key := laneKey(strconv.Itoa(kind), identity)
	if spec.Text != "" {
		key = laneKey(spec.Text, identity)
	}
	l := s.byKey[key]
	if l == nil {
		l = s.sameLane(kind, identity)
	}
	if l == nil {
		mode := placeholder.Detected
		if spec.Arguments {
			mode = placeholder.JSON
		}
		l = s.openLane(key, mode)
		l.kind, l.identity, l.text = kind, identity, spec.Text
		if l.isPart = spec.Ends; l.isPart {
			l.message = laneKey(spec.Text, messageOf(identity))
			l.begin = s.answer.restorer.NewLane(mode)
			if last := s.latest[l.message]; last != nil {
				l.begin.Follow(last.Lane)
			}
		}
	}
	if l.isPart {
		if last := s.latest[l.message]; last != nil && last != l {
			l.Follow(last.Lane)
		}
		s.latest[l.message] = l
	}
	return l
}

// before returns what tells where a part began that stands in an event as a
// whole, after its pieces: where its first lane did.
func (s *stream) before(e event) shownBefore {
	return func(text string, at place) *placeholder.Lane {
		identity := e.identity(at)
		for _, l := range s.open {
			if l.isPart && l.text == text && agree(identity, l.identity) {
				return l.begin
			}
		}
		return nil
	}
}

func (s *stream) openLane(key string, m placeholder.Mode) *openLane {
	l := &openLane{textLane: s.answer.newLane(m), key: key}
	s.byKey[key] = l
	s.open = append(s.open, l)
	return l
}

// sameLane returns the last lane whose identity differs only by an id that one
// of the two does not have: some events go without.
func (s *stream) sameLane(kind int, identity map[string]string) *openLane {
	for i := len(s.open) - 1; i >= 0; i-- {
		if l := s.open[i]; l.guessed == nil && l.kind == kind && sameButForIDs(l.identity, identity) {
			return l
		}
	}
	return nil
}

// maxLanes bounds how many lanes can be open: beyond it, all but those of the
// current event end.
const maxLanes = 256

// push gives a lane more text, and returns the edit that shows what is decided:
// all of it when the lane ends.
func (s *stream) push(l *openLane, n node, ends func(*openLane) bool) []jsonedit.Edit {
	text := jsonedit.Unquote(n.Raw)
	out := l.Push(text)
	if ends(l) {
		out += l.Flush()
	}
	if out == text {
		return nil
	}
	return []jsonedit.Edit{{Start: n.Start, End: n.End, Text: string(jsonedit.AppendQuoted(nil, out))}}
}

// tails ends lanes and returns events with what they held back. nil ends all.
func (s *stream) tails(ended func(*openLane) bool) string {
	var b strings.Builder
	var kept []*openLane
	tooMany := len(s.open) > maxLanes
	for _, l := range s.open {
		if ended != nil && !ended(l) {
			kept = append(kept, l)
			continue
		}
		if l.Held() {
			doc := s.numbered(s.answer.around(l) + string(jsonedit.AppendQuoted(nil, l.Flush())) + l.after)
			b.WriteString(s.framed(l.name, doc))
		}
		if tooMany {
			delete(s.byKey, l.key)
			if s.latest[l.message] == l {
				delete(s.latest, l.message)
			}
			continue
		}
		// Its text may go on after all; what it knows of links stays.
		kept = append(kept, l)
	}
	s.open = kept
	if ended == nil && s.plain != nil && s.plain.Held() {
		b.WriteString("data: " + strings.Join(dataLines(s.plain.Flush()), "\ndata: ") + "\n\n")
	}
	return b.String()
}

// around returns what an event of ours has before its text. That is copied from
// an event as it arrived, so it is restored and masked as that was.
func (a *Answer) around(l *openLane) string {
	trace := a.trace
	a.trace = nil // what stands there has been seen
	edits, _, err := a.json(l.before+l.after, jsonedit.Walk)
	a.trace = trace
	if err != nil {
		return l.before // of a document that has been walked before
	}
	return jsonedit.Apply(l.before, edits)
}

// numbered gives an event of ours its number.
func (s *stream) numbered(doc string) string {
	if !s.numbers {
		return doc
	}
	doc = `{"` + sequenceNumber + `":` + strconv.Itoa(s.next) + "," + strings.TrimPrefix(doc, "{")
	s.next++
	s.inserted++
	return doc
}

// framed makes an event of ours ready to be sent.
func (s *stream) framed(name, doc string) string {
	switch s.framing {
	case jsonLines:
		return doc + "\n"
	case jsonArray:
		return doc + ",\n"
	}
	return name + "data: " + doc + "\n\n"
}

// ending is what an event says about the end of lanes: an identity for each
// thing that ends.
type ending []map[string]string

func (d ending) end(l *openLane) bool {
	for _, identity := range d {
		if agree(identity, l.identity) {
			return true
		}
	}
	return false
}

// ends returns what an event ends. last tells that it is the last of all.
func (s *stream) ends(e event) (d ending, last bool) {
	for _, end := range s.answer.profile.Ends {
		if end.Type != "" {
			if end.Type == e.kind {
				d = append(d, e.identity(nil))
			}
			continue
		}
		for _, n := range e.find(end.Path) {
			if n.Kind == jsonedit.String && n.Raw != "" || n.Raw == "true" {
				d = append(d, e.identity(n.place))
				last = last || end.Last
			}
		}
	}
	return d, last
}
