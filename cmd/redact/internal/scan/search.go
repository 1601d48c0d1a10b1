package scan

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/krakend-redact/krakend-redact/internal/detect"
	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/redact"
)

// searcher searches units, one at a time.
type searcher struct {
	*Scanner
	found   []detect.Finding
	watched []detect.Finding
	unit    *unit
}

func (s *Scanner) newSearcher() *searcher { return &searcher{Scanner: s} }

// hit is a finding on its way to become a [Finding].
type hit struct {
	start          int // in the unit's text
	rule           int
	value          string
	pointer, inner string
}

// search searches a unit.
func (s *searcher) search(u *unit) {
	s.unit = u
	var hits []hit
	switch u.kind {
	case kindText:
		hits = s.text()
	case kindLines:
		for at := 0; at < len(u.text); {
			end := len(u.text)
			if i := strings.IndexByte(u.text[at:], '\n'); i >= 0 {
				end = at + i + 1
			}
			hits = append(hits, s.document(at, strings.TrimRight(u.text[at:end], "\r\n"))...)
			at = end
		}
	case kindDocument:
		hits = s.document(0, u.text)
	case kindHAR:
		for _, h := range s.entry() {
			u.findings = append(u.findings, s.finding(h))
		}
		return
	}
	line, column, at := u.line, u.column, 0
	for _, h := range hits {
		line, column = behind(line, column, []byte(u.text[at:h.start]))
		at = h.start
		f := s.finding(h)
		f.Line, f.Column = line, column+1
		u.findings = append(u.findings, f)
	}
}

func (s *searcher) problem(format string, args ...any) {
	s.unit.problems = append(s.unit.problems, fmt.Sprintf(format, args...))
}

// text searches a window of a text as it stands. Where it has escapes as JSON
// does, it is searched line by line as the gateway searches a text, too.
func (s *searcher) text() []hit {
	u := s.unit
	hits, err := s.plain(u.text)
	if err != nil {
		s.problem("around line %d: %s", u.line, redact.ErrTooSlow)
	}
	own := hits[:0]
	for _, h := range hits {
		if h.start >= u.from && h.start < u.to {
			own = append(own, h)
		}
	}
	return s.addEscaped(own)
}

// plain searches a text with all rules that are not limited to fields of JSON.
func (s *searcher) plain(text string) ([]hit, error) {
	s.watched = s.watched[:0]
	found, err := s.engine.SearchIn(s.found[:0], text, detect.Scope{
		Skip: s.elsewhere, Watched: func(f detect.Finding) { s.watched = append(s.watched, f) },
	})
	s.found = append(found, s.watched...)
	var hits []hit
	for _, f := range s.found {
		hits = append(hits, hit{start: f.Start, rule: f.Rule, value: text[f.Start:f.End]})
	}
	inOrder(hits)
	return hits, err
}

func inOrder(hits []hit) {
	slices.SortStableFunc(hits, func(a, b hit) int {
		return cmp.Or(a.start-b.start, a.rule-b.rule)
	})
}

// addEscaped adds what stands behind \u escapes in the lines that begin in the
// window.
func (s *searcher) addEscaped(hits []hit) []hit {
	u := s.unit
	known := len(hits)
	for at := u.from; at < u.to; {
		next := strings.Index(u.text[at:u.to], `\u`)
		if next < 0 {
			break
		}
		start := strings.LastIndexByte(u.text[:at+next], '\n') + 1
		end := len(u.text)
		if i := strings.IndexByte(u.text[at+next:], '\n'); i >= 0 {
			end = at + next + i
		}
		at = end
		if start < u.from {
			continue
		}
		r := s.masker.NewRequest(placeholder.NewVault(), "")
		for _, f := range r.ScanText(u.text[start:end]).Found() {
			begin := start + f.Start
			seen := slices.ContainsFunc(hits[:known], func(h hit) bool {
				return h.start < start+f.End && begin < h.start+len(h.value)
			})
			if !seen {
				hits = append(hits, hit{start: begin, rule: f.Rule, value: f.Value.Reveal()})
			}
		}
		if r.Verdict() != nil {
			s.problem("around line %d: %s", u.line, redact.ErrTooSlow)
		}
	}
	inOrder(hits)
	return hits
}

// document searches a document, which stands at a place of the unit's text, as the
// gateway searches a request's body.
func (s *searcher) document(at int, doc string) []hit {
	if strings.TrimSpace(doc) == "" {
		return nil
	}
	hits, err := s.body(s.masker.NewRequest(placeholder.NewVault(), ""), doc, redact.Content{})
	if errors.Is(err, redact.ErrMedia) || errors.Is(err, redact.ErrEncoding) {
		// The gateway refuses what is no UTF-8; here it is looked into as it stands.
		hits, err = s.plain(doc)
	}
	if err != nil {
		line, _ := behind(s.unit.line, 0, []byte(s.unit.text[:at]))
		s.problem("line %d: %s", line, err)
	}
	for i := range hits {
		hits[i].start += at
	}
	return hits
}

