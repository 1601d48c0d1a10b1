package split

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// WriteTable writes Markdown that also reads well as it is. The first row is the
// heading; all columns but the first hold figures.
func WriteTable(w io.Writer, rows [][]string) error {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell), 3)
		}
	}
	rule := []string{strings.Repeat("-", widths[0])}
	for _, width := range widths[1:] {
		rule = append(rule, strings.Repeat("-", width-1)+":")
	}
	for i, row := range append([][]string{rows[0], rule}, rows[1:]...) {
		cells := make([]string, len(row))
		for j, cell := range row {
			fill := strings.Repeat(" ", widths[j]-utf8.RuneCountInString(cell))
			if cells[j] = fill + cell; j == 0 {
				cells[j] = cell + fill
			}
		}
		if i == 1 {
			cells = rule
		}
		if _, err := fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | ")); err != nil {
			return err
		}
	}
	return nil
}

// WriteRates writes the rates of a tool, and what went wrong first.
func WriteRates(w io.Writer, tool string, results []Result) error {
	rows := [][]string{{tool, "requests", "fidelity", "leak up", "leak down"}}
	var all Rates
	examples := map[string]string{}
	for _, r := range results {
		rows = append(rows, row(r.Way.Name, r.Rates))
		all.Requests += r.Requests
		all.Restored += r.Restored
		all.Of += r.Of
		all.Up += r.Up
		all.Sent += r.Sent
		all.Down += r.Down
		all.Injected += r.Injected
		for what, e := range r.examples {
			if examples[what] == "" {
				examples[what] = e
			}
		}
	}
	if err := WriteTable(w, append(rows, row("all", all))); err != nil {
		return err
	}
	if len(examples) == 0 {
		return nil
	}
	_, err := fmt.Fprintf(w, "\nThe first of each kind of failure:\n\n- %s\n",
		strings.Join(slices.Sorted(maps.Values(examples)), "\n- "))
	return err
}

func row(name string, r Rates) []string {
	return []string{
		name, fmt.Sprint(r.Requests),
		share(r.Restored, r.Of), share(r.Up, r.Sent), share(r.Down, r.Injected),
	}
}

// share never rounds to all or nothing: 0.00 means none and 1.00 means all.
func share(n, of int) string {
	if of == 0 {
		return "–"
	}
	s := float64(n) / float64(of)
	switch {
	case n > 0 && s < 0.005:
		return ">0.00"
	case n < of && s >= 0.995:
		return "<1.00"
	}
	return fmt.Sprintf("%.2f", s)
}
