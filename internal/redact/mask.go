// Package redact masks the parts of one request and restores the answer to it:
// it brings together what is found (detect), what stands in for it
// (placeholder) and where texts stand (jsonedit, profile).
//
// It knows nothing of KrakenD, so that the command line tool and the console
// use the very same code.
package redact

import (
	"io"
	"math/big"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/detect"
	"github.com/krakend-redact/krakend-redact/internal/fieldpath"
	"github.com/krakend-redact/krakend-redact/internal/httpbody"
	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/profile"
	"github.com/krakend-redact/krakend-redact/internal/scratch"
	"github.com/krakend-redact/krakend-redact/internal/secret"
)

// Options says which texts of a request are looked into.
type Options struct {
	// MaxBytes bounds a body, after decompression, in bytes.
	MaxBytes int64
	// Fields are the JSON fields to look into, with all below them. Empty: all
	// but those that steer the request (see package profile).
	Fields []fieldpath.Path
	// Keys makes object keys, form field names and query names be looked into
	// as well.
	Keys bool
	// Profile names the wire format of requests, see package profile. Empty:
	// found out from path and body.
	Profile string
	// AllowBinary passes what is not text on as it is instead of refusing it.
	AllowBinary bool
}

// Masker masks requests by one policy. It is safe for concurrent use.
type Masker struct {
	policy  *policy.Policy
	engine  *detect.Engine
	reader  *placeholder.Reader
	answers *ResponseRules // nil for none
	options Options
	// elsewhere are the rules that take no part outside of JSON, because they
	// are limited to some of its fields. Nil for none.
	elsewhere []bool
	// byContext tells of each rule whether its values are looked for again
	// without what stands around them, see repeats.
	byContext []bool
	stems     []placeholder.Stem // of all placeholders of the policy
	// everything makes all texts be looked into, those that steer a request too.
	everything bool
	// watches tells that some rules change nothing of what they find.
	watches bool
}

// NewMasker compiles a policy.
func NewMasker(p *policy.Policy, options Options) (*Masker, error) {
	engine, err := detect.Compile(p)
	if err != nil {
		return nil, err
	}
	answers, err := CompileResponse(p)
	if err != nil {
		return nil, err
	}
	seen := map[placeholder.Stem]bool{}
	var stems []placeholder.Stem
	for _, r := range append(p.Rules[:len(p.Rules):len(p.Rules)], p.ResponseRules...) {
		if r.Action.UsesPlaceholder() && !seen[r.Placeholder] {
			seen[r.Placeholder] = true
			stems = append(stems, r.Placeholder)
		}
	}
	m := &Masker{policy: p, engine: engine, reader: placeholder.NewReader(stems), stems: stems, answers: answers, options: options, byContext: byContext(p.Rules)}
	for i, r := range p.Rules {
		m.watches = m.watches || !r.Action.Changes()
		if len(r.Fields) > 0 {
			if m.elsewhere == nil {
				m.elsewhere = make([]bool, len(p.Rules))
			}
			m.elsewhere[i] = true
		}
	}
	return m, nil
}

// With returns a masker by the same policy with other options. They share all
// that is large.
func (m *Masker) With(o Options) *Masker {
	other := *m
	other.options = o
	return &other
}

// Answers returns the policy's response rules, nil for none.
func (m *Masker) Answers() *ResponseRules { return m.answers }

// Slow names the rules that are slow, with the reason and what helps. It takes a
// moment and is meant to be called once, at start.
func (m *Masker) Slow() []detect.SlowRule { return m.engine.Slow() }

