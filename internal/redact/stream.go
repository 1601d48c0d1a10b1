package redact

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/httpbody"
	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/sse"
)

// NewStream restores an answer that arrives in events or lines. Each text that
// the events carry in pieces has a lane of its own, in which a placeholder is
// restored wherever it is cut.
func (a *Answer) NewStream(source io.Reader, c Content) *httpbody.Stream {
	s := a.newStream(eventStream)
	next := s.nextEvent
	if k, _ := c.Kind(); k == httpbody.JSONLines {
		s.framing = jsonLines
		next = s.nextLine
	}
	return httpbody.NewStream(source, next)
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
	scanner sse.Scanner
	framing framing
	// waiting are the lines of an event before its data.
	waiting string
	open    []*openLane // in the order in which they were opened
	byKey   map[string]*openLane
	latest  map[string]*openLane // of each text that has its parts in several lanes
	plain   *textLane            // the text of events that are not JSON
	// numbers tells that events are numbered, next is the number of the next
	// one, and inserted how many of them are ours.
	numbers        bool
	next, inserted int
	// cut tells that the last event was not JSON although it began like it.
	cut bool
	// unread tells that an event was too large to look into: what follows
	// passes as it is.
	unread bool
}

// openLane is a lane whose text may go on.
type openLane struct {
	*textLane
	key      string
	identity map[string]string
	// text is the name of the text that the lane is a part of, message tells it
	// from those of the same name, and begin is where the lane began in it.
	text, message string
	begin         *placeholder.Lane
	// before and after make an event of more text; name is its event line.
	name, before, after string
}

