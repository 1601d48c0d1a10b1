package redact

import (
	"sort"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/fieldpath"
	"github.com/krakend-redact/krakend-redact/internal/filled"
	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
	"github.com/krakend-redact/krakend-redact/internal/profile"
)

// event is one JSON document of a stream, taken apart.
type event struct {
	kind string // its own field type
	// sequence is the number of the event, in formats that number them.
	sequence jsonedit.Text
	nodes    []node
	// ids are the members of each container that tell texts apart, by the
	// container's place.
	ids map[string]map[string]string
}

// node is a string, number or literal of an event.
type node struct {
	jsonedit.Text
	place place
}

// place is where a node stands. It outlives the walk.
type place []step

type step struct {
	name  string
	index int // -1 for an object key
}

func placeOf(path *jsonedit.Path) place {
	at := make(place, path.Len())
	for i := range at {
		at[i] = step{path.At(i), -1}
		if index, ok := path.Index(i); ok {
			at[i].index = index
		}
	}
	return at
}

func (p place) Len() int        { return len(p) }
func (p place) At(i int) string { return p[i].name }
func (p place) Index(i int) (int, bool) {
	return p[i].index, p[i].index >= 0
}

// key is the place of the container made of the first n steps.
func (p place) key(n int) string {
	var b strings.Builder
	for _, s := range p[:n] {
		b.WriteString(s.name)
		b.WriteByte(0)
	}
	return b.String()
}

// telling are the members that tell one text of an event from another.
var telling = map[string]bool{
	"index": true, "output_index": true, "content_index": true, "summary_index": true, "item_id": true, "thought": true,
}

// partsOfText are the arrays of Gemini and Mistral whose elements are one text
// after the other.
var partsOfText = map[string]bool{"parts": true, "content": true, "thinking": true}

// rootMembers are the members of an event's root that an event of ours needs.
var rootMembers = filled.Map(map[string]bool{
	"id": true, "object": true, "created": true, "created_at": true, "model": true, "system_fingerprint": true, "type": true,
	"index": true, "output_index": true, "content_index": true, "summary_index": true, "item_id": true,
	"modelVersion": true, "responseId": true, "done": true,
})

// maxEventDepth bounds how deep a text of a lane can stand: no format needs
// half of it.
const maxEventDepth = 16

// sequenceNumber is what OpenAI's Responses API numbers its events with.
const sequenceNumber = "sequence_number"

// readEvent takes an event apart. It keeps what lanes, their ends and events of
// ours need, whatever else there is.
func readEvent(doc string, p *profile.Profile) (event, error) {
	e := event{ids: map[string]map[string]string{}}
	err := jsonedit.WalkAll(doc, maxDepth, func(t jsonedit.Text, path *jsonedit.Path) {
		if t.Kind == jsonedit.Key || path.Len() > maxEventDepth {
			return
		}
		if !telling[path.Name()] && path.Len() > 1 && path.Name() != "type" && !p.Streams(path) &&
			!tellsApart(path.Name()) && !(t.Kind == jsonedit.String && isPiece(path.Name())) {
			return
		}
		at := placeOf(path)
		e.nodes = append(e.nodes, node{t, at})
		last := len(at) - 1
		if last < 0 || at[last].index >= 0 {
			return
		}
		if last == 0 && at[0].name == "type" {
			e.kind = jsonedit.Unquote(t.Raw)
		}
		if last == 0 && at[0].name == sequenceNumber && t.Kind == jsonedit.Number {
			e.sequence = t
		}
		if telling[at[last].name] || tellsApart(at[last].name) {
			in := at.key(last)
			if e.ids[in] == nil {
				e.ids[in] = map[string]string{}
			}
			e.ids[in][at[last].name] = t.Raw
		}
	})
	return e, err
}

// identity returns what tells the text at a place from others of its kind:
// the telling members of all containers around it. An element of an array that
// has no index has its position for one.
func (e event) identity(at place) map[string]string {
	return e.identityBy(at, func(name string) bool { return telling[name] })
}