// body searches a body.
func (s *searcher) body(r *redact.Request, doc string, c redact.Content) ([]hit, error) {
	p, err := r.ScanBody(doc, c)
	if err == nil {
		err = r.Verdict()
	}
	found, watched := p.Found(), p.Watched()
	if len(found) == 0 && len(watched) == 0 {
		return nil, err
	}
	var hits []hit
	for _, f := range found {
		hits = append(hits, hit{start: f.Start, rule: f.Rule, value: f.Value.Reveal()})
	}
	inOrder(hits)
	next := 0
	isJSON := jsonedit.WalkLines(doc, maxDepth, func(t jsonedit.Text, path *jsonedit.Path) {
		for ; next < len(hits) && hits[next].start < t.End; next++ {
			if hits[next].start >= t.Start {
				hits[next].pointer = s.pointer(path)
			}
		}
	}) == nil
	if !isJSON {
		for i := range hits {
			hits[i].pointer = ""
		}
	}
	hits = append(hits, s.place(doc, watched, isJSON)...)
	inOrder(hits)
	return hits, err
}

// maxDepth is the one of the gateway, which refuses deeper documents.
const maxDepth = 1000

// place finds out where findings stand of which only the rules are known. One that
// is not found again stands at the beginning.
func (s *searcher) place(doc string, rules []int, isJSON bool) []hit {
	missing := map[int]int{}
	for _, rule := range rules {
		missing[rule]++
	}
	var hits []hit
	note := func(text string, start int, exact bool, pointer string) {
		// What takes too long was told when it was scanned.
		found, _ := s.plain(text)
		for _, h := range found {
			if missing[h.rule] == 0 {
				continue
			}
			missing[h.rule]--
			h.pointer = pointer
			if exact {
				start = h.start
			}
			h.start = start
			hits = append(hits, h)
		}
	}
	switch {
	case len(rules) == 0:
	case !isJSON:
		note(doc, 0, true, "")
	default:
		_ = jsonedit.WalkLines(doc, maxDepth, func(t jsonedit.Text, path *jsonedit.Path) {
			if t.Kind == jsonedit.Key {
				return
			}
			text := t.Raw
			if t.Kind == jsonedit.String {
				text = jsonedit.Unquote(t.Raw)
			}
			note(path.Name()+": "+text, t.Start, false, s.pointer(path))
		})
	}
	for _, rule := range rules {
		if missing[rule] > 0 {
			missing[rule]--
			hits = append(hits, hit{rule: rule})
		}
	}
	return hits
}

// pointer returns a place as a JSON pointer.
func (s *searcher) pointer(path *jsonedit.Path) string {
	var b strings.Builder
	for i := range path.Len() {
		b.WriteString("/" + pointerEscape.Replace(path.At(i)))
	}
	return s.hide(b.String())
}

// pointerEscape is RFC 6901, section 3.
var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

// hide replaces what rules find in a text that is shown.
func (s *searcher) hide(text string) string {
	found, err := (&searcher{Scanner: s.Scanner}).plain(text)
	if err != nil {
		return "/…"
	}
	var b strings.Builder
	at := 0
	for _, h := range found {
		if h.start >= at {
			b.WriteString(text[at:h.start] + s.stand(h.rule))
			at = h.start
		}
		at = max(at, h.start+len(h.value))
	}
	return b.String() + text[at:]
}

// stand is what stands in for a value of a rule.
func (s *searcher) stand(rule int) string {
	return s.options.Policy.Rules[rule].Placeholder.Tagged("n")
}

// minPartial is how many characters a value must have for the first and the last
// to be shown: of a shorter one they tell too much.
const minPartial = 6

func (s *searcher) finding(h hit) Finding {
	rule := s.options.Policy.Rules[h.rule]
	f := Finding{
		File: s.unit.file.path, Pointer: h.pointer, Inner: h.inner,
		Rule: rule.Name, Severity: rule.Severity, Action: rule.Action, Partial: "…",
	}
	if rule.Action == policy.Mask || rule.Action == policy.Redact {
		f.Placeholder = s.stand(h.rule)
	}
	if utf8.RuneCountInString(h.value) >= minPartial {
		first, _ := utf8.DecodeRuneInString(h.value)
		last, _ := utf8.DecodeLastRuneInString(h.value)
		f.Partial = string(first) + "…" + string(last)
	}
	return f
}
