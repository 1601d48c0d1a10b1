package profile

import (
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/fieldpath"
)

// Profile is what is known of one wire format. The lists only say what differs
// from the rule: every string is looked into, and every string is restored.
type Profile struct {
	// Name is what settings and logs call it.
	Name string
	// Paths are endings of URL paths that speak it.
	Paths []string
	// Fields are fields of a request's root that give it away.
	Fields []string
	// Untouched are the texts that the provider verifies, in requests and in
	// answers: a change would make it refuse the next request.
	Untouched []fieldpath.Path
	// Binary are the fields that hold base64 of media.
	Binary []fieldpath.Path
	// Arguments are the objects of answers that hold a tool call's arguments,
	// in which a number goes back as a number.
	Arguments []fieldpath.Path
	// Offsets are the parts of answers that count characters or list tokens of
	// a text. They would be wrong once the text has changed, so they are
	// dropped then.
	Offsets []Offset
	// Parts are the texts of answers that clients show one after the other as
	// one.
	Parts []Part
	// Lanes are the texts of stream events that are pieces of longer ones.
	Lanes []Lane
	// Ends tell which stream events end lanes.
	Ends []End
	// Arrays tells that a stream may also come as one JSON array of events.
	Arrays bool
}

// Offset is a part of an answer that goes with a text, and what stands for none
// of it.
type Offset struct {
	Path fieldpath.Path
	None string
	// Sent is the member that shows that it counts characters of what was sent,
	// not of the answer: it is wrong as soon as something was masked. "" is none.
	Sent string
}

// Part is a text that is one of several parts of another.
type Part struct {
	// Type is what the document's own field type must hold; "" is any.
	Type string
	Path fieldpath.Path
	// Text names the text as lanes do. "" is what the field type beside the
	// part says.
	Text string
	// Ends tells that a stream says where each part ends before more comes.
	Ends bool
}

// Lane is a text of stream events. Events that agree in all their indexes and
// ids carry pieces of the same text.
type Lane struct {
	// Type is what the event's own field type must hold; "" is any.
	Type string
	// Path is where the text stands in the event.
	Path fieldpath.Path
	// Arguments tells that the text is a JSON document in pieces.
	Arguments bool
	// Text names a text that lanes with the same name are parts of: clients
	// show them one after the other as one. "" is a text of its own.
	Text string
	// Ends is as in [Part].
	Ends bool
}

// End is an event after which no more pieces come for the lanes that agree
// with it in the indexes and ids that it has.
type End struct {
	// Type is what the event's own field type must hold; "" is any.
	Type string
	// Path is a field that must be a text, not an empty one, or true. It needs
	// to be set only without Type. An event that has more text for a lane does
	// not end it, unless it is the last: some providers say so in every event.
	Path fieldpath.Path
	// Last tells that clients read nothing behind it.
	Last bool
}

// Streams tells whether lanes or their ends have something at a place.
func (p *Profile) Streams(at fieldpath.Element) bool {
	for _, l := range p.Lanes {
		if l.Path.Matches(at) {
			return true
		}
	}
	for _, e := range p.Ends {
		if e.Type == "" && e.Path.Matches(at) {
			return true
		}
	}
	return false
}

// Generic is the profile of unknown JSON.
const Generic = "generic"

// profiles are in the order in which a request is tried.
var profiles = []*Profile{
	openAIResponses, anthropic, gemini, cohere, ollama, openAIChat, openAICompletions,
}

// Names returns the names that settings may use, besides auto.
func Names() []string {
	names := []string{Generic}
	for _, p := range profiles {
		names = append(names, p.Name)
	}
	return names
}

// Get returns a profile by its name. The generic one, and any unknown name,
// know the lanes of all formats, which do not get in each other's way, but
// leave nothing untouched.
func Get(name string) *Profile {
	for _, p := range profiles {
		if p.Name == name {
			return p
		}
	}
	return generic
}

// Detect returns the name of the profile that a request speaks. hasField tells
// whether the request's body has a field at its root.
func Detect(path string, hasField func(string) bool) string {
	for _, p := range profiles {
		for _, ending := range p.Paths {
			if strings.HasSuffix(path, ending) {
				return p.Name
			}
		}
	}
	for _, p := range profiles {
		if len(p.Fields) > 0 && hasAll(p.Fields, hasField) {
			return p.Name
		}
	}
	return Generic
}

func hasAll(fields []string, has func(string) bool) bool {
	for _, f := range fields {
		if !has(f) {
			return false
		}
	}
	return true
}

var generic = func() *Profile {
	g := &Profile{Name: Generic}
	for _, p := range profiles {
		g.Lanes = append(g.Lanes, p.Lanes...)
		g.Ends = append(g.Ends, p.Ends...)
		g.Arguments = append(g.Arguments, p.Arguments...)
		g.Offsets = append(g.Offsets, p.Offsets...)
		g.Parts = append(g.Parts, p.Parts...)
	}
	return g
}()

var grouped = func() map[*Profile]*Profile {
	all := map[*Profile]*Profile{}
	for _, p := range append([]*Profile{generic}, profiles...) {
		g := *p
		g.Untouched, g.Arguments, g.Offsets, g.Parts = below(p.Untouched), below(p.Arguments), nil, nil
		for _, o := range p.Offsets {
			g.Offsets = append(g.Offsets, Offset{o.Path.Below(), o.None, o.Sent})
		}
		for _, part := range p.Parts {
			part.Path = part.Path.Below()
			g.Parts = append(g.Parts, part)
		}
		all[p] = &g
	}
	return all
}()

func below(paths []fieldpath.Path) []fieldpath.Path {
	all := make([]fieldpath.Path, len(paths))
	for i, p := range paths {
		all[i] = p.Below()
	}
	return all
}

// Grouped returns the profile of answers that stand one level deeper, where
// KrakenD's group has put them.
func (p *Profile) Grouped() *Profile { return grouped[p] }

// Knows tells whether an answer with a field of that name at its root is one
// that the profile knows more of.
func (p *Profile) Knows(field string) bool {
	for _, path := range append(append([]fieldpath.Path{}, p.Untouched...), p.Arguments...) {
		if path.Begins(field) {
			return true
		}
	}
	for _, o := range p.Offsets {
		if o.Path.Begins(field) {
			return true
		}
	}
	for _, part := range p.Parts {
		if part.Path.Begins(field) {
			return true
		}
	}
	return false
}

// paths compiles the tables of this package.
func paths(expressions ...string) []fieldpath.Path {
	compiled := make([]fieldpath.Path, len(expressions))
	for i, e := range expressions {
		compiled[i] = path(e)
	}
	return compiled
}

func path(expression string) fieldpath.Path {
	p, err := fieldpath.Compile(expression)
	if err != nil {
		panic("profile: a table holds a broken path: " + expression)
	}
	return p
}

// IsVerified tells whether an object is one that a provider verifies as a whole.
// KrakenD may have put it anywhere, so paths do not help; a value that is restored
// in such an object would come back unmasked.
func IsVerified(object map[string]interface{}) bool {
	kind, _ := object["type"].(string)
	return kind == "thinking" || kind == "redacted_thinking"
}

// IsVerifiedField is the same for a field.
func IsVerifiedField(name string) bool {
	switch name {
	case "signature", "thoughtSignature", "thought_signature", "encrypted_content":
		return true
	}
	return false
}