// nextEvent returns what is to be sent for the next piece of an event stream.
func (s *stream) nextEvent(in *bufio.Reader) (string, error) {
	if s.unread {
		return passOn(in)
	}
	p, err := s.scanner.Next(in)
	if errors.Is(err, httpbody.ErrTooLarge) {
		return s.giveUp(s.taken() + p.Raw)
	}
	var out string
	switch {
	case len(p.Data) > 0:
		out = s.data(p)
	case strings.Trim(p.Raw, "\r\n") == "" || strings.HasPrefix(p.Raw, ":"):
		out = s.taken() + p.Raw
	default:
		s.waiting += p.Raw
	}
	if err != nil {
		defer s.ended()
		s.cut = s.cut || s.waiting != ""
		out = s.closing(out+s.taken(), "\n\n")
	}
	return out, err
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

// nextLine returns what is to be sent for the next line of JSON Lines.
func (s *stream) nextLine(in *bufio.Reader) (string, error) {
	if s.unread {
		return passOn(in)
	}
	var line strings.Builder
	for {
		piece, err := in.ReadSlice('\n')
		line.Write(piece)
		if int64(line.Len()) > s.answer.limit {
			return s.giveUp(line.String())
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		doc := line.String()
		edits, tails, ok := s.document(doc)
		if !ok {
			// Most likely a part of a document.
			edits = s.answer.text(doc, placeholder.Text, spelling{jsonString})
		}
		doc = jsonedit.Apply(doc, edits)
		if err != nil {
			doc = s.closing(doc, "\n")
			s.ended()
		}
		return tails + doc, err
	}
}

// ended says that nothing more comes.
func (s *stream) ended() {
	if s.answer.done != nil {
		s.answer.done()
	}
}

// giveUp sends what is too large to be looked into as it is, and all that
// follows. Where new values are to be masked the stream ends instead.
func (s *stream) giveUp(rest string) (string, error) {
	tails := s.tails(nil)
	if s.answer.newcomers != nil {
		s.ended()
		return tails, httpbody.ErrTooLarge
	}
	s.unread = true
	return tails + rest, nil
}

// passOn returns what has arrived.
func passOn(in *bufio.Reader) (string, error) {
	if _, err := in.Peek(1); err != nil {
		return "", err
	}
	arrived := make([]byte, in.Buffered())
	n, err := in.Read(arrived)
	return string(arrived[:n]), err
}

// taken returns the lines that waited for data.
func (s *stream) taken() string {
	waiting := s.waiting
	s.waiting = ""
	return waiting
}

// done is the data that ends an event stream of OpenAI's kind.
const done = "[DONE]"

// data returns what is to be sent for an event with data.
func (s *stream) data(p sse.Piece) string {
	values := make([]string, len(p.Data))
	for i, v := range p.Data {
		values[i] = p.Raw[v.Start:v.End]
	}
	doc := strings.Join(values, "\n")
	if strings.TrimSpace(doc) == done {
		return s.tails(nil) + s.taken() + p.Raw
	}
	edits, tails, ok := s.document(doc)
	if !ok {
		return s.taken() + s.text(p, doc)
	}
	return tails + s.taken() + jsonedit.Apply(p.Raw, inPiece(p, values, edits))
}

// inPiece moves edits in the joined data of a piece to its raw lines. JSON has
// no line breaks in its strings, so an edit lies within one of them.
func inPiece(p sse.Piece, values []string, edits []jsonedit.Edit) []jsonedit.Edit {
	line, begin := 0, 0
	for i, e := range edits {
		for e.Start > begin+len(values[line]) {
			begin += len(values[line]) + 1
			line++
		}
		shift := p.Data[line].Start - begin
		edits[i].Start, edits[i].End = e.Start+shift, e.End+shift
	}
	return edits
}

// text returns what is to be sent for an event whose data is text.
func (s *stream) text(p sse.Piece, data string) string {
	if s.plain == nil {
		s.plain = s.answer.newLane(placeholder.Text)
	}
	out := s.plain.Push(data)
	if out == data {
		return p.Raw
	}
	first, last := p.Data[0], p.Data[len(p.Data)-1]
	return p.Raw[:first.Start] + strings.ReplaceAll(out, "\n", "\ndata: ") + p.Raw[last.End:]
}

// document restores one event or line: the edits that it needs, and the events
// to be sent before it. ok is false when it is not JSON.
func (s *stream) document(doc string) (edits []jsonedit.Edit, tails string, ok bool) {
	s.cut = false
	if !jsonedit.Begins(doc) {
		return nil, "", false
	}
	e, err := readEvent(doc, s.answer.profile)
	if err != nil {
		s.cut = true
		return nil, "", false
	}
	number, err := strconv.Atoi(e.sequence.Raw)
	if err == nil {
		s.numbers, s.next = true, number+s.inserted
	}
	ends := s.ends(e)
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
			here = append(here, l)
			places = append(places, n.place)
			inEvent[l] = true
			inLane[n.Start] = true
			edits = append(edits, s.push(l, n, ends)...)
		}
	}
	for i, l := range here {
		// More of the lane may stand in the event, so only now.
		if l.Held() {
			l.before, l.after = e.around(places[i])
		}
	}
	if len(ends) > 0 || len(s.open) > maxLanes {
		tails = s.tails(func(l *openLane) bool {
			return (ends.end(l) || len(s.open) > maxLanes) && !inEvent[l]
		})
	}
	if e.sequence.Raw != "" && s.numbers {
		if s.inserted > 0 {
			edits = append(edits, jsonedit.Edit{Start: e.sequence.Start, End: e.sequence.End, Text: strconv.Itoa(s.next)})
		}
		s.next++
	}
	whole, err := s.answer.jsonAfter(s.before(e), doc, func(doc string, depth int, visit func(jsonedit.Text, *jsonedit.Path)) error {
		return jsonedit.Walk(doc, depth, func(t jsonedit.Text, path *jsonedit.Path) {
			if !inLane[t.Start] {
				visit(t, path)
			}
		})
	})
	if err != nil {
		return nil, tails, false // has been walked before
	}
	return s.answer.withoutOffsets(doc, inOrder(append(edits, whole...))), tails, true
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
		mode := placeholder.Detected
		if spec.Arguments {
			mode = placeholder.JSON
		}
		l = &openLane{textLane: s.answer.newLane(mode), key: key, identity: identity, text: spec.Text}
		if l.isPart = spec.Ends; l.isPart {
			l.message = laneKey(spec.Text, messageOf(identity))
			l.begin = s.answer.restorer.NewLane(mode)
			if last := s.latest[l.message]; last != nil {
				l.begin.Follow(last.Lane)
			}
		}
		s.byKey[key] = l
		s.open = append(s.open, l)
	}
	l.name = nameLine(s.waiting)
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
func (s *stream) before(e event) func(text string, at place) *placeholder.Lane {
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

// maxLanes bounds how many lanes can be open: beyond it, all but those of the
// current event end.
const maxLanes = 256

// nameLine returns the event line among the lines before an event's data.
func nameLine(lines string) string {
	for _, line := range strings.FieldsFunc(lines, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if strings.HasPrefix(line, "event:") {
			return line + "\n"
		}
	}
	return ""
}

// push gives a lane more text, and returns the edit that shows what is decided.
func (s *stream) push(l *openLane, n node, ends ending) []jsonedit.Edit {
	text := jsonedit.Unquote(n.Raw)
	out := l.Push(text)
	if text == "" && ends.end(l) {
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
			doc := s.numbered(l.before + string(jsonedit.AppendQuoted(nil, l.Flush())) + l.after)
			b.WriteString(s.framed(l.name, doc))
		}
		if tooMany {
			delete(s.byKey, l.key)
			continue
		}
		// Its text may go on after all; what it knows of links stays.
		kept = append(kept, l)
	}
	s.open = kept
	if ended == nil && s.plain != nil && s.plain.Held() {
		b.WriteString("data: " + strings.ReplaceAll(s.plain.Flush(), "\n", "\ndata: ") + "\n\n")
	}
	return b.String()
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

// array restores a stream that has come as one JSON array of events.
func (s *stream) array(doc string) (string, error) {
	var edits []jsonedit.Edit
	end := 0
	err := jsonedit.Values(doc, maxDepth, func(start, to int, path *jsonedit.Path) {
		if path.Len() != 1 {
			return
		}
		inner, tails, _ := s.document(doc[start:to])
		if tails != "" {
			edits = append(edits, jsonedit.Edit{Start: start, End: start, Text: tails})
		}
		for _, e := range inner {
			edits = append(edits, jsonedit.Edit{Start: e.Start + start, End: e.End + start, Text: e.Text})
		}
		end = to
	})
	if err != nil {
		return "", ErrUnreadable
	}
	if tails := strings.TrimSuffix(s.tails(nil), ",\n"); tails != "" {
		edits = append(edits, jsonedit.Edit{Start: end, End: end, Text: ",\n" + tails})
	}
	return jsonedit.Apply(doc, edits), nil
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

func (s *stream) ends(e event) ending {
	var d ending
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
			}
		}
	}
	return d
}
