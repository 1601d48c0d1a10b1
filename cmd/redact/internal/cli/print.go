package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// printf prints a line, or a part of one.
func (a *app) printf(format string, args ...any) { fmt.Fprintf(a.out, format, args...) }

// printJSON prints a result as JSON for people and programs.
func (a *app) printJSON(v any) error {
	e := json.NewEncoder(a.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// outputsKey is the annotation of a command that can print more than text and
// JSON.
const outputsKey = "outputs"

// alsoPrints lets a command print in more formats than text and JSON.
func alsoPrints(c *cobra.Command, formats ...string) *cobra.Command {
	c.Annotations = map[string]string{outputsKey: strings.Join(formats, " ")}
	return c
}

// printsText is for commands whose result is a text itself.
func printsText(c *cobra.Command) *cobra.Command {
	c.Annotations = map[string]string{textOnlyKey: ""}
	return c
}

const textOnlyKey = "text only"

// outputsOf returns the formats that a command prints in.
func outputsOf(c *cobra.Command) []string {
	if _, only := c.Annotations[textOnlyKey]; only {
		return []string{"text"}
	}
	return append([]string{"text", "json"}, strings.Fields(c.Annotations[outputsKey])...)
}

// checkChoice makes sure that a flag has one of its values.
func checkChoice(flag, value string, choices ...string) error {
	if slices.Contains(choices, value) {
		return nil
	}
	return fmt.Errorf("--%s is %q; it can be %s", flag, value, strings.Join(choices, ", "))
}

// checkedWriter remembers the first error of writing: a result that did not
// arrive is a failure.
type checkedWriter struct {
	io.Writer
	err error
}

func (w *checkedWriter) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	if err != nil && w.err == nil {
		w.err = err
	}
	return n, err
}

// plural counts things.
func plural(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}
