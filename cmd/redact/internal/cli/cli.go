// Package cli is the command line of redact: one file for each command, which
// reads flags and prints. What a command does lies in the packages beside it.
package cli

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// Exit codes.
const (
	exitFine     = 0
	exitFindings = 1 // findings or failures
	exitUsage    = 2 // wrong use
)

// errFindings ends a command that has printed what it found.
var errFindings = errors.New("findings")

// app is what all commands share.
type app struct {
	in          io.Reader
	out, errOut io.Writer
	// output is "text", the default, or "json".
	output string
}

// Run runs a command line and returns the exit code.
func Run(args []string, in io.Reader, out, errOut io.Writer) int {
	a := &app{in: in, out: out, errOut: errOut}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	switch err := root.Execute(); {
	case err == nil:
		return exitFine
	case errors.Is(err, errFindings):
		return exitFindings
	default:
		fmt.Fprintf(errOut, "redact: %s\n", err)
		return exitUsage
	}
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "redact",
		Short:         "Check, test and try redaction policies with the engine that the gateway runs",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			if a.output != "text" && a.output != "json" {
				return fmt.Errorf(`--output is %q; it can be "text" or "json"`, a.output)
			}
			return nil
		},
	}
	root.PersistentFlags().StringVar(&a.output, "output", "text", `how results are printed: "text" or "json"`)
	root.AddCommand(
		a.detectors(),
	)
	return root
}
