package redact

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/policy"
)

// Trace takes note of what masking did, for the audit log. It holds masked texts
// and placeholders only: in mode test, those that would have been.
type Trace struct {
	// Texts makes it keep the masked texts, for [Trace.Excerpts].
	Texts bool
	rules []issued
	texts []traced
}

// issued are the placeholders that stand for a rule's findings.
type issued struct {
	texts []string
	known map[string]bool
}

// traced is a masked text and what stands in it instead of values, in order.
type traced struct {
	text  string
	spans []span
}

type span struct {
	start, end int
	coding     coding
	// alone tells that it stands in what was a number of a JSON document: what is
	// around it there may not have been looked into.
	alone bool
}

// Trace makes a request take note of what is done to it.
func (r *Request) Trace(t *Trace) {
	r.trace = t
	t.rules = make([]issued, len(r.counts))
}

// Issued returns the placeholders that stand for the findings of a rule, at most
// limit of them, and how many there are beyond.
func (t *Trace) Issued(rule, limit int) (placeholders []string, more int) {
	return t.rules[rule].upTo(limit)
}

// issue takes note of what stands for a finding of a rule.
func (t *Trace) issue(rule *policy.Rule, index int, text string) {
	if rule.Action.UsesPlaceholder() {
		t.rules[index].add(text)
	}
}

// note takes note of a masked part: an edit was made for each mark.
func (t *Trace) note(marks []mark, edits []jsonedit.Edit, masked string) {
	if !t.Texts {
		return
	}
	var spans []span
	shift, inNumber := 0, false
	for i, m := range marks {
		e := edits[i]
		switch n := len(m.spelling); {
		case m.rule != plainText:
			s := span{start: e.Start + shift, end: e.Start + shift + len(e.Text), alone: inNumber}
			if n > 0 {
				s.coding = m.spelling[n-1]
			}
			spans = append(spans, s)
		case n == 0:
			inNumber = !inNumber // a quote around it
		}
		shift += len(e.Text) - (e.End - e.Start)
	}
	if len(spans) > 0 {
		t.texts = append(t.texts, traced{masked, spans})
	}
}

func (i *issued) upTo(limit int) (placeholders []string, more int) {
	n := min(limit, len(i.texts))
	return i.texts[:n:n], len(i.texts) - n
}

func (i *issued) add(text string) {
	if i.known[text] {
		return
	}
	if i.known == nil {
		i.known = map[string]bool{}
	}
	i.known[text] = true
	i.texts = append(i.texts, text)
}

// Bounds of excerpts, in characters: of one of them, and of what it has before
// its first placeholder. What stands instead of a value and is longer than
// maxShown, as partly hidden ones may be, is not shown.
const (
	maxExcerpt = 240
	lead       = 80
	maxShown   = maxExcerpt - lead - 2
)

// cut is what an excerpt has where the text goes on, and unshown what it has
// instead of something too long.
const (
	cut     = "…"
	unshown = "***"
)

// Excerpts returns pieces of the masked texts around what stands there instead
// of values, as they read: at most limit, each of at most 240 characters.
func (t *Trace) Excerpts(limit int) []string {
	var all []string
	for _, text := range t.texts {
		for spans := text.spans; len(spans) > 0 && len(all) < limit; {
			start, end := text.around(spans[0])
			n := 1
			for n < len(spans) && spans[n].end <= end && spans[n].coding == spans[0].coding {
				n++
			}
			plain, within := decoded(text.text[start:end], start, spans[:n])
			all = append(all, excerpts(plain, within, limit-len(all))...)
			spans = spans[n:]
		}
	}
	return all
}

// around returns where the text begins and ends that a span stands in: a string
// of JSON, the value of a form field, or all of it.
func (t traced) around(s span) (start, end int) {
	switch {
	case s.alone:
		return s.start, s.end
	case s.coding == jsonString:
		start, end = s.start, s.end
		for start > 0 && !isQuote(t.text, start-1) {
			start--
		}
		for end < len(t.text) && !isQuote(t.text, end) {
			end++
		}
		return start, end
	case s.coding == queryEscape:
		start = strings.LastIndexAny(t.text[:s.start], "&=") + 1
		if end = strings.IndexByte(t.text[s.end:], '&'); end >= 0 {
			return start, s.end + end
		}
		return start, len(t.text)
	}
	return 0, len(t.text)
}

// isQuote tells whether a quotation mark at a place ends a string of JSON, or
// begins one.
func isQuote(text string, at int) bool {
	if text[at] != '"' {
		return false
	}
	slashes := 0
	for at-slashes > 0 && text[at-slashes-1] == '\\' {
		slashes++
	}
	return slashes%2 == 0
}

