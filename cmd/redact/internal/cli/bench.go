package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/krakend-redact/krakend-redact/internal/policy"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/policybench"
)

// benchResult is what redact bench prints.
type benchResult struct {
	Policy policyResult `json:"policy"`
	*policybench.Result
}

// bench measures a policy.
func (a *app) bench() *cobra.Command {
	var least time.Duration
	c := &cobra.Command{
		Use:   "bench POLICY [TEXT|FILE|-]",
		Short: "Measure how fast a policy is, and what each of its rules costs",
		Long: `Measure how fast a policy is, and what each of its rules costs.

Without a text, the built-in ones are used: prose, the JSON of a chat, code, and lines
full of what detectors find. One core is used. MB/S is for all that a gateway does to a
request. ALONE is the time that the search takes with this rule only, SAVED what the whole
policy would save without it: rules share one pass over a text, so leaving out one that is
cheap saves nothing, and small differences are noise.`,
		Example: `  redact bench policy.json
  redact bench policy.json prompts.txt --time 500ms
  redact bench policy.json --output json | jq '.rules[] | select(.slow)'`,
		Args:              cobra.RangeArgs(1, 2),
		ValidArgsFunction: completePolicy,
		RunE: func(_ *cobra.Command, args []string) error {
			p, err := policy.Load(args[0])
			if err != nil {
				return err
			}
			texts, err := a.benchTexts(args[1:])
			if err != nil {
				return err
			}
			r, err := policybench.Measure(p, texts, least, a.benchProgress())
			if err != nil {
				return err
			}
			if a.output == "json" {
				return a.printJSON(benchResult{policyResultOf(p, args[0]), r})
			}
			a.printPolicy(policyResultOf(p, args[0]))
			return a.printBench(r)
		},
	}
	c.Flags().DurationVar(&least, "time", 50*time.Millisecond, "how long each measurement takes at least")
	return c
}

// benchTexts returns the texts to measure with: an argument is a file if there is
// one of that name.
func (a *app) benchTexts(args []string) ([]policybench.Text, error) {
	if len(args) == 0 {
		return policybench.Samples(), nil
	}
	var text []byte
	var err error
	if args[0] == "-" {
		text, err = io.ReadAll(a.in)
	} else if text, err = os.ReadFile(args[0]); errors.Is(err, fs.ErrNotExist) {
		text, err = []byte(args[0]), nil
	}
	if err == nil && len(text) == 0 {
		err = errors.New("the text is empty")
	}
	return []policybench.Text{{Kind: "input", Text: string(text)}}, err
}

// benchProgress shows how many of the measurements are done.
func (a *app) benchProgress() func(done, all int) {
	bar := a.progress("measuring", -1, false)
	if bar == nil {
		return func(int, int) {}
	}
	// A bar that cannot be drawn is no reason to stop.
	return func(done, all int) {
		bar.ChangeMax(all)
		_ = bar.Set(done)
		if done+1 == all {
			_ = bar.Clear()
		}
	}
}

func (a *app) printBench(r *policybench.Result) error {
	a.printf("\n")
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "TEXT\tBYTES\tFINDINGS\tMB/S\t")
	for _, s := range r.Speeds {
		fmt.Fprintf(w, "%s\t%d\t%d\t%.1f\t\n", s.Kind, s.Bytes, s.Findings, s.MBPerSecond)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	a.printf("\nnanoseconds that the search takes for a kilobyte: %.0f with all rules\n\n", r.All)
	w = tabwriter.NewWriter(a.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "ALONE\tSAVED\t  RULE")
	for _, c := range r.Rules {
		fmt.Fprintf(w, "%.0f\t%.0f\t  %s\n", c.Alone, c.Saved, oneLine(c.Rule))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, c := range r.Rules {
		if c.Slow != "" {
			a.printf("\n%s rule %q %s.\n  %s\n", a.paint(styleWarning, "REWRITE"), c.Rule, c.Slow, c.Remedy)
		}
	}
	return nil
}
