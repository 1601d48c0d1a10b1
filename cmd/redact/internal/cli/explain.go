package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/check"
)

// explanation is what redact explain prints as JSON.
type explanation struct {
	Code     string         `json:"code"`
	Severity check.Severity `json:"severity"`
	Title    string         `json:"title"`
	Remedy   string         `json:"remedy"`
	Page     string         `json:"page"`
	URL      string         `json:"url"`
}

// explain prints the page about a code.
func (a *app) explain() *cobra.Command {
	return &cobra.Command{
		Use:     "explain CODE",
		Short:   "Say what a code of redact check means, with an example and the remedy",
		Example: "  redact explain KR047",
		Args:    cobra.ExactArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var list []string
			for _, code := range check.Codes() {
				list = append(list, code.ID+"\t"+code.Title)
			}
			return list, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			code, ok := check.Lookup(args[0])
			if !ok {
				return fmt.Errorf("there is no code %q; docs/checks/README.md lists them", args[0])
			}
			if a.output == "json" {
				return a.printJSON(explanation{code.ID, code.Severity, code.Title, code.Remedy, code.Page(), code.PageURL()})
			}
			a.printf("%s", code.Page())
			return nil
		},
	}
}
