package redact

import (
	"errors"
	"io"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/fieldpath"
	"github.com/krakend-redact/krakend-redact/internal/httpbody"
	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/profile"
	"github.com/krakend-redact/krakend-redact/internal/scratch"
)

// AnswerOptions say how an answer is restored.
type AnswerOptions struct {
	// MaxBytes bounds a body, after decompression, in bytes.
	MaxBytes int64
	// Profile names the wire format, see package profile.
	Profile string
	// Grammar is how exactly placeholders must be spelled.
	Grammar placeholder.Grammar
	// Links are the links that values are restored in.
	Links placeholder.Links
	// Rules mask what is new in the answer; nil for none.
	Rules *ResponseRules
	// PassOnError passes on what the rules cannot look into, instead of ending a
	// stream with it.
	PassOnError bool
	// Done is called when a streamed answer has ended; nil for nothing to do.
	Done func(*Answer)
}

// Answer restores the answer to one request. It is not safe for concurrent
// use.
type Answer struct {
	restorer  *placeholder.Restorer
	newcomers *newcomers // nil without response rules
	changed   bool       // some text of the answer has changed
	masked    bool       // something was masked in the request
	// passOnError is as in AnswerOptions, unread how many events were passed on
	// without being looked into, and refused why the stream was ended.
	passOnError bool
	unread      int
	refused     error
	done        func(*Answer) // nil for nothing to do
	profile     *profile.Profile
	limit       int64
	// body is what Read has read, unquoted the string of JSON that is being restored,
	// without its escapes, and restored what has become of the body. Nothing of these
	// is kept.
	body, unquoted, restored scratch.Text
	trace                    *AnswerTrace // nil for none
}

// maxGrowth bounds what all values in one answer come to, as a multiple of the
// limit of a body: a large value and a short answer that repeats its
// placeholder would otherwise fill the memory.
const maxGrowth = 4

// Stats returns what has been restored so far.
func (a *Answer) Stats() placeholder.Stats { return a.restorer.Stats() }

// Masked returns how many new values have been masked so far.
func (a *Answer) Masked() int {
	if a.newcomers == nil {
		return 0
	}
	return a.newcomers.masked
}

// Counts returns how many findings each response rule has had so far, in the
// order of the policy's response rules; nil without any.
func (a *Answer) Counts() []int {
	if a.newcomers == nil {
		return nil
	}
	return a.newcomers.counts
}

// Unread returns how many events of a stream were passed on although they could
// not be looked into, or not well.
func (a *Answer) Unread() int { return a.unread }

// Refused returns why a stream was ended before its time, nil if it was not.
func (a *Answer) Refused() error { return a.refused }

// refuses tells whether what cannot be looked into must not pass.
func (a *Answer) refuses() bool { return a.newcomers != nil && !a.newcomers.test && !a.passOnError }

// NewAnswer begins an answer.
func NewAnswer(v *placeholder.Vault, o AnswerOptions) *Answer {
	return &Answer{
		restorer:    placeholder.NewRestorer(v, o.Grammar, o.Links, maxGrowth*o.MaxBytes),
		newcomers:   newNewcomers(o.Rules, v),
		masked:      v.Restorable() > 0,
		passOnError: o.PassOnError,
		done:        o.Done,
		profile:     profile.Get(o.Profile),
		limit:       o.MaxBytes,
	}
}

// ErrUnreadable is an answer that cannot be looked into. It goes back with its
// placeholders, which tell nobody anything.
var ErrUnreadable = errors.New("the answer is not in a form that can be read")

// Read reads a body of up to the limit, which is there until the end of
// [Answer.Body] or [Answer.Restored]. What it has read is returned with ErrTooLarge and with the reader's
// own error too, and is there for good then.
func (a *Answer) Read(r io.Reader) (string, error) {
	raw, err := httpbody.Read(&a.body, r, a.limit)
	if err != nil {
		raw = a.body.Own(raw)
	}
	return raw, err
}

