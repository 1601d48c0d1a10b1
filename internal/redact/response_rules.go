package redact

import (
	"strconv"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/detect"
	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/secret"
)

// ResponseRules are the compiled rules for what is new in answers. They are
// safe for concurrent use.
type ResponseRules struct {
	engine *detect.Engine
	rules  []policy.Rule
	test   bool // nothing is changed
}

// CompileResponse compiles the response rules of a policy; nil means that it
// has none.
func CompileResponse(p *policy.Policy) (*ResponseRules, error) {
	if len(p.ResponseRules) == 0 {
		return nil, nil
	}
	engine, err := detect.CompileResponse(p)
	if err != nil {
		return nil, err
	}
	return &ResponseRules{engine, p.ResponseRules, p.Mode == policy.Test}, nil
}

// newcomers masks what is new in one answer, for good. What the caller sent is
// not new.
type newcomers struct {
	*ResponseRules
	vault  *placeholder.Vault
	sent   map[string]bool
	masked int
	counts []int           // of findings, by their rules
	issued []issued        // by the rules; nil when nobody asks
	noted  map[string]bool // values that rules with the action "alert" have found
}

func newNewcomers(r *ResponseRules, v *placeholder.Vault) *newcomers {
	if r == nil {
		return nil
	}
	n := &newcomers{ResponseRules: r, vault: v, sent: map[string]bool{}, counts: make([]int, len(r.rules)), noted: map[string]bool{}}
	for _, value := range v.Sent() {
		n.sent[value.Reveal()] = true
	}
	return n
}

// instead returns what stands in for a finding, false when it stays.
func (n *newcomers) instead(value string, rule int) (string, bool) {
	if n.sent[value] {
		return "", false
	}
	n.counts[rule]++
	if n.test {
		return "", false
	}
	n.masked++
	text := instead(n.vault, &n.rules[rule], secret.New(strings.Clone(value)), false) // its memory is used again
	if n.issued != nil && n.rules[rule].Action.UsesPlaceholder() {
		n.issued[rule].add(text)
	}
	return text, true
}

// find returns what the rules describe in a text that has arrived in whole.
func (n *newcomers) find(text string) []detect.Finding {
	// No rule for answers can fail: those that backtrack are refused at start.
	found, _ := n.engine.SearchIn(nil, text, detect.Scope{Watched: func(f detect.Finding) { n.note(text[f.Start:f.End], f.Rule) }})
	return found
}

// note counts a value that is left as it is, once in an answer: texts may be
// looked into in more than one way.
func (n *newcomers) note(value string, rule int) {
	if key := strconv.Itoa(rule) + " " + value; !n.sent[value] && !n.noted[key] {
		n.noted[key] = true
		n.counts[rule]++
	}
}

// part is a part of a text: one that stays as it is so far, or one that a
// placeholder stands in for.
type part struct {
	start, end int
	masked     bool
	instead    string // spelled for its place
	// asText tells that rules are to look into the part as it is spelled, too.
	asText bool
}

// parts cuts up a text that holds no restored value, in a document that has been
// followed up to the text, and masks what is new in the strings and numbers of
// JSON: these are looked into as they read, not as they are spelled. end is how
// far that is done: a string or number that may go on is left, unless last.
func (n *newcomers) parts(text string, d *follower, last bool) (parts []part, end int) {
	add := func(p part) {
		if k := len(parts) - 1; k >= 0 && !p.masked && !parts[k].masked && parts[k].asText == p.asText {
			parts[k].end = p.end
			return
		}
		if p.start < p.end {
			parts = append(parts, p)
		}
	}
	for end < len(text) {
		size, kind, complete := d.segment(text[end:])
		if !complete && !last {
			break
		}
		raw, asText, at := text[end:end+size], d.asText(), end
		switch kind {
		case jsonText:
			for _, e := range n.inString(raw) {
				add(part{start: at, end: end + e.Start, asText: asText})
				add(part{start: end + e.Start, end: end + e.End, masked: true, instead: e.Text})
				at = end + e.End
			}
		case jsonScalar:
			if text, ok := n.inNumber(raw); ok {
				add(part{start: at, end: at + size, masked: true, instead: text})
				at += size
			}
		}
		add(part{start: at, end: end + size, asText: asText})
		d.pass(raw)
		end += size
	}
	return parts, end
}

// inString masks what is new in a string of JSON.
func (n *newcomers) inString(raw string) []jsonedit.Edit {
	text := jsonString.decode(raw)
	found := n.find(text)
	offsets := make([]int, 0, 2*len(found))
	for _, f := range found {
		offsets = append(offsets, f.Start, f.End)
	}
	jsonString.place(raw, offsets)
	var edits []jsonedit.Edit
	for i, f := range found {
		if placeholder, ok := n.instead(text[f.Start:f.End], f.Rule); ok {
			edits = append(edits, jsonedit.Edit{Start: offsets[2*i], End: offsets[2*i+1], Text: jsonString.encode(placeholder)})
		}
	}
	return edits
}