// decoded returns the text that raw spells, and where the spans are in it. raw
// begins at start in the document that the spans are of.
func decoded(raw string, start int, spans []span) (string, []span) {
	var b strings.Builder
	within := make([]span, len(spans))
	at := 0
	for i, s := range spans {
		b.WriteString(WithoutPayloads(s.coding.decode(raw[at : s.start-start])))
		within[i].start = b.Len()
		shown := s.coding.decode(raw[s.start-start : s.end-start])
		if utf8.RuneCountInString(shown) > maxShown {
			shown = unshown
		}
		b.WriteString(shown)
		within[i].end = b.Len()
		at = s.end - start
	}
	if n := len(spans); n > 0 {
		b.WriteString(WithoutPayloads(spans[n-1].coding.decode(raw[at:])))
	}
	return b.String(), within
}

// minRun is how many characters of base64 in a row are taken for something that
// nobody reads, and no rule looks into: the lines of PEM have as many.
const minRun = 64

// WithoutPayloads returns a text that is only shown without what may be a picture
// or a document in base64: rules do not look into them.
func WithoutPayloads(text string) string {
	var b strings.Builder
	done := 0
	for at := 0; at < len(text); at++ {
		start, least := at, minRun
		for at < len(text) && isEncoded(text[at]) {
			at++
		}
		if strings.HasSuffix(text[:start], base64Mark) {
			least = minPayload
		}
		if at-start >= least {
			b.WriteString(text[done:start])
			b.WriteString(unshown)
			done = at
		}
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

// isEncoded tells whether a character may be one of base64 in either alphabet,
// also where slashes are escaped or what URLs escape is.
func isEncoded(c byte) bool {
	return isWordByte(c) || strings.IndexByte(`+/=-\%`, c) >= 0
}

// excerpts returns pieces of a text around spans. None is cut in two.
func excerpts(text string, spans []span, limit int) (all []string) {
	done := 0
	for i := 0; i < len(spans) && len(all) < limit; {
		start := max(done, back(text, spans[i].start, lead-1))
		end, last := start, i
		for size := maxExcerpt - 2; size > 0 && end < len(text); size-- {
			_, n := utf8.DecodeRuneInString(text[end:])
			end += n
		}
		for last < len(spans) && spans[last].end <= end {
			last++
		}
		if last < len(spans) && spans[last].start < end {
			end = spans[last].start
		}
		piece := text[start:end]
		if start > 0 {
			piece = cut + piece
		}
		if end < len(text) {
			piece += cut
		}
		all = append(all, strings.ToValidUTF8(piece, "\ufffd"))
		done, i = end, last
	}
	return all
}

// back returns the place that many characters before another.
func back(text string, at, characters int) int {
	for ; characters > 0 && at > 0; characters-- {
		_, n := utf8.DecodeLastRuneInString(text[:at])
		at -= n
	}
	return at
}

// NewMirror compiles a policy for texts that are only shown in the audit log: all
// that any of its rules finds is replaced, wherever it stands. Findings that are
// left as they are elsewhere, and those of response rules, are so here too.
func NewMirror(p *policy.Policy) (*Masker, error) {
	all := *p
	all.Mode = policy.Enforce
	all.Rules = append(slices.Clone(p.Rules), p.ResponseRules...)
	all.ResponseRules = nil
	for i := range all.Rules {
		rule := &all.Rules[i]
		rule.Fields = nil
		if !rule.Action.Changes() {
			rule.Action = policy.Redact
		}
	}
	m, err := NewMasker(&all, Options{})
	if err != nil {
		return nil, err
	}
	m.everything = true
	return m, nil
}

// StrayReader returns a reader of all placeholders that the policy may issue, as
// exactly as a grammar asks for.
func (m *Masker) StrayReader(g placeholder.Grammar) *placeholder.Reader {
	return placeholder.NewStrayReader(m.stems, g)
}

// maskTexts masks texts that stand for themselves, and takes note of all
// placeholders in them. It fails when a rule takes too long.
func (r *Request) maskTexts(texts []string) (masked []string, err error) {
	r.Reserve(texts...)
	for _, text := range texts {
		p := r.ScanText(text)
		if r.failed {
			return nil, ErrTooSlow
		}
		seen := len(r.trace.texts)
		plain := r.Mask(p)
		masked = append(masked, plain)
		var spans []span
		if len(r.trace.texts) > seen {
			spans = r.trace.texts[seen].spans
			r.trace.texts = r.trace.texts[:seen]
		}
		r.masker.reader.Each(plain, func(_ placeholder.Stem, _, start, end int) {
			spans = append(spans, span{start: start, end: end})
		})
		if spans = apart(spans); len(spans) > 0 {
			r.trace.texts = append(r.trace.texts, traced{plain, spans})
		}
	}
	return masked, nil
}

// apart sorts spans and leaves out those that begin in another.
func apart(spans []span) []span {
	sort.SliceStable(spans, func(i, j int) bool { return spans[i].start < spans[j].start })
	kept := spans[:0]
	for _, s := range spans {
		if n := len(kept); n == 0 || s.start >= kept[n-1].end {
			kept = append(kept, s)
		}
	}
	return kept
}