func (e event) identityBy(at place, tells func(name string) bool) map[string]string {
	identity := map[string]string{}
	label := ""
	for i := 0; i <= len(at); i++ {
		ids := e.ids[at.key(i)]
		for name, value := range ids {
			if tells(name) {
				identity[label+name] = value
			}
		}
		if i == len(at) {
			break
		}
		if at[i].index < 0 {
			label += at[i].name + "."
			continue
		}
		isPart := i > 0 && partsOfText[at[i-1].name]
		if _, has := e.ids[at.key(i+1)]["index"]; !has && !isPart {
			identity[label+"index"] = at[i].name
		}
	}
	return identity
}

// find returns the node at a path, if there is one.
func (e event) find(p fieldpath.Path) []node {
	var found []node
	for _, n := range e.nodes {
		if p.Matches(n.place) {
			found = append(found, n)
		}
	}
	return found
}

// around returns a document like the event with nothing in it but the text at
// a place, cut where that text stands: what a client needs to add more of it.
// Names and roles, which clients add up too, stay out below the root.
func (e event) around(at place) (before, after string) {
	var b strings.Builder
	var closers []string
	for i, s := range at {
		if s.index >= 0 {
			b.WriteByte('[')
			closers = append(closers, "]")
			continue
		}
		b.WriteByte('{')
		closers = append(closers, "}")
		for _, n := range e.nodes {
			if e.belongs(n, at, i) {
				b.WriteByte('"')
				b.Write(jsonedit.AppendQuoted(nil, n.place[i].name))
				b.WriteString(`":`)
				b.WriteString(n.spelled())
				b.WriteByte(',')
			}
		}
		b.WriteByte('"')
		b.Write(jsonedit.AppendQuoted(nil, s.name))
		b.WriteString(`":`)
	}
	b.WriteByte('"')
	var end strings.Builder
	end.WriteByte('"')
	for i := len(closers) - 1; i >= 0; i-- {
		end.WriteString(closers[i])
	}
	return b.String(), end.String()
}

// belongs tells whether a node is a member, to be kept, of the container that
// is made of the first n steps of a place.
func (e event) belongs(member node, at place, n int) bool {
	if len(member.place) != n+1 || member.place[n].index >= 0 || member.place[n].name == at[n].name {
		return false
	}
	for i := 0; i < n; i++ {
		if member.place[i] != at[i] {
			return false
		}
	}
	name := member.place[n].name
	if n == 0 {
		return rootMembers[name] || tellsApart(name)
	}
	return telling[name] || tellsApart(name) || name == "type"
}

func (n node) spelled() string {
	if n.Kind == jsonedit.String {
		return `"` + n.Raw + `"`
	}
	return n.Raw
}

// agree tells whether all that is known of an end fits a lane. An index that the
// lane does not have is its first, as clients take it.
func agree(end, lane map[string]string) bool {
	for name, value := range end {
		have, ok := lane[name]
		if !ok && !isID(name) {
			have, ok = "0", value != "" && value[0] >= '0' && value[0] <= '9'
		}
		if ok && have != value {
			return false
		}
	}
	return true
}

// messageOf returns what an identity says of the message that a text is a part
// of: its parts are told apart at the root of events.
func messageOf(identity map[string]string) map[string]string {
	message := map[string]string{}
	for name, value := range identity {
		if strings.Contains(name, ".") {
			message[name] = value
		}
	}
	return message
}

// isID tells whether a member of an identity is an id, not an index.
func isID(name string) bool { return strings.HasSuffix(name, "item_id") }

// sameButForIDs tells whether two identities differ by nothing but ids, and not
// by two that contradict each other.
func sameButForIDs(a, b map[string]string) bool {
	return containsAllButIDs(a, b) && containsAllButIDs(b, a)
}

func containsAllButIDs(a, b map[string]string) bool {
	for name, value := range b {
		have, ok := a[name]
		if ok && have != value || !ok && !isID(name) && !isDefault(value) {
			return false
		}
	}
	return true
}

// isDefault tells whether a member that is left out means this value.
func isDefault(value string) bool { return value == "0" || value == "false" || value == "null" }

// laneKey is one text for an identity, the same for the same identity. Members
// that have the value that they would have if they were left out do not count:
// some events have them, others of the same text do not.
func laneKey(kind string, identity map[string]string) string {
	names := make([]string, 0, len(identity))
	for name, value := range identity {
		if !isDefault(value) {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	var b strings.Builder
	b.WriteString(kind + "\x00")
	for _, name := range names {
		b.WriteString(name + "\x00" + identity[name] + "\x00")
	}
	return b.String()
}
