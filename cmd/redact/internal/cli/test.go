package cli

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/krakend-redact/krakend-redact/internal/policy"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/policytest"
)

// testResult is what redact test prints.
type testResult struct {
	Policy  policyResult        `json:"policy"`
	Passed  int                 `json:"passed"`
	Failed  int                 `json:"failed"`
	Results []policytest.Result `json:"results"`
	// Untouched are the rules that no test has had a finding of.
	Untouched []string `json:"untouched,omitempty"`
}

// test tests a policy.
func (a *app) test() *cobra.Command {
	var files []string
	var detectors, coverage, show bool
	c := &cobra.Command{
		Use:   "test POLICY",
		Short: "Test a policy: the examples of its rules, and tables of cases",
		Long: `Test a policy: the examples of its rules, and tables of cases.

An example under "match" has to be found by its rule, and must not be lost to another
one; one under "no_match" must not be found. A case is a line of JSON:

  {"name": "card and mail", "input": "I am jane@example.com",
   "output": "I am [REDACTED_EMAIL_1]", "findings": [{"rule": "email", "value": "jane@example.com"}]}

"input" is a text or, with "profile": "openai-chat", the JSON of a request. All of
what is expected may be left out: "output" is what the LLM gets, "findings" are all
that there are, in any order. The way back is tried too: the LLM's "answer", which
without one repeats what it got, must come back as "restored", which without one is
the input, if all findings unmask.

Failures are told by place and masked text. --show-values quotes the texts.`,
		Example: `  redact test policy.json
  redact test policy.json --cases cases.jsonl --coverage
  redact test policy.json --detectors --output json
  redact test policy.json --output junit > report.xml`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completePolicy,
		RunE: func(_ *cobra.Command, args []string) error {
			p, err := policy.Load(args[0])
			if err != nil {
				return err
			}
			r, err := testPolicy(p, files, detectors, show)
			if err != nil {
				return err
			}
			r.Policy = policyResultOf(p, args[0])
			if !coverage {
				r.Untouched = nil
			}
			switch a.output {
			case "json":
				err = a.printJSON(r)
			case "junit":
				err = a.printJUnit("redact test", []junitSuite{testSuite(r)})
			default:
				a.printTest(r, coverage)
			}
			if err == nil && (r.Failed > 0 || len(r.Untouched) > 0) {
				return errFindings
			}
			return err
		},
	}
	c.Flags().StringArrayVar(&files, "cases", nil, "a file with a case on each line; may be given more than once")
	c.Flags().BoolVar(&detectors, "detectors", false, "also test the examples of the detectors that rules name")
	c.Flags().BoolVar(&coverage, "coverage", false, "list the rules that nothing was found by; any of them is a failure")
	c.Flags().BoolVar(&show, "show-values", false, "quote the texts of what fails")
	return alsoPrints(c, "junit")
}

func testPolicy(p *policy.Policy, files []string, detectors, show bool) (testResult, error) {
	r := testResult{Results: []policytest.Result{}}
	t, err := policytest.New(p)
	if err != nil {
		return r, err
	}
	results, err := t.Examples(detectors)
	if err != nil {
		return r, err
	}
	r.Results = append(r.Results, results...)
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			return r, err
		}
		results, err := t.Cases(file, f)
		_ = f.Close()
		if err != nil {
			return r, err
		}
		r.Results = append(r.Results, results...)
	}
	for i := range r.Results {
		if r.Results[i].Passed {
			r.Passed++
		} else {
			r.Failed++
		}
		for j := range r.Results[i].Failures {
			if !show {
				r.Results[i].Failures[j].Detail = ""
			}
		}
	}
	r.Untouched = t.Untouched()
	return r, nil
}

func (a *app) printTest(r testResult, coverage bool) {
	a.printPolicy(r.Policy)
	for _, t := range r.Results {
		if t.Passed {
			continue
		}
		a.printf("%s %s %s\n", a.paint(styleBad, "FAIL"), t.Kind, oneLine(t.Name))
		for _, f := range t.Failures {
			a.printf("     %s\n", oneLine(f.Say))
			if f.Detail != "" {
				a.printf("       %s\n", a.paint(styleValue, printable(f.Detail)))
			}
		}
	}
	for _, name := range r.Untouched {
		a.printf("%s rule %q: no test has had a finding of it\n", a.paint(styleWarning, "NOT TOUCHED"), name)
	}
	style := styleGood
	if r.Failed > 0 {
		style = styleBad
	}
	a.printf("%s\n", a.paint(style, plural(r.Passed, "test")+" passed, "+plural(r.Failed, "test")+" failed"))
	if len(r.Results) == 0 {
		a.printf("%s\n", a.paint(styleWarning, "there is nothing to test: give rules examples, or name --cases or --detectors"))
	}
	if coverage && len(r.Untouched) == 0 {
		a.printf("every rule was touched\n")
	}
}