// Body returns a body with the values in place of their placeholders, and with
// new values masked. A body that was compressed and has changed is returned
// plain; one that has not is returned as it came.
func (a *Answer) Body(raw string, c Content) (body string, changed bool, err error) {
	body, changed, err = a.whole(raw, c)
	body = a.restored.Own(a.body.Own(body))
	a.release(err)
	return body, changed, err
}

// Restored is [Answer.Body] for a body that is read once. size is its length.
func (a *Answer) Restored(raw string, c Content) (body *httpbody.Once, size int, changed bool, err error) {
	text, changed, err := a.whole(raw, c)
	body = httpbody.NewOnce(text, &a.restored, &a.body)
	a.release(err)
	return body, len(text), changed, err
}

// release gives back what is lent, unless something has failed.
func (a *Answer) release(err error) {
	if err == nil {
		a.body.Release()
		a.restored.Release()
	}
}

func (a *Answer) whole(raw string, c Content) (body string, changed bool, err error) {
	a.done = nil // it is for streams that are read later
	doc, err := httpbody.Inflate(raw, c.Encoding, a.limit)
	if _, params := c.Kind(); err != nil || !httpbody.ContainsASCII(params["charset"]) {
		return raw, false, ErrUnreadable
	}
	a.trace.document(doc, c)
	plain, err := a.document(doc, c)
	if err != nil || plain == doc {
		return raw, false, err
	}
	return plain, true, nil
}

func (a *Answer) document(doc string, c Content) (string, error) {
	switch k, _ := c.Kind(); k {
	case httpbody.JSON:
		if a.profile.Arrays && strings.HasPrefix(strings.TrimLeft(doc, " \t\r\n"), "[") {
			plain, err := io.ReadAll(a.NewArrayStream(strings.NewReader(doc)))
			return string(plain), err
		}
		edits, counted, err := a.json(doc, jsonedit.Walk)
		if err != nil {
			return "", ErrUnreadable
		}
		return applied(&a.restored, doc, a.withoutOffsets(doc, edits, counted)), nil
	case httpbody.JSONLines, httpbody.EventStream:
		return a.streamed(doc, c)
	case httpbody.Markup:
		return applied(&a.restored, doc, a.text(doc, placeholder.Text, spelling{markupText})), nil
	case httpbody.Unknown:
		return a.unknown(doc)
	}
	return a.textOrJSON(doc), nil
}

// unknown restores a body of which nothing is said.
func (a *Answer) unknown(doc string) (string, error) {
	if isEvents.MatchString(doc) {
		return a.streamed(doc, Content{Type: "text/event-stream"})
	}
	return a.textOrJSON(doc), nil
}

func (a *Answer) textOrJSON(doc string) string {
	if isJSON.MatchString(doc) {
		if edits, counted, err := a.json(doc, jsonedit.WalkLines); err == nil {
			return applied(&a.restored, doc, a.withoutOffsets(doc, edits, counted))
		}
	}
	return applied(&a.restored, doc, a.text(doc, placeholder.Text, nil))
}

var (
	isEvents = regexp.MustCompile(`^(?:data|event): ?[^ ]`)
	isJSON   = regexp.MustCompile(`^\s*[\[{"]`)
)

// streamed restores a stream that has arrived in whole.
func (a *Answer) streamed(doc string, c Content) (string, error) {
	plain, err := io.ReadAll(a.NewStream(strings.NewReader(doc), c))
	return string(plain), err
}

type walkFunc func(string, int, func(jsonedit.Text, *jsonedit.Path)) error

// json restores the strings and keys of a JSON document. counted tells that there is
// something in it for [Answer.withoutOffsets].
func (a *Answer) json(doc string, walk walkFunc) (edits []jsonedit.Edit, counted bool, err error) {
	return a.jsonAfter(func(string, place) *placeholder.Lane { return nil }, doc, walk)
}

