package redact

import (
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/httpbody"
	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
)

// AnswerTrace takes note of what an answer was before anything was restored, for
// the audit log. What it keeps of texts is as the provider sent it: it must be
// masked before it is shown, see [AnswerTrace.Masked].
type AnswerTrace struct {
	// Strays counts placeholders that nobody has issued; nil for nobody asking.
	Strays *placeholder.Strays
	// Texts makes it keep texts with something in them, up to Limit bytes, and
	// Whole the whole body.
	Texts, Whole bool
	Limit        int64

	rules   []issued // by the response rules
	lanes   []*tracedLane
	texts   []string
	doc     string
	content Content
	size    int64
}

// tracedLane is a text of a stream.
type tracedLane struct {
	trace *AnswerTrace
	stray *placeholder.StrayLane
	text  strings.Builder
}

// Trace makes an answer take note of what it was.
func (a *Answer) Trace(t *AnswerTrace) {
	a.trace = t
	if a.newcomers != nil {
		t.rules = make([]issued, len(a.newcomers.counts))
		a.newcomers.issued = t.rules
	}
}

// Issued returns the placeholders that stand for the findings of a response rule,
// at most limit of them, and how many there are beyond.
func (t *AnswerTrace) Issued(rule, limit int) (placeholders []string, more int) {
	return t.rules[rule].upTo(limit)
}

// document takes note of a body that has arrived in whole.
func (t *AnswerTrace) document(doc string, c Content) {
	if t != nil && t.Whole && t.keep(doc) {
		t.doc, t.content = strings.Clone(doc), c // its memory is used again
	}
}

// keep tells whether there is room for a text. Where there is not, nothing is
// kept: what is cut off could hide what a rule describes.
func (t *AnswerTrace) keep(text string) bool {
	t.size += int64(len(text))
	return t.size <= t.Limit
}

// text takes note of a text that has arrived in whole, and returns its edits.
func (t *AnswerTrace) text(text string, edits []jsonedit.Edit) []jsonedit.Edit {
	if t == nil {
		return edits
	}
	strays := 0
	if t.Strays != nil {
		strays = t.Strays.Count
		t.Strays.Text(text)
		strays = t.Strays.Count - strays
	}
	if t.Texts && (len(edits) > 0 || strays > 0) && t.keep(text) {
		t.texts = append(t.texts, strings.Clone(text)) // its memory is used again
	}
	return edits
}

// lane begins a text that arrives in pieces, nil when nobody asks for it.
func (t *AnswerTrace) lane() *tracedLane {
	if t == nil {
		return nil
	}
	l := &tracedLane{trace: t}
	if t.Strays != nil {
		l.stray = t.Strays.Lane()
	}
	if len(t.lanes) == maxTracedLanes {
		t.size = t.Limit + 1
		return l
	}
	t.lanes = append(t.lanes, l)
	return l
}

// maxTracedLanes bounds how many texts of one stream are kept. Of more, none is.
const maxTracedLanes = 4096

func (l *tracedLane) push(text string) {
	if l == nil {
		return
	}
	if l.stray != nil {
		l.stray.Push(text)
	}
	if (l.trace.Texts || l.trace.Whole) && l.trace.keep(text) {
		l.text.WriteString(text)
	}
}

// Flush says that the answer has ended.
func (t *AnswerTrace) Flush() {
	for _, l := range t.lanes {
		if l.stray != nil {
			l.stray.Flush()
		}
	}
}

// Masked returns excerpts of the answer, or its whole text, with everything
// masked that a mirror finds. vault is that of the request. Of a stream the
// whole text are its texts alone: what is cut over events cannot be found there.
func (t *AnswerTrace) Masked(mirror *Masker, vault *placeholder.Vault, limit int) (excerpts []string, body string) {
	if t.size > t.Limit {
		return nil, ""
	}
	r := mirror.NewRequest(vault.Clone(), "")
	r.Trace(&Trace{Texts: true})
	texts := append([]string{}, t.texts...)
	for _, l := range t.lanes {
		if l.text.Len() > 0 {
			texts = append(texts, l.text.String())
		}
	}
	masked, err := r.maskTexts(texts)
	if err != nil {
		return nil, ""
	}
	if t.Texts {
		return r.trace.Excerpts(limit), ""
	}
	if len(t.lanes) > 0 {
		return nil, strings.Join(masked, "\n\n")
	}
	if k, _ := t.content.Kind(); k == httpbody.Multipart {
		return nil, ""
	}
	p, err := r.ScanBody(t.doc, t.content)
	if err != nil || r.failed {
		return nil, ""
	}
	return nil, r.Mask(p)
}