// Request is one request on its way through a [Masker]. First every part is
// scanned, which also takes note of the placeholders that stand in it already;
// then the parts are masked, in the order in which values are to be numbered.
type Request struct {
	masker *Masker
	vault  *placeholder.Vault
	// profile is nil until it is known.
	profile *profile.Profile
	path    string
	// explained tells why; nil for requests of a gateway.
	explained *explained
	counts    []int
	// scope is what the rules are limited to in the text that is being scanned, for
	// which skip is made once.
	scope detect.Scope
	skip  []bool
	// name is the one of the field that is being scanned, if that may tell
	// something, and before what is put in front of a text because of it.
	name, before string
	known        repeats
	// watched are the findings that change nothing, of the part that is being
	// scanned, by their rules.
	watched []int
	notes   notes
	blocked []bool // by a rule; nil for none
	failed  bool   // a rule has taken too long
	trace   *Trace // nil for none
	room    *room  // nil when it has been given back
	// body is what ReadBody has read, and unquoted are the strings of JSON that are
	// being scanned, without their escapes: one in another. Nothing of these is kept,
	// see owned.
	body     scratch.Text
	unquoted [maxNesting + 1]scratch.Text
}

// NewRequest begins a request to a URL path. The vault holds what an earlier
// modifier has issued for it, or nothing.
func (m *Masker) NewRequest(v *placeholder.Vault, path string) *Request {
	r := &Request{masker: m, vault: v, path: path, counts: make([]int, len(m.policy.Rules)), room: rooms.Get().(*room)}
	if m.options.Profile != "" {
		r.profile = profile.Get(m.options.Profile)
	}
	r.scope.Skip = m.elsewhere
	if m.watches {
		r.scope.Watched = r.note
	}
	return r
}

// Profile returns the name of the request's wire format, once its body has
// been scanned.
func (r *Request) Profile() string {
	if r.profile == nil {
		return profile.Generic
	}
	return r.profile.Name
}

// detectProfile finds out the wire format of a JSON body.
func (r *Request) detectProfile(doc string) {
	if r.profile != nil {
		return
	}
	known := false
	r.profile = profile.Get(profile.Detect(r.path, func(name string) bool {
		if !known {
			known, r.room.fields = true, r.room.fields[:0]
			// A broken document is refused by whoever reads it next.
			_ = jsonedit.Skim(doc, maxDepth, func(t jsonedit.Text, path *jsonedit.Path) {
				if t.Kind == jsonedit.Key && path.Len() == 1 {
					r.room.fields = append(r.room.fields, path.Name())
				}
			})
		}
		return slices.Contains(r.room.fields, name)
	}))
}

// Counts returns how many findings each rule of the policy had in the parts
// masked so far, in the order of the policy's rules.
func (r *Request) Counts() []int { return r.counts }

// Verdict tells whether the request may go on, once all of its parts are masked:
// it fails with a [*BlockedError] or with [ErrTooSlow].
func (r *Request) Verdict() error {
	if r.failed {
		return ErrTooSlow
	}
	var names []string
	for i, blocked := range r.blocked {
		if blocked {
			names = append(names, r.masker.policy.Rules[i].Name)
		}
	}
	if names != nil {
		return &BlockedError{names}
	}
	return nil
}

// Part is a scanned part of a request.
type Part struct {
	doc     string
	marks   []mark
	watched []int
}

// mark is a change to a text: a finding, or plain text that one makes
// necessary: the quotes around what was a number.
type mark struct {
	start, end int
	rule       int // plainText for a quotation mark
	value      secret.String
	spelling   spelling
	isNumber   bool // the value is all of a JSON number
}

const plainText = -1

// Changed tells whether masking changes the part.
func (p Part) Changed() bool { return len(p.marks) > 0 }

// Mask returns the part with placeholders in place of values.
func (r *Request) Mask(p Part) string { return r.mask(p, r.counts, r.trace, jsonedit.Apply) }

// atOnce is up to what length in bytes net/http sends a body and its header in one
// write, if it knows the reader to have all of it: it does not know [httpbody.Once].
// A second write costs more than memory of that size does.
const atOnce = 4 << 10

