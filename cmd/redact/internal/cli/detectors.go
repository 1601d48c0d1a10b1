package cli

import (
	"fmt"

	"github.com/krakend-redact/krakend-redact/internal/detector"
	"github.com/spf13/cobra"
)

// detectors lists the built-in detectors.
func (a *app) detectors() *cobra.Command {
	return &cobra.Command{
		Use:   "detectors",
		Short: "List the built-in detectors",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			for _, d := range detector.All() {
				fmt.Fprintf(a.out, "%s\t%s\n", d.Name, d.Title)
			}
			return nil
		},
	}
}
