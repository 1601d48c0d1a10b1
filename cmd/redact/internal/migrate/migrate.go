// Package migrate turns what other products are told about sensitive data into
// policies of ours, and KrakenD configurations of the Enterprise edition into ones
// for our plugins.
//
// Whatever it is given is either in what it returns or in a list of what is not,
// with the reason. It reads and prints nothing by itself, but for files that a
// source names.
package migrate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/detect"
	"github.com/krakend-redact/krakend-redact/internal/detector"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/strictjson"
)

// Item is a part of a source, and why it is told of.
type Item struct {
	// Path is where it stands: recognizers[0].patterns[1].score.
	Path   string `json:"item"`
	Reason string `json:"reason"`
}

// Result is what comes of a source.
type Result struct {
	// Text is the policy or configuration.
	Text []byte
	// Lost is what is not carried over.
	Lost []Item
	// Ignored is what has nothing to do with sensitive data, or says where a
	// service is that is not needed any more.
	Ignored []Item
	// Notes are carried over in another form than one might expect.
	Notes []Item
}

// Source turns the text of a file of another product into a policy. dir is where
// files are that it names.
type Source func(text []byte, dir string) (*Result, error)

// The form of a policy, see docs/policy.md.
type (
	policyFile struct {
		Name      string   `json:"name"`
		Comment   string   `json:"@comment,omitempty"`
		Unmask    bool     `json:"unmask_for_user,omitempty"`
		Packs     []string `json:"packs,omitempty"`
		Allow     []any    `json:"allow,omitempty"`
		Rules     []rule   `json:"redaction_rules,omitempty"`
		DenyTerms *terms   `json:"deny_terms,omitempty"`
		Answers   []rule   `json:"response_rules,omitempty"`
	}
	rule struct {
		Name        string   `json:"name"`
		Description string   `json:"@description,omitempty"`
		Tags        []string `json:"@tags,omitempty"`
		Enabled     *bool    `json:"enabled,omitempty"`
		Detector    string   `json:"detector,omitempty"`
		Pattern     string   `json:"pattern,omitempty"`
		Sensitive   bool     `json:"case_sensitive,omitempty"`
		Group       int      `json:"group,omitempty"`
		Engine      string   `json:"engine,omitempty"`
		Allow       []any    `json:"allow,omitempty"`
		Action      string   `json:"action,omitempty"`
		Replacement string   `json:"replacement,omitempty"`
		path        string
	}
	terms struct {
		Terms      []string `json:"terms"`
		WholeWords bool     `json:"whole_words,omitempty"`
		Action     string   `json:"action,omitempty"`
	}
	allowed struct {
		Pattern string `json:"pattern"`
	}
)

// builder collects a policy.
type builder struct {
	policy policyFile
	names  map[string]bool
	result Result
}

func newBuilder(name string) *builder {
	return &builder{policy: policyFile{Name: name, Comment: "made by redact migrate from " + name}, names: map[string]bool{}}
}

func (b *builder) lose(path, reason string) {
	b.result.Lost = append(b.result.Lost, Item{path, reason})
}

func (b *builder) ignore(path, reason string) {
	b.result.Ignored = append(b.result.Ignored, Item{path, reason})
}

func (b *builder) note(path, reason string) {
	b.result.Notes = append(b.result.Notes, Item{path, reason})
}

// unique returns a name that no rule has yet. It gets a letter, not a number, which
// could be mistaken for the one of a placeholder.
func (b *builder) unique(name string) string {
	if name = strings.TrimSpace(name); name == "" {
		name = "rule"
	}
	next := name
	for i := 1; b.names[next]; i++ {
		next = name + " " + strings.Repeat("x", i)
	}
	b.names[next] = true
	return next
}

// detectors adds rules for detectors.
func (b *builder) detectors(path string, names []string, action string, answers bool) {
	list := &b.policy.Rules
	if answers {
		list = &b.policy.Answers
	}
	for _, name := range names {
		if i := slices.IndexFunc(*list, func(r rule) bool { return r.Detector == name }); i >= 0 {
			if old := &(*list)[i]; old.Action != action {
				b.note(path, fmt.Sprintf("%s has two actions; the stricter one holds", name))
				old.Action = stricter(old.Action, action)
			}
			continue
		}
		ruleName := name
		if answers {
			ruleName += " in answers"
		}
		*list = append(*list, rule{Name: b.unique(ruleName), Detector: name, Action: action, path: path})
	}
}

