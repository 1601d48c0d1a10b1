package policytest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/strictjson"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/exchange"
)

// Case is a text and what must become of it.
type Case struct {
	// Name tells the case from others. Default: its line.
	Name string
	// Input is the text, or the body of a request.
	Input string
	// Output is what the LLM must get. Default: anything.
	Output *string
	// Findings are all that must be found. Default: anything.
	Findings []Expected
	// HasFindings tells an empty list from none.
	HasFindings bool
	// Profile is the wire format of the input. Default: none.
	Profile string
	// Answer is what the LLM answers. Default: what it got.
	Answer *string
	// Restored is what the user must get. Default, where all findings unmask and
	// there is no answer: the input.
	Restored *string
}

// Expected is a finding that must be there: of a rule, and with a value unless it
// is nil.
type Expected struct {
	Rule  string
	Value *string
}

// cases compile a policy for the profiles that they ask for.
type cases struct {
	policy    *policy.Policy
	exchanges map[string]*exchange.Exchange
}

func (c *cases) exchange(profile string) (*exchange.Exchange, error) {
	if e, ok := c.exchanges[profile]; ok {
		return e, nil
	}
	e, err := exchange.New(c.policy, exchange.Options{Profile: profile})
	if err != nil {
		return nil, err
	}
	if c.exchanges == nil {
		c.exchanges = map[string]*exchange.Exchange{}
	}
	c.exchanges[profile] = e
	return e, nil
}

// Cases runs the cases of a file in JSON Lines, whose name is for errors.
func (t *Tester) Cases(file string, r io.Reader) ([]Result, error) {
	var results []Result
	lines := bufio.NewReader(r)
	for number := 1; ; number++ {
		line, err := lines.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return results, err
		}
		if len(bytes.TrimSpace(line)) > 0 {
			c, wrong := readCase(fmt.Sprintf("%s:%d", file, number), line)
			if wrong != nil {
				return results, wrong
			}
			if c.Name == "" {
				c.Name = fmt.Sprintf("line %d", number)
			}
			result, wrong := t.run(c)
			if wrong != nil {
				return results, fmt.Errorf("%s:%d: %w", file, number, wrong)
			}
			results = append(results, result)
		}
		if err != nil {
			return results, nil
		}
	}
}

func readCase(place string, line []byte) (Case, error) {
	var c Case
	o, err := strictjson.Parse(place, line)
	if err != nil {
		return c, err
	}
	o.String("name", &c.Name)
	o.String("profile", &c.Profile)
	if input := textOf(o, "input"); input != nil {
		c.Input = *input
	} else {
		o.Missing("input", "write the text to mask, or a JSON body")
	}
	c.Output, c.Answer, c.Restored = textOf(o, "output"), textOf(o, "answer"), textOf(o, "restored")
	if c.Answer != nil && c.Restored == nil {
		o.Fail("restored", `is missing beside "answer"`, "write what the user must get")
	}
	c.HasFindings = o.Has("findings")
	for _, f := range o.Objects("findings") {
		var e Expected
		f.String("rule", &e.Rule)
		if e.Rule == "" {
			f.Missing("rule", "name the rule")
		}
		if f.Has("value") {
			e.Value = new(string)
			f.String("value", e.Value)
		}
		_ = f.Close()
		c.Findings = append(c.Findings, e)
	}
	return c, o.Close()
}

// textOf returns a text, or JSON as it is written there. Nil is none.
func textOf(o *strictjson.Object, name string) *string {
	raw := o.Raw(name)
	if raw == nil {
		return nil
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		text = string(raw)
	}
	return &text
}

// run runs a case. Its error is a mistake in the case.
func (t *Tester) run(c Case) (Result, error) {
	r := Result{Kind: "case", Name: c.Name}
	e, err := t.cases.exchange(c.Profile)
	if err != nil {
		return r, err
	}
	for _, f := range c.Findings {
		if !slices.ContainsFunc(t.policy.Rules, func(rule policy.Rule) bool { return rule.Name == f.Rule }) {
			return r, fmt.Errorf("the policy has no rule %q", f.Rule)
		}
	}
	m, err := e.Mask(strings.NewReader(c.Input), false)
	if err != nil {
		r.fail("", "a gateway refuses the input: %v", err)
		return done(r), nil
	}
	for _, change := range m.Changes {
		t.touched[t.policy.Rules[change.Rule].Name] = true
	}
	for _, rule := range m.Watched {
		t.touched[t.policy.Rules[rule].Name] = true
	}
	if c.Output != nil && m.Text != *c.Output {
		r.fail(quoted(*c.Output), "output: differs from byte %d on; the LLM gets %q", difference(m.Text, *c.Output), m.Text)
	}
	if c.HasFindings {
		t.findings(&r, c, m)
	}
	t.restored(&r, c, m)
	return done(r), nil
}

// findings compares what was found with what was expected, in any order.
func (t *Tester) findings(r *Result, c Case, m *exchange.Masked) {
	type finding struct {
		rule, value, place string
		watched            bool
	}
	var left []finding
	for _, f := range m.Changes {
		left = append(left, finding{t.policy.Rules[f.Rule].Name, m.Doc[f.Start:f.End], fmt.Sprintf(" from byte %d to %d", f.Start, f.End), false})
	}
	for _, rule := range m.Watched {
		left = append(left, finding{rule: t.policy.Rules[rule].Name, watched: true})
	}
	for _, want := range c.Findings {
		i := slices.IndexFunc(left, func(f finding) bool {
			return f.rule == want.Rule && (want.Value == nil || f.watched || f.value == *want.Value || jsonedit.Unquote(f.value) == *want.Value)
		})
		if i >= 0 {
			left = slices.Delete(left, i, i+1)
			continue
		}
		detail := ""
		if want.Value != nil {
			detail = quoted(*want.Value)
		}
		r.fail(detail, "findings: rule %q does not find what it should", want.Rule)
	}
	for _, f := range left {
		r.fail(quoted(f.value), "findings: rule %q also finds something%s", f.rule, f.place)
	}
}

// restored compares what comes back with what should.
func (t *Tester) restored(r *Result, c Case, m *exchange.Masked) {
	answer, options := m.Text, exchange.RestoreOptions{}
	if c.Answer != nil {
		answer, options.Profile = *c.Answer, c.Profile
	}
	want := c.Restored
	if want == nil {
		if !t.allUnmask(m) {
			return
		}
		want = &m.Doc
	}
	var b strings.Builder
	if _, err := exchange.Restore(&b, strings.NewReader(answer), m.Vault, options); err != nil {
		r.fail("", "restored: the answer cannot be restored: %v", err)
		return
	}
	if got := b.String(); got != *want {
		r.fail(fmt.Sprintf("%q, not %q", got, *want), "restored: differs from byte %d on", difference(got, *want))
	}
}

func (t *Tester) allUnmask(m *exchange.Masked) bool {
	return !slices.ContainsFunc(m.Changes, func(c exchange.Change) bool { return !t.policy.Rules[c.Rule].Unmask })
}

// difference returns the first byte in which two texts differ.
func difference(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