// jsonAfter is json for a document whose texts may be parts of what has been
// shown before.
func (a *Answer) jsonAfter(before shownBefore, doc string, walk walkFunc) (edits []jsonedit.Edit, counted bool, err error) {
	d := &answerDoc{doc: doc, signed: signedBlocks(doc, a.profile), before: before, glance: a.restorer.Glance(doc)}
	err = walk(doc, maxDepth, func(t jsonedit.Text, path *jsonedit.Path) {
		d.counted = d.counted || t.Kind == jsonedit.Key && a.counts(d.doc, t, path)
		found := a.jsonText(d, t, path)
		switch {
		case len(found) == 0:
		case d.edits == nil:
			d.edits = found
		default:
			d.edits = append(d.edits, found...)
		}
	})
	a.unquoted.Release()
	return d.edits, d.counted, err
}

// answerDoc is a document of an answer, with what has been found out about it.
type answerDoc struct {
	doc    string
	signed map[string]bool // blocks that the provider verifies
	before shownBefore
	parts  map[int]shownPart // nil before there is one
	glance placeholder.Glance

	edits   []jsonedit.Edit
	counted bool // there is something for withoutOffsets
}

// jsonText restores one string or key of a JSON document.
func (a *Answer) jsonText(d *answerDoc, t jsonedit.Text, path *jsonedit.Path) []jsonedit.Edit {
	doc := d.doc
	if d.parts == nil && a.beginsPart(t, path) {
		d.parts = a.partsOf(doc, d.before)
	}
	p, isPart := d.parts[t.Start]
	switch {
	case !isPart && a.newcomers == nil && a.trace == nil && !d.glance.Sees(t):
		return nil
	case matchesAny(a.profile.Untouched, path), len(d.signed) > 0 && d.signed[blockOf(path)]:
		return nil
	case isPart:
		return a.part(p, t)
	case t.Kind == jsonedit.Number:
		return a.newNumber(t, path)
	case t.Kind == jsonedit.String && coversAny(a.profile.Arguments, path):
		// With its quotes, which a number goes without.
		start, end := t.Start-1, t.End+1
		edits := a.text(doc[start:end], placeholder.JSON, nil)
		for i := range edits {
			edits[i].Start, edits[i].End = edits[i].Start+start, edits[i].End+start
		}
		return edits
	case t.Kind == jsonedit.String && path.Name() == "arguments":
		return a.quoted(t, placeholder.JSON)
	}
	return a.quoted(t, placeholder.Detected)
}

// newNumber masks a number that is new. It leaves as a string.
func (a *Answer) newNumber(t jsonedit.Text, path *jsonedit.Path) []jsonedit.Edit {
	if a.newcomers == nil || profile.StructuralNumber(path.Name(), t.Raw, path.Len()) {
		return nil
	}
	if text, ok := a.newcomers.inNumber(t.Raw); ok {
		return []jsonedit.Edit{{Start: t.Start, End: t.End, Text: text}}
	}
	return nil
}

func matchesAny(paths []fieldpath.Path, at *jsonedit.Path) bool {
	for _, p := range paths {
		if p.Matches(at) {
			return true
		}
	}
	return false
}

func coversAny(paths []fieldpath.Path, at *jsonedit.Path) bool {
	for _, p := range paths {
		if p.Covers(at) {
			return true
		}
	}
	return false
}

// quoted restores one string of a JSON document.
func (a *Answer) quoted(t jsonedit.Text, m placeholder.Mode) []jsonedit.Edit {
	return a.inQuotes(t, a.text(unquote(&a.unquoted, t.Raw), m, spelling{jsonString}))
}

// inQuotes moves edits in the text that a JSON string stands for to the
// document.
func (a *Answer) inQuotes(t jsonedit.Text, edits []jsonedit.Edit) []jsonedit.Edit {
	if len(edits) == 0 {
		return nil
	}
	var few [2 * usualTokens]int
	offsets := slices.Grow(few[:0], 2*len(edits))
	for _, e := range edits {
		offsets = append(offsets, e.Start, e.End)
	}
	jsonString.place(t.Raw, offsets)
	for i := range edits {
		edits[i].Start, edits[i].End = offsets[2*i]+t.Start, offsets[2*i+1]+t.Start
	}
	return edits
}