// MaskBody is [Request.Mask] for the body, as it goes on. masked is there until it has
// been read.
func (r *Request) MaskBody(p Part) (masked string, body io.ReadCloser) {
	if len(p.doc) <= atOnce {
		masked = r.body.Own(r.Mask(p))
		return masked, io.NopCloser(strings.NewReader(masked))
	}
	var room scratch.Text
	apply := func(doc string, edits []jsonedit.Edit) string { return applied(&room, doc, edits) }
	if r.trace != nil && r.trace.Texts {
		apply = jsonedit.Apply // it is kept
	}
	masked = r.mask(p, r.counts, r.trace, apply)
	return masked, httpbody.NewOnce(masked, &room, &r.body)
}

// applied is jsonedit.Apply for a text that is needed no longer than its memory is
// lent.
func applied(into *scratch.Text, doc string, edits []jsonedit.Edit) string {
	if len(edits) == 0 {
		return doc
	}
	return into.Build(func(room []byte) []byte { return jsonedit.AppendEdited(room, doc, edits) })
}

// MaskCopy is [Request.Mask] for a part that stands in the request twice, as a
// query does in KrakenD's URL and in its list of values: it is not counted.
func (r *Request) MaskCopy(p Part) string {
	return r.mask(p, make([]int, len(r.counts)), nil, jsonedit.Apply)
}

func (r *Request) mask(p Part, counts []int, trace *Trace, apply func(string, []jsonedit.Edit) string) string {
	r.watch(p.watched, counts)
	for _, m := range p.marks {
		if m.rule != plainText {
			counts[m.rule]++
		}
	}
	test := r.masker.policy.Mode == policy.Test
	if test && trace == nil {
		return p.doc
	}
	edits := slices.Grow(r.room.edits[:0], len(p.marks))
	r.vault.Expect(len(p.marks))
	for _, m := range p.marks {
		text := `"`
		if m.rule != plainText {
			text = instead(r.vault, &r.masker.policy.Rules[m.rule], m.value, m.isNumber)
			if trace != nil {
				trace.issue(&r.masker.policy.Rules[m.rule], m.rule, text)
			}
		}
		edits = append(edits, jsonedit.Edit{Start: m.start, End: m.end, Text: m.spelling.write(text)})
	}
	r.room.edits = edits
	masked := apply(p.doc, edits)
	if trace != nil {
		trace.note(p.marks, edits, masked)
	}
	if test {
		return p.doc
	}
	return masked
}

// watch counts findings that change nothing, and takes note of those that block.
func (r *Request) watch(rules, counts []int) {
	for _, rule := range rules {
		counts[rule]++
		if r.masker.policy.Rules[rule].Action == policy.Block {
			if r.blocked == nil {
				r.blocked = make([]bool, len(r.counts))
			}
			r.blocked[rule] = true
		}
	}
}

// part scans a part: twice when that makes values known that may stand further
// up in it.
func (r *Request) part(scan func() (Part, error)) (Part, error) {
	known := len(r.known.rules)
	p, err := scan()
	if err == nil && len(r.known.rules) > known {
		r.watched = nil
		p, err = scan()
	}
	p.watched, r.watched = r.watched, nil
	return p, err
}

// ScanText scans a text that stands for itself, such as a header's value.
func (r *Request) ScanText(text string) Part { return r.ScanField("", text) }

// ScanField scans the value of a field, such as a header's. Its name may tell
// what the value is, and is not looked into.
func (r *Request) ScanField(name, text string) Part {
	p, _ := r.part(func() (Part, error) {
		r.named(name)
		return r.scanText(text), nil
	})
	r.named("")
	return p
}

func (r *Request) scanText(text string) Part {
	return Part{doc: text, marks: r.scan(text, 0)}
}

// ScanQuery scans a raw query string or form. names limits it to some fields;
// nil takes all. A value that holds one of the given path parameters, or is part
// of one, is looked into in any case.
func (r *Request) ScanQuery(raw string, names map[string]bool, params []string) Part {
	if raw == "" {
		return Part{}
	}
	p, _ := r.part(func() (Part, error) { return r.scanQuery(raw, names, params), nil })
	return p
}

