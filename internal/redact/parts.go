package redact

import (
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/profile"
)

// shownPart is a text of a document that clients show after others as one: a link
// may begin in an earlier part.
type shownPart struct {
	text *joined
	// goesOn tells that another part may follow.
	goesOn bool
}

// joined is a text made of parts.
type joined struct{ last *placeholder.Lane }

// shownBefore returns what has been shown before the first part of a text, nil for
// nothing.
type shownBefore func(text string, at place) *placeholder.Lane

// beginsPart tells whether a text of a document can be one of its parts.
func (a *Answer) beginsPart(t jsonedit.Text, path *jsonedit.Path) bool {
	if t.Kind != jsonedit.String {
		return false
	}
	for i := range a.profile.Parts {
		if a.profile.Parts[i].Path.Matches(path) {
			return true
		}
	}
	return false
}

// partsOf returns the parts in a document by where they begin: never nil, so that
// nobody asks twice.
func (a *Answer) partsOf(doc string, before shownBefore) map[int]shownPart {
	type found struct {
		start int
		block string
		spec  profile.Part
		at    place
	}
	var all []found
	type traits struct{ kind, thought string }
	var blocks map[string]traits
	kind := ""
	// Whoever reads it next finds out whether the document is broken.
	_ = jsonedit.Skim(doc, maxDepth, func(t jsonedit.Text, path *jsonedit.Path) {
		n := path.Len()
		if n == 0 || n > maxEventDepth || t.Kind == jsonedit.Key {
			return
		}
		if _, isElement := path.Index(n - 1); isElement {
			return
		}
		switch path.At(n - 1) {
		case "type", "thought":
			block := blockOf(path)
			b := blocks[block]
			if path.At(n-1) == "type" {
				b.kind = t.Raw
			} else {
				b.thought = t.Raw
			}
			if blocks == nil {
				blocks = map[string]traits{}
			}
			blocks[block] = b
			if n == 1 {
				kind = b.kind
			}
			return
		}
		if t.Kind != jsonedit.String {
			return
		}
		for _, spec := range a.profile.Parts {
			if spec.Path.Matches(path) {
				all = append(all, found{t.Start, blockOf(path), spec, placeOf(path)})
				return
			}
		}
	})
	parts := map[int]shownPart{}
	texts := map[string]*joined{}
	lasts := map[*joined]int{}
	for _, f := range all {
		if f.spec.Type != "" && f.spec.Type != kind {
			continue
		}
		name := f.spec.Text
		if name == "" {
			name = blocks[f.block].kind
		}
		key := messageKey(f.at) + name + "\x00" + blocks[f.block].thought
		text := texts[key]
		if text == nil {
			text = &joined{before(name, f.at)}
			texts[key] = text
		}
		parts[f.start] = shownPart{text, true}
		if lasts[text] = f.start; f.spec.Ends {
			delete(lasts, text)
		}
	}
	for text, start := range lasts {
		parts[start] = shownPart{text, false}
	}
	return parts
}

// messageKey is what all parts of one text have in common in their places: the
// names, and which of several answers it is.
func messageKey(at place) string {
	var b strings.Builder
	for i, s := range at {
		if s.index < 0 || i > 0 && (at[i-1].name == "choices" || at[i-1].name == "candidates") {
			b.WriteString(s.name)
		}
		b.WriteByte(0)
	}
	return b.String()
}

// part restores a part of a text.
func (a *Answer) part(p shownPart, t jsonedit.Text) []jsonedit.Edit {
	text := unquote(&a.unquoted, t.Raw)
	m := placeholder.Detected
	lane := a.restorer.NewLane(m)
	if p.text.last != nil {
		lane.Follow(p.text.last)
	}
	p.text.last = lane
	find := lane.Find
	if p.goesOn {
		find = lane.FindPart
	}
	return a.inQuotes(t, a.trace.text(text, a.replace(find(nil, text), text, m, spelling{jsonString})))
}