func (a *Answer) text(text string, m placeholder.Mode, s spelling) []jsonedit.Edit {
	var few [usualTokens]placeholder.Token
	return a.trace.text(text, a.replace(a.restorer.Find(few[:0], text, m), text, m, s))
}

// usualTokens is how many placeholders a text has at most, most of the time.
const usualTokens = 16

// replace returns the edits for the placeholders that have been found in a text,
// and for what is new in it.
func (a *Answer) replace(tokens []placeholder.Token, text string, m placeholder.Mode, s spelling) []jsonedit.Edit {
	if len(tokens) == 0 && a.newcomers == nil {
		return nil
	}
	edits := make([]jsonedit.Edit, 0, len(tokens))
	document := follow(m)
	at := 0
	gap := func(end int) {
		for _, e := range a.newcomers.edits(text[at:end], &document) {
			edits = append(edits, jsonedit.Edit{Start: e.Start + at, End: e.End + at, Text: s.write(e.Text)})
		}
	}
	for _, t := range tokens {
		gap(t.Start)
		value := t.Value.Reveal()
		edits = append(edits, jsonedit.Edit{Start: t.Start, End: t.End, Text: s.write(value)})
		document.placed()
		at = t.End
	}
	gap(len(text))
	return edits
}

// counts tells whether a key of a document is one of those whose values
// withoutOffsets drops.
func (a *Answer) counts(doc string, key jsonedit.Text, path *jsonedit.Path) bool {
	for i := range a.profile.Offsets {
		if o := &a.profile.Offsets[i]; o.Path.Matches(path) {
			value := strings.TrimLeft(doc[key.End+1:], " \t\r\n:")
			return !strings.HasPrefix(value, "null") && !strings.HasPrefix(value, o.None)
		}
	}
	return false
}

// withoutOffsets adds edits that drop what counts the characters of texts that
// have changed, and leaves out the given edits in what is dropped. counted tells
// that there may be any such thing.
func (a *Answer) withoutOffsets(doc string, edits []jsonedit.Edit, counted bool) []jsonedit.Edit {
	a.changed = a.changed || len(edits) > 0
	if !counted || !a.changed && !a.masked {
		return edits
	}
	var dropped []jsonedit.Edit
	err := jsonedit.Values(doc, maxDepth, func(start, end int, path *jsonedit.Path) {
		for _, o := range a.profile.Offsets {
			if o.Path.Matches(path) && doc[start:end] != "null" && (a.changed || a.masked && countsSent(o, doc[start:end])) {
				dropped = append(dropped, jsonedit.Edit{Start: start, End: end, Text: o.None})
				return
			}
		}
	})
	if err != nil || len(dropped) == 0 {
		return edits
	}
	kept := dropped
	for _, e := range edits {
		inside := false
		for _, d := range dropped {
			inside = inside || d.Start <= e.Start && e.End <= d.End
		}
		if !inside {
			kept = append(kept, e)
		}
	}
	return inOrder(kept)
}

// countsSent tells whether a part of an answer counts the characters of what was
// sent.
func countsSent(o profile.Offset, part string) bool {
	return o.Sent != "" && strings.Contains(part, `"`+o.Sent+`"`)
}

// Text restores a text that stands for itself.
func (a *Answer) Text(text string) (string, int) {
	edits := a.text(text, placeholder.Detected, nil)
	return jsonedit.Apply(text, edits), len(edits)
}

// inOrder sorts edits by where they begin.
func inOrder(edits []jsonedit.Edit) []jsonedit.Edit {
	sort.Slice(edits, func(i, j int) bool { return edits[i].Start < edits[j].Start })
	return edits
}
