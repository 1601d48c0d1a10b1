package cli

import (
	"fmt"
	"strings"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/why"
)

// printWhy prints what became of the rules: those that did not match last.
func (a *app) printWhy(list []why.Rule, skipped []string) {
	a.printf("\n%s\n", a.paint(styleStrong, "why"))
	var unmatched []string
	for _, w := range list {
		if w.Found == 0 && len(w.Misses) == 0 {
			unmatched = append(unmatched, w.Name)
			continue
		}
		if w.Found > 0 {
			a.printf("  %s: %s\n", oneLine(w.Name), a.paint(styleGood, fmt.Sprintf("found %d", w.Found)))
		}
		for _, m := range w.Misses {
			place := ""
			if m.Path != "" {
				place = " in " + m.Path
			}
			a.printf("  %s: %s %s%s: %s\n", oneLine(w.Name), a.paint(styleWarning, "not"), quoteShort(m.Text), oneLine(place), oneLine(m.Say))
		}
	}
	if len(unmatched) > 0 {
		a.printf("  %s\n", a.paint(styleFaint, "pattern does not match: "+oneLine(strings.Join(unmatched, ", "))))
	}
	if len(skipped) > 0 {
		a.printf("  %s\n", a.paint(styleFaint, "not looked into, as these steer the request or are media: "+oneLine(strings.Join(skipped, ", "))))
	}
}

// quoteShort quotes a piece of the user's text for one line.
func quoteShort(text string) string {
	const most = 60
	if r := []rune(text); len(r) > most {
		text = string(r[:most]) + "…"
	}
	return fmt.Sprintf("%q", text)
}
