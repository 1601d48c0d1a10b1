package main

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"
)

const (
	sideBySideFrom = 120 // columns that three panes next to each other need
	widestPane     = 72  // longer lines are hard to read
)

// pane is one view of the exchange.
type pane struct {
	title string
	head  []string // how it travelled
	text  string   // what was said
}

// lines lays the pane out for the width.
func (p pane) lines(width int) []string {
	lines := []string{p.title, strings.Repeat("─", width)}
	for _, h := range p.head {
		lines = append(lines, wrap(h, width)...)
	}
	return append(append(lines, ""), wrap(p.text, width)...)
}

// printPanes prints the panes side by side, or below each other where the
// terminal is too narrow for that.
func printPanes(out io.Writer, panes []pane, columns int, h highlighter) {
	fmt.Fprintln(out)
	if columns < sideBySideFrom {
		for _, p := range panes {
			for _, line := range p.lines(max(20, min(columns, widestPane))) {
				fmt.Fprintln(out, h.paint(line))
			}
			fmt.Fprintln(out)
		}
		return
	}

	const gap = " │ "
	width := min(widestPane, (columns-(len(panes)-1)*utf8.RuneCountInString(gap))/len(panes))
	columnsOf := make([][]string, len(panes))
	rows := 0
	for i, p := range panes {
		columnsOf[i] = p.lines(width)
		rows = max(rows, len(columnsOf[i]))
	}
	for row := range rows {
		for i, lines := range columnsOf {
			line := ""
			if row < len(lines) {
				line = lines[row]
			}
			if i > 0 {
				fmt.Fprint(out, gap)
			}
			fmt.Fprint(out, h.paint(line))
			if i < len(columnsOf)-1 {
				fmt.Fprint(out, strings.Repeat(" ", width-utf8.RuneCountInString(line)))
			}
		}
		fmt.Fprintln(out)
	}
	fmt.Fprintln(out)
}

// wrap breaks text into lines of at most width characters, at spaces where it can.
func wrap(text string, width int) []string {
	var lines []string
	for _, paragraph := range strings.Split(text, "\n") {
		var line []rune
		for _, w := range strings.Fields(paragraph) {
			word := []rune(w)
			if len(line) > 0 && len(line)+1+len(word) > width {
				lines = append(lines, string(line))
				line = nil
			}
			if len(line) > 0 {
				line = append(line, ' ')
			}
			line = append(line, word...)
			for len(line) > width {
				lines = append(lines, string(line[:width]))
				line = line[width:]
			}
		}
		lines = append(lines, string(line))
	}
	return lines
}

// highlighter colours values and placeholders; without colours it changes nothing.
type highlighter struct {
	colour bool
	words  *regexp.Regexp
}

const (
	valueColour       = "\x1b[1;33m" // yellow
	placeholderColour = "\x1b[1;36m" // cyan
	alarmColour       = "\x1b[1;31m" // red
	noColour          = "\x1b[0m"
)

func newHighlighter(colour bool) highlighter {
	var words []string
	for _, s := range secrets {
		words = append(words, regexp.QuoteMeta(s))
	}
	return highlighter{colour, regexp.MustCompile(placeholder.String() + "|" + strings.Join(words, "|"))}
}

func (h highlighter) paint(line string) string {
	if !h.colour {
		return line
	}
	return h.words.ReplaceAllStringFunc(line, func(word string) string {
		if placeholder.MatchString(word) {
			return placeholderColour + word + noColour
		}
		return valueColour + word + noColour
	})
}

func (h highlighter) alarm(line string) string {
	if !h.colour {
		return line
	}
	return alarmColour + line + noColour
}