func stricter(a, b string) string {
	for _, action := range []string{"block", "redact", "", "alert"} {
		if a == action || b == action {
			return action
		}
	}
	return a
}

// pattern adds a rule with a pattern, if the engine can run it. It tells whether.
func (b *builder) pattern(r rule, answers bool) bool {
	r.Name = b.unique(r.Name)
	err := tried(r, answers)
	if err != nil && !answers {
		slow := r
		slow.Engine = "backtracking"
		if slowErr := tried(slow, false); slowErr == nil {
			b.note(r.path, "the pattern needs the backtracking engine, which is slow: "+err.Error())
			r, err = slow, nil
		}
	}
	if err != nil {
		b.lose(r.path, "the pattern cannot be used: "+err.Error())
		return false
	}
	if answers {
		b.policy.Answers = append(b.policy.Answers, r)
	} else {
		b.policy.Rules = append(b.policy.Rules, r)
	}
	return true
}

// tried tells whether a rule can be compiled by itself.
func tried(r rule, answers bool) error {
	p := policyFile{Name: "try", Rules: []rule{r}}
	if answers {
		p.Rules, p.Answers = []rule{{Name: "other", Detector: "email"}}, []rule{r}
	}
	text, err := encoded(p)
	if err != nil {
		return err
	}
	if err := compiled(text); err != nil {
		return errors.New(reason(err))
	}
	return nil
}

func compiled(text []byte) error {
	p, err := policy.Parse("policy", "policy", text)
	if err != nil {
		return err
	}
	if _, err := detect.Compile(p); err != nil {
		return err
	}
	_, err = detect.CompileResponse(p)
	return err
}

// reason is what is wrong with a rule, without its place.
func reason(err error) string {
	var mistake *strictjson.Error
	if errors.As(err, &mistake) {
		return mistake.Field[strings.LastIndexByte(mistake.Field, '.')+1:] + " " + mistake.Reason
	}
	return err.Error()
}

func encoded(v any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return out.Bytes(), err
}

var errNothing = errors.New("nothing in it can be carried over, so there is no policy")

// finish returns the policy, after making sure that a gateway would take it. Rules
// that do not go together with the others are left out and listed.
func (b *builder) finish() (*Result, error) {
	for {
		if len(b.policy.Rules) == 0 && len(b.policy.Packs) == 0 && b.policy.DenyTerms == nil {
			return &b.result, errNothing
		}
		text, err := encoded(b.policy)
		if err != nil {
			return nil, err
		}
		err = compiled(text)
		if err == nil {
			b.result.Text = text
			return &b.result, nil
		}
		var mistake *strictjson.Error
		if !errors.As(err, &mistake) || !b.leaveOut(mistake.Rule, reason(err)) {
			return nil, fmt.Errorf("the policy would not load: %w", err)
		}
	}
}

func (b *builder) leaveOut(name, why string) bool {
	for _, list := range []*[]rule{&b.policy.Rules, &b.policy.Answers} {
		if i := slices.IndexFunc(*list, func(r rule) bool { return r.Name == name }); i >= 0 && name != "" {
			b.lose((*list)[i].path, why)
			*list = slices.Delete(*list, i, i+1)
			return true
		}
	}
	return false
}

// pack adds a pack.
func (b *builder) pack(name string) {
	if _, ok := detector.Pack(name); ok && !slices.Contains(b.policy.Packs, name) {
		b.policy.Packs = append(b.policy.Packs, name)
	}
}

// takesPart tells whether the first capture group of an expression has a part in
// every match.
func takesPart(expression string) bool {
	parsed, err := syntax.Parse(expression, syntax.Perl)
	if err != nil || parsed.MaxCap() != 1 {
		return false
	}
	return alwaysCaptures(parsed)
}

func alwaysCaptures(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpCapture:
		return true
	case syntax.OpConcat:
		return slices.ContainsFunc(re.Sub, alwaysCaptures)
	case syntax.OpPlus:
		return alwaysCaptures(re.Sub[0])
	}
	return false
}

// oneOf is a pattern of whole words.
func oneOf(words []string) string {
	// Longer ones first: a match that fails what follows is not made shorter.
	words = slices.Clone(words)
	slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
	for i, word := range words {
		words[i] = regexp.QuoteMeta(word)
	}
	return `(?<!\w)(?:` + strings.Join(words, "|") + `)(?!\w)`
}
