package cli

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/krakend-redact/krakend-redact/internal/detector"
)

// detectorResult is a detector as redact detectors prints it.
type detectorResult struct {
	Name        string   `json:"name"`
	Title       string   `json:"title"`
	Placeholder string   `json:"placeholder"`
	Packs       []string `json:"packs"`
	Severity    string   `json:"severity"`
	Pattern     string   `json:"pattern"`
	Validation  string   `json:"validation,omitempty"`
	// Require and Forbid are the words that must and must not stand near.
	Require []string `json:"require,omitempty"`
	Forbid  []string `json:"forbid,omitempty"`
	Source  string   `json:"source"`
	Match   []string `json:"match"`
	NoMatch []string `json:"no_match"`
}

// detectors lists the built-in detectors.
func (a *app) detectors() *cobra.Command {
	var pack string
	c := &cobra.Command{
		Use:   "detectors [NAME…]",
		Short: "List the built-in detectors, or show some of them in full",
		Example: `  redact detectors
  redact detectors --pack secrets
  redact detectors credit_card iban
  redact detectors --output json | jq -r '.[].name'`,
		ValidArgsFunction: func(_ *cobra.Command, given []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, d := range detector.All() {
				if !slices.Contains(given, d.Name) {
					names = append(names, d.Name+"\t"+d.Title)
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, names []string) error {
			list, err := chosenDetectors(names, pack)
			if err != nil {
				return err
			}
			switch {
			case a.output == "json":
				results := make([]detectorResult, len(list))
				for i, d := range list {
					results[i] = resultOf(d)
				}
				return a.printJSON(results)
			case len(names) > 0:
				for i, d := range list {
					if i > 0 {
						a.printf("\n")
					}
					a.showDetector(resultOf(d))
				}
				return nil
			}
			return a.listDetectors(list)
		},
	}
	c.Flags().StringVar(&pack, "pack", "", "only those of a pack: "+strings.Join(detector.Packs(), ", "))
	completeWith(c, "pack", detector.Packs()...)
	return c
}

// chosenDetectors returns the named detectors, all without a name, as far as
// they are in a pack.
func chosenDetectors(names []string, pack string) ([]*detector.Detector, error) {
	list := detector.All()
	if pack != "" {
		var ok bool
		if list, ok = detector.Pack(pack); !ok {
			return nil, checkChoice("pack", pack, detector.Packs()...)
		}
	}
	if len(names) == 0 {
		return list, nil
	}
	var chosen []*detector.Detector
	for _, name := range names {
		i := slices.IndexFunc(list, func(d *detector.Detector) bool { return d.Name == name })
		if i < 0 {
			if pack != "" {
				return nil, fmt.Errorf("there is no detector %q in the pack %s; redact detectors --pack %s lists them", name, pack, pack)
			}
			return nil, fmt.Errorf("there is no detector %q; redact detectors lists them", name)
		}
		chosen = append(chosen, list[i])
	}
	return chosen, nil
}

func resultOf(d *detector.Detector) detectorResult {
	r := detectorResult{
		Name: d.Name, Title: d.Title, Placeholder: "[REDACTED_" + d.Placeholder + "_1]", Packs: d.Packs, Severity: d.Severity,
		Pattern: d.Pattern, Validation: d.Validation, Source: d.Source, NoMatch: d.Examples.NoMatch,
	}
	if d.Context != nil {
		r.Require, r.Forbid = d.Context.Words, d.Context.Forbid
	}
	for _, e := range d.Examples.Match {
		r.Match = append(r.Match, e.Text)
	}
	return r
}

func (a *app) listDetectors(list []*detector.Detector) error {
	// The widths of columns are counted in bytes, so colours would shift them.
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tSEVERITY\tPACKS\tWHAT IT FINDS")
	for _, d := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", d.Name, d.Severity, strings.Join(d.Packs, " "), d.Title)
	}
	return w.Flush()
}

func (a *app) showDetector(d detectorResult) {
	a.printf("%s: %s\n", a.paint(styleStrong, d.Name), d.Title)
	row := func(title, text string) {
		if text != "" {
			a.printf("  %-12s %s\n", title, text)
		}
	}
	row("placeholder", a.paint(stylePlaceholder, d.Placeholder))
	row("packs", strings.Join(d.Packs, ", "))
	row("severity", d.Severity)
	row("validation", d.Validation)
	row("words near", strings.Join(d.Require, ", "))
	row("never near", strings.Join(d.Forbid, ", "))
	row("pattern", d.Pattern)
	row("source", d.Source)
	for _, text := range d.Match {
		row("finds", fmt.Sprintf("%q", text))
	}
	for _, text := range d.NoMatch {
		row("leaves", fmt.Sprintf("%q", text))
	}
}