// inNumber returns the string that a number of JSON leaves as when it is new.
func (n *newcomers) inNumber(raw string) (instead string, ok bool) {
	for _, f := range n.find(raw) {
		if placeholder, ok := n.instead(raw[f.Start:f.End], f.Rule); ok {
			return `"` + jsonString.encode(placeholder) + `"`, true
		}
	}
	return "", false
}

// inText masks what is new in a text as it is spelled.
func (n *newcomers) inText(text string) []jsonedit.Edit {
	var edits []jsonedit.Edit
	for _, f := range n.find(text) {
		if placeholder, ok := n.instead(text[f.Start:f.End], f.Rule); ok {
			edits = append(edits, jsonedit.Edit{Start: f.Start, End: f.End, Text: placeholder})
		}
	}
	return edits
}

// edits masks what is new in a text that holds no restored value, in a document
// that has been followed up to the text.
func (n *newcomers) edits(text string, d *follower) []jsonedit.Edit {
	if n == nil {
		return nil
	}
	var edits []jsonedit.Edit
	parts, _ := n.parts(text, d, true)
	for _, p := range parts {
		switch {
		case p.masked:
			edits = append(edits, jsonedit.Edit{Start: p.start, End: p.end, Text: p.instead})
		case p.asText:
			for _, e := range n.inText(text[p.start:p.end]) {
				edits = append(edits, jsonedit.Edit{Start: e.Start + p.start, End: e.End + p.start, Text: e.Text})
			}
		}
	}
	return edits
}

// shows tells whether a field of an event shows something new, by itself or
// with its name, also behind escapes.
func (n *newcomers) shows(field string) bool {
	if n.test {
		return false
	}
	_, value, _ := strings.Cut(field, ":")
	for _, text := range []string{field, strings.TrimPrefix(value, " "), jsonString.decode(field)} {
		for _, f := range n.engine.Find(nil, text) {
			if !n.sent[text[f.Start:f.End]] {
				return true
			}
		}
	}
	return false
}

// follower knows what a text is where it has got to.
type follower struct {
	mode placeholder.Mode
	at   jsonedit.Follower
	// strictly follows what is announced as JSON too, to know whether it is.
	strictly jsonedit.Follower
	// begun is how much of the segment that comes next has been looked at, of
	// what kind it is, and ahead the follower behind that.
	begun int
	kind  segmentKind
	ahead jsonedit.Follower
}

func follow(m placeholder.Mode) follower {
	return follower{mode: m, at: jsonedit.Follower{Lenient: m == placeholder.JSON}, strictly: jsonedit.Follower{Scalars: true}}
}

// asText tells whether rules look into what follows as it is spelled. In valid
// arguments they do not: a finding that goes over the end of a string would
// break them.
func (d *follower) asText() bool {
	return d.mode != placeholder.JSON || d.strictly.GaveUp()
}

// segmentKind is what a part of a text is in JSON.
type segmentKind uint8

const (
	jsonNone segmentKind = iota
	jsonText
	jsonScalar
	jsonStructure
)

// segment returns how far the text stays what it begins as. complete tells that
// more text cannot make it longer, or that this does not matter. A text that was
// not complete may be handed in again, with more of it.
func (d *follower) segment(text string) (size int, kind segmentKind, complete bool) {
	if d.begun == 0 {
		d.ahead = d.at
	}
	for ; d.begun < len(text); d.begun++ {
		c := text[d.begun]
		inString := d.ahead.InString()
		d.ahead.PassByte(c)
		here := jsonScalar
		switch {
		case d.mode == placeholder.Text || d.ahead.GaveUp():
			here = jsonNone
		case inString && d.ahead.InString():
			here = jsonText
		case strings.IndexByte("{}[],: \t\r\n\"", c) >= 0:
			here = jsonStructure
		}
		switch {
		case d.begun == 0 && here == jsonNone:
			return len(text), here, true
		case d.begun == 0:
			d.kind = here
		case here != d.kind:
			return d.begun, d.kind, true
		}
	}
	return len(text), d.kind, d.kind == jsonStructure
}

func (d *follower) pass(text string) {
	d.begun = 0
	if d.mode == placeholder.Text {
		return
	}
	d.at.Pass(text)
	if d.mode == placeholder.JSON {
		d.strictly.Pass(text)
	}
}

// placed takes note of a restored value.
func (d *follower) placed() {
	d.begun = 0
	d.at.Placed()
	d.strictly.Placed()
}

// textLane is a lane of an answer in which new values are masked as well.
type textLane struct {
	*placeholder.Lane
	isPart    bool // of a text that goes on in another lane
	newcomers *newcomers
	rules     *detect.Stream // of what is looked into as text
	watch     *detect.Stream // the same for rules that change nothing; nil without any
	follower  follower
	pending   string // a string or number of JSON that may go on
	long      bool   // it is a string that has become too long
	traced    *tracedLane
}