func (r *Request) scanQuery(raw string, names map[string]bool, params []string) Part {
	p := Part{doc: raw}
	for at := 0; at <= len(raw); {
		end := len(raw)
		if i := strings.IndexByte(raw[at:], '&'); i >= 0 {
			end = at + i
		}
		name, value, isPair := strings.Cut(raw[at:end], "=")
		if !isPair {
			name, value = "", raw[at:end]
		}
		plain := percentDecode(name, true)
		inspect := names == nil || names[plain] || holdsAny(percentDecode(value, true), params)
		p.marks = r.scanCoded(p.marks, at, name, queryEscape, inspect && r.inspectsName(plain))
		r.named(plain)
		p.marks = r.scanCoded(p.marks, end-len(value), value, queryEscape, inspect)
		r.named("")
		at = end + 1
	}
	return p
}

// inspectsName tells whether the name of a field is looked into. What is no
// ordinary name is text that only looks like one: curl -d calls any text a form.
func (r *Request) inspectsName(name string) bool {
	return r.masker.options.Keys || !ordinaryName.MatchString(name)
}

var ordinaryName = regexp.MustCompile(`^[A-Za-z_$][\w.$-]*(?:\[[\w.-]*\])*$|^$`)

// ScanName scans the name of a field.
func (r *Request) ScanName(name string) Part {
	if !r.inspectsName(name) {
		r.Reserve(name)
		return Part{doc: name}
	}
	return r.ScanText(name)
}

// holdsAny tells whether a text has a path parameter in it, or is part of one:
// a parameter may have slashes and question marks.
func holdsAny(text string, params []string) bool {
	if text == "" {
		return false
	}
	for _, p := range params {
		plain := percentDecode(p, false)
		if p != "" && (strings.Contains(text, plain) || strings.Contains(plain, text)) {
			return true
		}
	}
	return false
}

// ScanPath scans the segments of an escaped URL path that have a path parameter
// in them, or are part of one: the rest was written by whoever configured the
// gateway.
func (r *Request) ScanPath(escaped string, params []string) Part {
	p, _ := r.part(func() (Part, error) { return r.scanPath(escaped, params), nil })
	return p
}

func (r *Request) scanPath(escaped string, params []string) Part {
	p := Part{doc: escaped}
	for at := 0; at <= len(escaped); {
		end := len(escaped)
		if i := strings.IndexByte(escaped[at:], '/'); i >= 0 {
			end = at + i
		}
		segment := escaped[at:end]
		p.marks = r.scanCoded(p.marks, at, segment, pathEscape, holdsAny(percentDecode(segment, false), params))
		at = end + 1
	}
	return p
}

// scanJSON scans the texts of a JSON document, or of several in a row.
func (r *Request) scanJSON(doc string, lines bool) (Part, error) {
	p := Part{doc: doc}
	watched := len(r.watched)
	walk := jsonedit.Walk
	if lines {
		walk = jsonedit.WalkLines
	}
	r.detectProfile(doc)
	signed := signedBlocks(doc, r.profile)
	err := walk(doc, maxDepth, func(t jsonedit.Text, path *jsonedit.Path) {
		if matchesAny(r.profile.Untouched, path) && isVerified(t, path, signed) {
			// Placeholders in there are ours, from an earlier turn: their
			// numbers are as they were then.
			return
		}
		inspect := r.masker.inspects(t, path) && !(matchesAny(r.profile.Binary, path) && isMedia(t.Raw))
		r.limitTo(path)
		if r.explained != nil && t.Kind != jsonedit.Key {
			r.explained.enter(path, inspect)
		}
		if t.Kind != jsonedit.Key {
			r.named(path.Name())
			defer r.named("")
		}
		if t.Kind != jsonedit.Number {
			p.marks = r.scanCoded(p.marks, t.Start, t.Raw, jsonString, inspect)
			return
		}
		if !inspect {
			return
		}
		p.marks = append(p.marks, r.scanNumber(t)...)
	})
	r.scope.Skip = r.masker.elsewhere
	for i := range r.unquoted {
		r.unquoted[i].Release()
	}
	if err != nil {
		r.watched = r.watched[:watched]
	}
	return p, err
}

