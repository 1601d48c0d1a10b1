package redact

import (
	"slices"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/detect"
	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
)

// Change is a finding that masking replaces: Start and End are its place in the
// part, as it is spelled there, and Instead is what stands there then.
type Change struct {
	Start, End, Rule int
	Instead          string
}

// Changes returns the findings of a part that masking replaces, in order. It
// numbers what masking has not numbered yet.
func (r *Request) Changes(p Part) []Change {
	var list []Change
	for _, m := range p.marks {
		if m.rule != plainText {
			text := instead(r.vault, &r.masker.policy.Rules[m.rule], m.value, m.isNumber)
			list = append(list, Change{m.start, m.end, m.rule, text})
		}
	}
	return list
}

// Watched returns the rule of each finding that masking leaves as it is, because
// its action is to block or to alert.
func (p Part) Watched() []int { return p.watched }

// Explanation is what became of a match of a rule in one of the texts that a
// request has been searched in. The same match may be seen in several of them:
// as it is written, without escapes, behind the name of its field.
type Explanation struct {
	detect.Candidate
	// Path is the JSON field of the text, "" elsewhere.
	Path string
	// Text is what was searched. It holds what the user has written.
	Text string
}

// Explain makes the request tell what became of the matches of each rule. It is
// slow and meant for people who try a policy out. It is called before the scan.
func (r *Request) Explain(tell func(Explanation)) error {
	x, err := r.masker.engine.Explainer()
	if err != nil {
		return err
	}
	r.explained = &explained{explainer: x, tell: tell, told: map[Explanation]bool{}}
	return nil
}

// explained is a request that tells why.
type explained struct {
	explainer *detect.Explainer
	tell      func(Explanation)
	told      map[Explanation]bool // a text may be scanned twice
	path      string
	skipped   []string
}

// enter notes which value of a JSON document comes next.
func (e *explained) enter(path *jsonedit.Path, inspected bool) {
	names := make([]string, path.Len())
	for i := range names {
		names[i] = path.At(i)
	}
	e.path = strings.Join(names, ".")
	if !inspected && !slices.Contains(e.skipped, e.path) {
		e.skipped = append(e.skipped, e.path)
	}
}

// Skipped returns the JSON fields that a request which tells why was not
// searched in, because they steer the request or are media.
func (r *Request) Skipped() []string { return r.explained.skipped }

// text explains a text, of which before is the name of its field. A text that a
// rule takes too long for is explained by the request's verdict.
func (e *explained) text(text, before string, in detect.Scope) {
	candidates, err := e.explainer.Explain(text, in)
	if err != nil {
		return
	}
	text = strings.Clone(text) // it may lie in memory that is used again
	for _, c := range candidates {
		x := Explanation{c, e.path, text}
		if c.Start >= len(before) && !e.told[x] {
			e.told[x] = true
			e.tell(x)
		}
	}
}