// maxPending bounds in bytes what a lane of JSON holds back for response rules,
// besides what [detect.MaxHeld] allows.
const maxPending = 64 << 10

func (a *Answer) newLane(m placeholder.Mode) *textLane {
	l := &textLane{Lane: a.restorer.NewLane(m), newcomers: a.newcomers, follower: follow(m), traced: a.trace.lane()}
	if a.newcomers != nil {
		l.rules, l.watch = a.newcomers.engine.NewStream(), a.newcomers.engine.NewWatch()
	}
	return l
}

// Push adds text and returns what can be sent on.
func (l *textLane) Push(text string) string {
	l.traced.push(text)
	return l.write(l.Lane.Push(text), false)
}

// Flush returns what is held back.
func (l *textLane) Flush() string {
	if l.isPart {
		return l.write(l.Lane.FlushPart(), true)
	}
	return l.write(l.Lane.Flush(), true)
}

// Held tells whether anything is held back.
func (l *textLane) Held() bool {
	return l.Lane.Held() || l.pending != "" || l.rules != nil && l.rules.Held() > 0
}

func (l *textLane) write(pieces []placeholder.Piece, final bool) string {
	var b strings.Builder
	for _, p := range pieces {
		switch {
		case l.rules == nil:
			b.WriteString(p.Text)
		case p.Restored:
			// Nothing spans a restored value, and it is not looked into.
			l.decide(&b, true)
			l.follower.placed()
			b.WriteString(p.Text)
		default:
			l.pending += p.Text
			l.decide(&b, false)
		}
	}
	if final && l.rules != nil {
		l.decide(&b, true)
	}
	return b.String()
}

// decide writes what is decided of what is held back, all of it at last.
func (l *textLane) decide(b *strings.Builder, last bool) {
	all := last
	if !last && !l.long && len(l.pending) > maxPending {
		l.long = l.follower.at.InString()
		all = !l.long
		l.flush(b, nil)
	}
	if l.long && !l.passLong(b, last) {
		return
	}
	parts, end := l.newcomers.parts(l.pending, &l.follower, all)
	for _, p := range parts {
		switch {
		case p.masked:
			l.flush(b, nil)
			b.WriteString(p.instead)
		case p.asText:
			l.push(b, l.pending[p.start:p.end], nil)
		default:
			b.WriteString(l.pending[p.start:p.end])
		}
	}
	l.pending = l.pending[end:]
	if last {
		l.flush(b, nil)
	}
}

// push looks into more text, and writes what is decided of it, spelled for its
// place.
func (l *textLane) push(b *strings.Builder, text string, s spelling) {
	l.found(b, l.rules.Push(text), s)
	if l.watch != nil {
		l.note(l.watch.Push(text))
	}
}

// flush writes all that rules hold back.
func (l *textLane) flush(b *strings.Builder, s spelling) {
	l.found(b, l.rules.Flush(), s)
	if l.watch != nil {
		l.note(l.watch.Flush())
	}
}

// note counts what rules have found that change nothing.
func (l *textLane) note(parts []detect.Part) {
	for _, p := range parts {
		if p.Rule != detect.NoRule {
			l.newcomers.note(p.Text, p.Rule)
		}
	}
}

// passLong writes what is decided of a string of JSON that is too long to be held
// back: from here on it is looked into as a text that arrives in pieces. It tells
// whether the string has ended.
func (l *textLane) passLong(b *strings.Builder, last bool) (ended bool) {
	size, _, ended := l.follower.segment(l.pending)
	ended = ended || last
	raw := l.pending[:size]
	if !ended {
		raw = raw[:wholeEscapes(raw)]
	}
	l.follower.pass(raw)
	l.pending = l.pending[len(raw):]
	inString := spelling{jsonString}
	l.push(b, jsonString.decode(raw), inString)
	if ended {
		l.flush(b, inString)
		l.long = false
	}
	return ended
}

// wholeEscapes returns how much of a part of a string does not end in an escape
// that goes on.
func wholeEscapes(raw string) int {
	at := 0
	for at < len(raw) {
		size := 1
		if raw[at] == '\\' {
			size = 2
			if strings.HasPrefix(raw[at+1:], "u") {
				size = len(`\u0000`)
			}
		}
		if at+size > len(raw) {
			break
		}
		at += size
	}
	return at
}

// found writes what rules have found in a text, and the text around it, spelled
// for its place.
func (l *textLane) found(b *strings.Builder, parts []detect.Part, s spelling) {
	for _, p := range parts {
		text := p.Text
		if p.Rule != detect.NoRule {
			if placeholder, ok := l.newcomers.instead(p.Text, p.Rule); ok {
				text = placeholder
			}
		}
		b.WriteString(s.write(text))
	}
}