// limitTo leaves out the rules that do not apply to a field of a JSON document.
func (r *Request) limitTo(path *jsonedit.Path) {
	if r.masker.elsewhere == nil {
		return
	}
	if r.skip == nil {
		r.skip = make([]bool, len(r.counts))
	}
	for i := range r.masker.policy.Rules {
		fields := r.masker.policy.Rules[i].Fields
		r.skip[i] = len(fields) > 0 && !coversAny(fields, path)
	}
	r.scope.Skip = r.skip
}

// signedBlocks returns the places of the blocks in a document that are signed
// thinking by their own word.
func signedBlocks(doc string, p *profile.Profile) map[string]bool {
	if len(p.Untouched) == 0 || !strings.Contains(doc, "thinking") {
		return nil
	}
	signed := map[string]bool{}
	// Whoever reads it next finds out whether the document is broken.
	_ = jsonedit.Skim(doc, maxDepth, func(t jsonedit.Text, path *jsonedit.Path) {
		if t.Kind == jsonedit.String && path.Len() <= maxEventDepth && path.Name() == "type" && profile.IsVerified(map[string]interface{}{"type": t.Raw}) {
			signed[blockOf(path)] = true
		}
	})
	return signed
}

// blockOf is the place of the object that a text is a member of.
func blockOf(path *jsonedit.Path) string {
	var b strings.Builder
	for i := 0; i < path.Len()-1; i++ {
		b.WriteString(path.At(i) + "\x00")
	}
	return b.String()
}

// isVerified tells whether a text that a provider may verify is one: part of a
// signed block, or a signature, which has no words in it.
func isVerified(t jsonedit.Text, path *jsonedit.Path, signed map[string]bool) bool {
	return signed[blockOf(path)] || profile.IsVerifiedField(path.Name()) && signature.MatchString(t.Raw)
}

// signature is base64, also that of URLs.
var signature = regexp.MustCompile(`^[A-Za-z0-9+/_-]{40,}={0,2}$`)

// scanNumber scans a number of a JSON document. One with a finding in it leaves
// as a string.
func (r *Request) scanNumber(t jsonedit.Text) []mark {
	r.notes.begin()
	r.noteSent(t.Raw)
	found := r.find(t.Raw)
	if len(found) == 0 {
		r.notes.view.kind = behindName
		if marks := append(r.scanNamed(t.Raw), r.known.in(t.Raw, r.scope.Skip)...); len(marks) > 0 {
			found = append(found, detect.Finding{Start: 0, End: len(t.Raw), Rule: marks[0].rule})
		}
	}
	if digits := plainDigits(t.Raw); digits != "" {
		found = slices.Clone(found) // the next search uses its memory
		r.notes.view.kind = unescaped
		// What is found in a number that is not spelled this way replaces all of it.
		if hidden := r.find(digits); len(hidden) > 0 {
			found = []detect.Finding{{Start: 0, End: len(t.Raw), Rule: hidden[0].Rule}}
		}
	}
	if len(found) == 0 {
		return nil
	}
	marks := []mark{quoteAt(t.Start)}
	for _, m := range marksOf(t.Raw, found) {
		m.isNumber = m.end-m.start == len(t.Raw)
		m.start, m.end = m.start+t.Start, m.end+t.Start
		marks = append(marks, m)
	}
	return append(marks, quoteAt(t.End))
}

// maxPlainDigits bounds how far an exponent is written out: no rule describes
// a longer number.
const maxPlainDigits = 64

// plainDigits writes out a number that has an exponent, and returns "" for
// others: 4.111e15 is the same number to whoever reads it.
func plainDigits(number string) string {
	at := strings.IndexAny(number, "eE")
	if at < 0 || len(number) > 2*maxPlainDigits {
		return ""
	}
	exponent, err := strconv.Atoi(number[at+1:])
	if err != nil || exponent > maxPlainDigits || exponent < -maxPlainDigits {
		return ""
	}
	value, ok := new(big.Rat).SetString(number)
	if !ok {
		return ""
	}
	if value.IsInt() {
		return value.Num().String()
	}
	return value.FloatString(maxPlainDigits)
}

