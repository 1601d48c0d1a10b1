package redact

import (
	"regexp"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/filled"
	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
)

// guess is what is known of a lane that no profile knows: a text that stands at
// the same place of one event after the other.
type guess struct {
	// last is the text of the last event.
	last string
	// isWhole tells that each event has the whole text so far, so that there
	// are no pieces to be put together.
	isWhole bool
}

// guessedText is a text of an event in its lane.
type guessedText struct {
	lane *openLane
	node node
}

// guess returns the texts of an event that no profile knows, those in known
// lanes left out, which look like pieces of longer ones. over tells that the
// event says that they have ended: it opens no lanes.
func (s *stream) guess(e event, ends bool, known map[int]bool) (texts []guessedText, over bool) {
	over = ends || e.isOver(s.name)
	for _, n := range e.nodes {
		if n.Kind != jsonedit.String || known[n.Start] || !n.place.isPiece() || s.answer.isElsewhere(n.place) {
			continue
		}
		if len(texts) == maxLanes {
			break
		}
		identity := e.identityBy(n.place, func(name string) bool { return telling[name] || tellsApart(name) })
		key := "guessed\x00" + e.kind + "\x00" + n.place.names() + laneKey("", identity)
		l := s.byKey[key]
		if l == nil {
			if over {
				continue
			}
			mode := placeholder.Detected
			if name := n.place.last(); name == "arguments" || name == "partial_json" {
				mode = placeholder.JSON
			}
			l = s.openLane(key, mode)
			l.identity, l.guessed = identity, &guess{}
			s.guesses = true
		}
		if l.guessed.takes(jsonedit.Unquote(n.Raw)) {
			l.name = s.name
			texts = append(texts, guessedText{l, n})
		}
	}
	return texts, over
}

// minWhole is from which length in bytes on a text that the next one begins
// with is taken for the whole text so far.
const minWhole = 4

// takes tells whether a text is a piece that goes on where the last one ended.
func (g *guess) takes(text string) bool {
	if len(g.last) >= minWhole && len(text) > len(g.last) && strings.HasPrefix(text, g.last) {
		g.isWhole = true
	}
	g.last = text
	return !g.isWhole
}

// isElsewhere tells whether a place is known for something else than pieces of
// a text.
func (a *Answer) isElsewhere(at place) bool {
	for _, p := range a.profile.Untouched {
		if p.Matches(at) {
			return true
		}
	}
	for _, p := range a.profile.Arguments {
		if p.Covers(at) {
			return true
		}
	}
	for _, o := range a.profile.Offsets {
		if o.Path.Covers(at) {
			return true
		}
	}
	return false
}

// isPiece tells whether a field has the name of one that carries pieces of a
// text: its last word counts, as in output_text and outputText.
func isPiece(name string) bool {
	if name == "partial_json" {
		return true
	}
	begin := strings.LastIndexAny(name, "_-.ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	if begin >= 0 && strings.IndexByte("_-.", name[begin]) >= 0 {
		begin++
	}
	return pieceNames[strings.ToLower(name[max(begin, 0):])]
}

var pieceNames = filled.Map(map[string]bool{
	"delta": true, "text": true, "content": true, "token": true, "chunk": true, "piece": true, "part": true, "partial": true,
	"completion": true, "generation": true, "answer": true, "response": true, "output": true, "reply": true, "message": true,
	"transcript": true, "reasoning": true, "thinking": true, "thought": true, "summary": true, "arguments": true,
	"value": true, "data": true, "result": true,
})

// isPiece tells whether the text at a place looks like a piece of a longer one:
// by the name of its field, or because it is all of its event. Errors are no
// pieces of anything.
func (p place) isPiece() bool {
	for _, s := range p {
		if s.name == "error" || s.name == "errors" {
			return false
		}
	}
	return len(p) == 0 || p[len(p)-1].index < 0 && isPiece(p.last())
}

func (p place) last() string {
	if len(p) == 0 {
		return ""
	}
	return p[len(p)-1].name
}

// names is the place without the positions in arrays.
func (p place) names() string {
	var b strings.Builder
	for _, s := range p {
		if s.index < 0 {
			b.WriteString(s.name)
		}
		b.WriteByte(0)
	}
	return b.String()
}

// tellsApart tells whether a member may tell the texts of formats apart that no
// profile knows. What numbers or names the event itself does not.
func tellsApart(name string) bool {
	switch name {
	case "event_id", "eventId", "chunk_id", "chunkId", "request_id", "requestId", "trace_id", "traceId", "span_id", "spanId",
		"chunk_index", "chunkIndex", "event_index", "eventIndex", "token_id", "tokenId", "token_index", "tokenIndex":
		return false
	}
	return name == "index" || strings.HasSuffix(name, "_index") || strings.HasSuffix(name, "Index") ||
		strings.HasSuffix(name, "_id") || strings.HasSuffix(name, "Id")
}

// isOver tells whether an event says that a text or the stream has ended. name
// is the line that names it.
func (e event) isOver(name string) bool {
	if over.MatchString(name) || over.MatchString(e.kind) {
		return true
	}
	for _, n := range e.nodes {
		if len(n.place) != 1 {
			continue
		}
		name := n.place.last()
		if n.Raw == "true" && over.MatchString(name) || (name == "event" || name == "status") && over.MatchString(n.Raw) {
			return true
		}
	}
	return false
}

var over = regexp.MustCompile(`(?i)(?:^|[^a-z])(?:done|stop|stopped|end|ended|finish|finished|complete|completed|final|last|closed?|error|failed)(?:[^a-z]|$)`)
