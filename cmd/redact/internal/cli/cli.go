// Package cli is the command line of redact: one file for each command, which
// reads flags and prints. What a command does lies in the packages beside it.
package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// app is what all commands share.
type app struct {
	in          io.Reader
	out, errOut io.Writer
	// output is "text", the default, "json", or what else a command can print.
	output string
	// color is "auto", the default, "always" or "never".
	color string
	// colours tells whether results are coloured.
	colours bool
}

// Run runs a command line and returns the exit code.
func Run(args []string, in io.Reader, out, errOut io.Writer) int {
	checked := &checkedWriter{Writer: out}
	a := &app{in: in, out: checked, errOut: errOut}
	root := a.root(out)
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(checked)
	root.SetErr(errOut)
	err := root.Execute()
	if checked.err != nil {
		err = failure{fmt.Errorf("the result could not be written: %w", checked.err)}
	}
	code, err := exitCode(err)
	if err != nil {
		fmt.Fprintf(errOut, "redact: %s\n", err)
	}
	return code
}

// root returns the command line. stream is what results are printed to.
func (a *app) root(stream io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:           "redact",
		Short:         "Check, test and try redaction policies with the engine that the gateway runs",
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(c *cobra.Command, _ []string) error {
			if err := checkChoice("color", a.color, "auto", "always", "never"); err != nil {
				return err
			}
			a.colours = wantsColours(a.color, stream)
			return checkChoice("output", a.output, outputsOf(c)...)
		},
	}
	root.PersistentFlags().StringVar(&a.output, "output", "text", "how results are printed: text or json")
	root.PersistentFlags().StringVar(&a.color, "color", "auto", "when results are coloured: auto (on a terminal), always or never")
	completeWith(root, "color", "auto", "always", "never")
	root.AddCommand(
		a.bench(),
		a.check(),
		a.detectors(),
		a.explain(),
		a.initialize(),
		a.keygen(),
		a.mask(),
		a.migrate(),
		a.scan(),
		a.test(),
		a.try(),
		a.unmask(),
		a.version(),
	)
	return root
}
