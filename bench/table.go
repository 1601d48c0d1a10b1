package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"
)

// result holds the samples of one body: one list per variant, one sample per round.
type result struct {
	request request
	samples [][]sample
}

// writeTable writes a Markdown table that also reads well as it is.
func writeTable(w io.Writer, results []result) error {
	rows := [][]string{{
		"body", "req/s: redact/plain", "redact/lua", "CPU: redact/plain", "redact/lua",
		"req/s: plain", "redact", "lua", "CPU µs/req: plain", "redact", "lua",
	}}
	for _, r := range results {
		plain, redact, lua := r.samples[0], r.samples[1], r.samples[2]
		row := []string{r.request.name}
		for _, figure := range []func(sample) float64{rate, cpu} {
			row = append(row, ratio(ratios(redact, plain, figure)), ratio(ratios(redact, lua, figure)))
		}
		for _, figure := range []func(sample) float64{rate, cpu} {
			for _, s := range r.samples {
				row = append(row, number(median(s, figure)))
			}
		}
		rows = append(rows, row)
	}

	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	rule := make([]string, len(widths))
	for i, width := range widths {
		rule[i] = strings.Repeat("-", width-1) + ":"
	}
	rows = append(rows[:1], append([][]string{rule}, rows[1:]...)...)
	for _, row := range rows {
		for i, cell := range row {
			row[i] = fmt.Sprintf("%*s", widths[i], cell)
		}
		if _, err := fmt.Fprintf(w, "| %s |\n", strings.Join(row, " | ")); err != nil {
			return err
		}
	}
	return nil
}

func number(n float64) string {
	if n == 0 {
		return "?"
	}
	return fmt.Sprintf("%.0f", n)
}

// ratio writes the median, and where the middle half of the rounds lies.
func ratio(q quartiles) string {
	if math.IsNaN(q.median) { // no CPU time is known
		return "?"
	}
	return fmt.Sprintf("%s (%s–%s)", short(q.median), short(q.low), short(q.high))
}

// short spends its digits where they mean something.
func short(n float64) string {
	switch {
	case n < 0.1:
		return fmt.Sprintf("%.3f", n)
	case n < 10:
		return fmt.Sprintf("%.2f", n)
	}
	return fmt.Sprintf("%.1f", n)
}