// quoteAt is a quotation mark, for a number that leaves as a string.
func quoteAt(at int) mark {
	return mark{start: at, end: at, rule: plainText}
}

// maxDepth bounds how deep JSON may be nested: far beyond any prompt, far
// below what troubles a parser further on.
const maxDepth = 1000

// inspects tells whether a text of a JSON document is looked into.
func (m *Masker) inspects(t jsonedit.Text, path *jsonedit.Path) bool {
	if m.everything {
		return true
	}
	if t.Kind == jsonedit.Key && !m.options.Keys {
		return false
	}
	if len(m.options.Fields) > 0 {
		return coversAny(m.options.Fields, path)
	}
	switch t.Kind {
	case jsonedit.String:
		return !profile.StructuralString(path.Name(), t.Raw, path.Len())
	case jsonedit.Number:
		return !profile.StructuralNumber(path.Name(), t.Raw, path.Len())
	}
	return true
}

// scanCoded scans raw, which stands at start in its document in the given
// coding, and appends what is found in terms of the document. A text that is
// not to be inspected is still searched for placeholders.
func (r *Request) scanCoded(marks []mark, start int, raw string, c coding, inspect bool) []mark {
	return r.scanNested(marks, start, raw, c, inspect, 0)
}

func (r *Request) scanNested(marks []mark, start int, raw string, c coding, inspect bool, level int) []mark {
	var text string
	if c == jsonString {
		text = unquote(&r.unquoted[level], raw)
	} else {
		text = c.decode(raw)
	}
	if !inspect {
		r.vault.Reserve(r.masker.reader, text)
		return marks
	}
	moved := r.moveOut(owned(r.scan(text, level), &r.unquoted[level]), start, raw, c)
	if len(marks) == 0 {
		return moved
	}
	return append(marks, moved...)
}

// unquote is jsonedit.Unquote for a text that is needed no longer than its memory is
// lent.
func unquote(into *scratch.Text, raw string) string {
	if strings.IndexByte(raw, '\\') < 0 {
		return raw
	}
	return into.Build(func(room []byte) []byte { return jsonedit.AppendUnquoted(room, raw) })
}

// owned returns marks whose values do not lie in memory that is used again, in place.
func owned(marks []mark, lent *scratch.Text) []mark {
	for i := range marks {
		if value := marks[i].value.Reveal(); lent.Holds(value) {
			marks[i].value = secret.New(strings.Clone(value))
		}
	}
	return marks
}

// moveOut turns marks in a decoded text into marks in the document that holds
// it, in place.
func (r *Request) moveOut(marks []mark, start int, raw string, c coding) []mark {
	if len(marks) == 0 {
		return nil
	}
	offsets := slices.Grow(r.room.offsets[:0], 2*len(marks))
	for _, m := range marks {
		offsets = append(offsets, m.start, m.end)
	}
	r.room.offsets = offsets
	c.place(raw, offsets)
	for i := range marks {
		marks[i].start, marks[i].end = offsets[2*i]+start, offsets[2*i+1]+start
		marks[i].spelling = marks[i].spelling.in(c)
	}
	return marks
}

// maxNesting bounds how many strings of JSON within strings of JSON are read as
// JSON. What is deeper is still looked into as text without its escapes.
const maxNesting = 3

