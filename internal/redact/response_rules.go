package redact

import (
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/detect"
	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/policy"
)

// ResponseRules are the compiled rules for what is new in answers. They are
// safe for concurrent use.
type ResponseRules struct {
	engine *detect.Engine
	rules  []policy.Rule
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
	return &ResponseRules{engine, p.ResponseRules}, nil
}

// newcomers masks what is new in one answer, for good. What the caller sent is
// not new.
type newcomers struct {
	*ResponseRules
	vault  *placeholder.Vault
	sent   map[string]bool
	masked int
}

func newNewcomers(r *ResponseRules, v *placeholder.Vault) *newcomers {
	if r == nil {
		return nil
	}
	n := &newcomers{ResponseRules: r, vault: v, sent: map[string]bool{}}
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
	n.masked++
	return n.vault.Issue(n.rules[rule].Placeholder, value, false, false), true
}

// edits masks what is new in a text that holds no restored value, in a
// document that has been followed up to the text. Strings of JSON are looked
// into as they read, not as they are spelled.
func (n *newcomers) edits(text string, d *follower) []jsonedit.Edit {
	if n == nil {
		return nil
	}
	var edits []jsonedit.Edit
	for at := 0; at < len(text); {
		end := at + d.segment(text[at:])
		inString, raw := d.inString, text[at:end]
		c := asIs
		if inString {
			c = jsonString
			raw = strings.TrimSuffix(raw, `"`)
		}
		plain := c.decode(raw)
		found := n.engine.Find(nil, plain)
		offsets := make([]int, 0, 2*len(found))
		for _, f := range found {
			offsets = append(offsets, f.Start, f.End)
		}
		c.place(raw, offsets)
		for i, f := range found {
			if placeholder, ok := n.instead(plain[f.Start:f.End], f.Rule); ok {
				edits = append(edits, jsonedit.Edit{Start: at + offsets[2*i], End: at + offsets[2*i+1], Text: d.spell(placeholder)})
			}
		}
		d.pass(text[at:end])
		at = end
	}
	return edits
}

// follower knows whether the end of what has passed lies in a string of JSON.
type follower struct {
	isJSON            bool
	inString, escaped bool
}

// segment returns how far the string goes on that text begins in, its quote
// included, or how far what is outside of strings does.
func (d *follower) segment(text string) int {
	if !d.isJSON {
		return len(text)
	}
	ahead := *d
	for i := 0; i < len(text); i++ {
		ahead.pass(text[i : i+1])
		if ahead.inString != d.inString {
			return i + 1
		}
	}
	return len(text)
}

func (d *follower) pass(text string) {
	if !d.isJSON {
		return
	}
	for i := 0; i < len(text); i++ {
		switch {
		case d.escaped:
			d.escaped = false
		case text[i] == '\\':
			d.escaped = d.inString
		case text[i] == '"':
			d.inString = !d.inString
		}
	}
}

// spell writes a placeholder so that JSON stays JSON: a number becomes a string.
func (d *follower) spell(placeholder string) string {
	switch {
	case !d.isJSON:
		return placeholder
	case d.inString:
		return jsonString.encode(placeholder)
	}
	return `"` + jsonString.encode(placeholder) + `"`
}

// textLane is a lane of an answer in which new values are masked as well.
type textLane struct {
	*placeholder.Lane
	isPart    bool // of a text that goes on in another lane
	newcomers *newcomers
	rules     *detect.Stream // of a text
	follower  follower
	// pending is what is not decided yet of JSON, seen how much of it has been
	// looked at, by ahead, and decided how much of that can go on.
	pending       string
	ahead         follower
	seen, decided int
}

// maxPending bounds in bytes what a lane of JSON holds back for response rules.
const maxPending = 64 << 10

func (a *Answer) newLane(m placeholder.Mode) *textLane {
	l := &textLane{Lane: a.restorer.NewLane(m), newcomers: a.newcomers}
	l.follower.isJSON = m == placeholder.JSON
	l.ahead = l.follower
	if a.newcomers != nil {
		l.rules = a.newcomers.engine.NewStream()
	}
	return l
}

// Push adds text and returns what can be sent on.
func (l *textLane) Push(text string) string {
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
			l.follower.pass(p.Text)
			l.ahead = l.follower
			b.WriteString(p.Text)
		case l.follower.isJSON:
			l.pending += p.Text
			l.decide(&b, false)
		default:
			l.parts(&b, l.rules.Push(p.Text))
		}
	}
	if final && l.rules != nil {
		l.decide(&b, true)
	}
	return b.String()
}

// decide writes what is decided of what is held back, all of it at last.
func (l *textLane) decide(b *strings.Builder, last bool) {
	if !l.follower.isJSON {
		if last {
			l.parts(b, l.rules.Flush())
		}
		return
	}
	for ; l.seen < len(l.pending); l.seen++ {
		c := l.pending[l.seen : l.seen+1]
		l.ahead.pass(c)
		// Whole strings and numbers can be looked into before more is known.
		if !l.ahead.inString && strings.Contains("{}[],: \t\r\n\"", c) {
			l.decided = l.seen + 1
		}
	}
	end := l.decided
	if last || len(l.pending) > maxPending {
		end = len(l.pending)
	}
	text := l.pending[:end]
	l.pending = l.pending[end:]
	l.seen, l.decided = l.seen-end, 0
	b.WriteString(jsonedit.Apply(text, l.newcomers.edits(text, &l.follower)))
}

func (l *textLane) parts(b *strings.Builder, parts []detect.Part) {
	for _, p := range parts {
		text := p.Text
		if p.Rule != detect.NoRule {
			if placeholder, ok := l.newcomers.instead(p.Text, p.Rule); ok {
				text = placeholder
			}
		}
		b.WriteString(text)
	}
}
