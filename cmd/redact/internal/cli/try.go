package cli

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/krakend-redact/krakend-redact/internal/policy"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/exchange"
	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/why"
)

// tryResult is what redact try prints.
type tryResult struct {
	Policy policyResult `json:"policy"`
	// Profile is the wire format that the input was taken for, if any.
	Profile  string          `json:"profile,omitempty"`
	Findings []findingResult `json:"findings"`
	// Watched are the findings that stay as they are, by their rules.
	Watched []watchedResult `json:"watched"`
	// Blocked names the rules that would have a gateway refuse the request.
	Blocked []string `json:"blocked"`
	Sent    string   `json:"sent"`
	// Restored is what the user gets of an answer that says what was sent.
	Restored string `json:"restored"`
	// Same tells that this is the input, byte for byte.
	Same    bool       `json:"same"`
	Why     []why.Rule `json:"why,omitempty"`
	Skipped []string   `json:"skipped,omitempty"`
}

// findingResult is a finding that is replaced.
type findingResult struct {
	Rule     string `json:"rule"`
	Action   string `json:"action"`
	Severity string `json:"severity"`
	Start    int    `json:"start"` // in bytes
	End      int    `json:"end"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Value    string `json:"value"` // as it is spelled in the input
	Instead  string `json:"instead"`
	Unmask   bool   `json:"unmask"`
}

// watchedResult counts what a rule that changes nothing has found.
type watchedResult struct {
	Rule   string `json:"rule"`
	Action string `json:"action"`
	Count  int    `json:"count"`
}

// try shows what a gateway would do to a text.
func (a *app) try() *cobra.Command {
	var options exchange.Options
	var explain bool
	c := &cobra.Command{
		Use:   "try POLICY [TEXT|-]",
		Short: "Show what a policy finds in a text, what the LLM would get and what comes back",
		Long: `Show what a policy finds in a text, what the LLM would get and what comes back.

The text is an argument or, with - or none, the standard input. It is searched by
the engine that the gateway runs. It and its values are printed: this is for texts
of your own.`,
		Example: `  redact try policy.json 'I am jane.doe@example.com, card 4111 1111 1111 1111'
  redact try policy.json --why 'SSN 536-22-8146'
  redact try policy.json --profile openai - < request.json
  redact try policy.json --output json "$(pbpaste)" | jq .findings`,
		Args:              cobra.RangeArgs(1, 2),
		ValidArgsFunction: completePolicy,
		RunE: func(_ *cobra.Command, args []string) error {
			p, err := policy.Load(args[0])
			if err != nil {
				return err
			}
			e, err := exchange.New(p, options)
			if err != nil {
				return err
			}
			in := a.textOf(args[1:])
			if explain {
				if in, err = smallText(in); err != nil {
					return err
				}
			}
			m, err := e.Mask(in, explain)
			if err != nil {
				return failure{err}
			}
			r, err := tryResultOf(e.Policy, m)
			if err != nil {
				return failure{err}
			}
			r.Policy = policyResultOf(p, args[0])
			if options.Profile != "" {
				r.Profile = m.Profile
			}
			if explain {
				r.Why, r.Skipped = why.Of(e.Policy, m), m.Skipped
			}
			if a.output == "json" {
				return a.printJSON(r)
			}
			return a.printTry(r, m)
		},
	}
	a.exchangeFlags(c, &options)
	c.Flags().BoolVar(&explain, "why", false, "say for each rule whether it matched, and why not")
	return c
}

// exchangeFlags are the flags of commands that mask texts.
func (a *app) exchangeFlags(c *cobra.Command, o *exchange.Options) {
	c.Flags().StringVar(&o.Profile, "profile", "", "take the input for a request body in this format: "+strings.Join(exchange.Profiles(), ", "))
	c.Flags().Int64Var(&o.MaxBytes, "max-bytes", exchange.DefaultMaxBytes, "refuse inputs that are larger")
	completeWith(c, "profile", exchange.Profiles()...)
}

// textOf returns the text of an argument, or the standard input.
func (a *app) textOf(args []string) io.Reader {
	if len(args) > 0 && args[0] != "-" {
		return strings.NewReader(args[0])
	}
	if _, typed := terminal(a.in); typed {
		fmt.Fprintln(a.errOut, "Type the text; Ctrl-D ends it.")
	}
	return a.in
}

// maxWhy bounds in bytes what is explained: every match of every rule.
const maxWhy = 256 << 10

// smallText reads a text that can be explained.
func smallText(in io.Reader) (io.Reader, error) {
	text, err := io.ReadAll(io.LimitReader(in, maxWhy+1))
	if err == nil && len(text) > maxWhy {
		err = fmt.Errorf("--why explains texts of up to %d bytes: give it the part that matters", maxWhy)
	}
	return bytes.NewReader(text), err
}

func tryResultOf(p *policy.Policy, m *exchange.Masked) (tryResult, error) {
	r := tryResult{Sent: m.Text, Findings: []findingResult{}, Watched: watchedOf(p, m), Blocked: append([]string{}, m.Blocked...)}
	at := places{text: m.Doc}
	for _, c := range m.Changes {
		rule := p.Rules[c.Rule]
		line, column := at.of(c.Start)
		r.Findings = append(r.Findings, findingResult{
			rule.Name, string(rule.Action), string(rule.Severity), c.Start, c.End, line, column, m.Doc[c.Start:c.End], c.Instead, rule.Unmask,
		})
	}
	var err error
	r.Restored, err = m.Restored(m.Text)
	r.Same = r.Restored == m.Doc
	return r, err
}

func watchedOf(p *policy.Policy, m *exchange.Masked) []watchedResult {
	list := []watchedResult{}
	counts := make([]int, len(p.Rules))
	for _, rule := range m.Watched {
		counts[rule]++
	}
	for i, n := range counts {
		if n > 0 {
			list = append(list, watchedResult{p.Rules[i].Name, string(p.Rules[i].Action), n})
		}
	}
	return list
}

func (a *app) printTry(r tryResult, m *exchange.Masked) error {
	a.printPolicy(r.Policy)
	if r.Profile != "" {
		a.printf("taken for a request in the format %s\n", r.Profile)
	}
	var found, placed []span
	var words []string
	for _, c := range m.Changes {
		found = append(found, span{c.Start, c.End})
		words = append(words, c.Instead)
	}
	placed = spansOf(m.Text, words)
	a.printf("\n%s\n%s", a.paint(styleStrong, fmt.Sprintf("found %d", len(r.Findings))), indent(a.highlight(styleValue, m.Doc, found)))
	if len(r.Findings) > 0 {
		a.printf("\n")
		w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "  PLACE\tRULE\tACTION\tINSTEAD\tGIVEN BACK")
		for _, f := range r.Findings {
			back := "no"
			if f.Unmask {
				back = "yes"
			}
			fmt.Fprintf(w, "  %d:%d\t%s\t%s\t%s\t%s\n", f.Line, f.Column, oneLine(f.Rule), f.Action, oneLine(f.Instead), back)
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	for _, w := range r.Watched {
		a.printf("  %s: %d found, left as they are (action %s)\n", oneLine(w.Rule), w.Count, w.Action)
	}
	if len(r.Blocked) > 0 {
		a.printf("\n%s\n", a.paint(styleBad, "a gateway refuses this request: "+oneLine(strings.Join(r.Blocked, ", "))))
	}
	a.printf("\n%s\n%s", a.paint(styleStrong, "the LLM gets"), indent(a.highlightPlaceholders(m.Text, placed)))
	a.printf("\n%s\n", a.paint(styleStrong, "an answer that repeats it comes back as"))
	switch {
	case r.Same:
		a.printf("  the input, byte for byte\n")
	default:
		a.printf("%s", indent(printable(r.Restored)))
	}
	if r.Why != nil {
		a.printWhy(r.Why, r.Skipped)
	}
	return nil
}

// highlightPlaceholders colours placeholders. Without colours they stand out as
// they are.
func (a *app) highlightPlaceholders(text string, spans []span) string {
	if !a.colours {
		return printable(text)
	}
	return a.highlight(stylePlaceholder, text, spans)
}