// scan returns what is found in a text, in order. A text that is a JSON
// document itself, such as the arguments of a tool call, is also scanned as
// one, for what its own escapes hide.
func (r *Request) scan(text string, level int) []mark {
	r.vault.Reserve(r.masker.reader, text)
	r.noteSent(text)
	if level == 0 {
		r.notes.begin()
	}
	r.notes.view = view{level, asWritten}
	marks := marksOf(text, r.find(text))
	if strings.Contains(text, `\u`) {
		r.notes.view.kind = unescaped
		marks = union(text, marks, r.scanHidden(text))
	}
	if level == 0 {
		r.notes.view.kind = behindName
		marks = union(text, r.scanNamed(text), marks)
	}
	marks = union(text, r.known.in(text, r.scope.Skip), marks)
	if level == maxNesting || !jsonedit.Begins(text) || len(marks) == 0 && strings.IndexByte(text, '\\') < 0 {
		return marks
	}
	var inner []mark
	at := 0
	outer := append([]mark{}, marks...)
	err := jsonedit.Walk(text, maxDepth, func(t jsonedit.Text, _ *jsonedit.Path) {
		switch {
		case t.Kind == jsonedit.Number:
			for at < len(outer) && outer[at].end <= t.Start {
				at++
			}
			if at < len(outer) && outer[at].start >= t.Start && outer[at].end <= t.End {
				outer[at].isNumber = outer[at].start == t.Start && outer[at].end == t.End
				inner = append(inner, quoteAt(t.Start), quoteAt(t.End))
			}
		case t.Escaped:
			for at < len(outer) && outer[at].end <= t.Start {
				at++
			}
			inEscaped(outer[at:], t)
			inner = r.scanNested(inner, t.Start, t.Raw, jsonString, true, level+1)
		}
	})
	if err != nil {
		return marks
	}
	return union(text, nonEmpty(outer), inner)
}

// noteSent takes note of what response rules would find in a text of the
// caller's, so that answers keep it.
func (r *Request) noteSent(text string) {
	if r.masker.answers == nil {
		return
	}
	for _, f := range r.masker.answers.engine.Find(nil, text) {
		r.vault.AddSent(strings.Clone(text[f.Start:f.End])) // the text's memory is used again
	}
}

// scanHidden returns what is found in a text once its escapes are decoded.
func (r *Request) scanHidden(text string) []mark {
	decoded, place := withoutEscapes(text)
	r.vault.Reserve(r.masker.reader, decoded)
	found := r.find(decoded)
	offsets := make([]int, 0, 2*len(found))
	for _, f := range found {
		offsets = append(offsets, f.Start, f.End)
	}
	place(offsets)
	for i := range found {
		found[i].Start, found[i].End = offsets[2*i], offsets[2*i+1]
	}
	return marksOf(text, found)
}

// union joins what was found in a text with what was found in the JSON that it
// is. No byte of either is left over: of two marks one of which holds the
// other the larger stays, and two that overlap in part become one.
func union(text string, outer, inner []mark) []mark {
	if len(outer) == 0 {
		return inner
	}
	if len(inner) == 0 {
		return outer
	}
	all := append(append([]mark{}, inner...), outer...)
	sort.SliceStable(all, func(i, j int) bool { return all[i].start < all[j].start })
	joined := all[:1]
	for _, m := range all[1:] {
		last := &joined[len(joined)-1]
		switch {
		case m.start >= last.end:
			joined = append(joined, m)
		case m.end <= last.end:
			// held by last
		case m.start == last.start:
			*last = m
		default:
			both := mark{start: last.start, end: m.end, rule: last.rule}
			if slices.Equal(last.spelling, m.spelling) {
				both.spelling = last.spelling
			}
			both.value = secret.New(both.spelling.read(text[both.start:both.end]))
			*last = both
		}
	}
	return joined
}

// marksOf makes a mark of each finding in a text.
func marksOf(text string, found []detect.Finding) []mark {
	if len(found) == 0 {
		return nil
	}
	size := 0
	for _, f := range found {
		size += f.End - f.Start
	}
	var all strings.Builder // the text may lie in memory that is used again
	all.Grow(size)
	marks, values := make([]mark, len(found)), make([]string, len(found))
	for i, f := range found {
		all.WriteString(text[f.Start:f.End])
		values[i] = all.String()[all.Len()-(f.End-f.Start):]
		marks[i] = mark{start: f.Start, end: f.End, rule: f.Rule, value: secret.Of(&values[i])}
	}
	return marks
}

// Reserve keeps the placeholders that stand in texts from being issued.
func (r *Request) Reserve(texts ...string) {
	for _, text := range texts {
		r.vault.Reserve(r.masker.reader, text)
	}
}
