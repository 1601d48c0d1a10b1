package main

import (
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWrap(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       []string
	}{
		{"empty", "", []string{""}},
		{"fits", "one two", []string{"one two"}},
		{"fits exactly", "one two abc", []string{"one two abc"}},
		{"at a space", "one two three", []string{"one two", "three"}},
		{"long word", "ab " + strings.Repeat("x", 25), []string{"ab", "xxxxxxxxxxx", "xxxxxxxxxxx", "xxx"}},
		{"goes on after a long word", strings.Repeat("x", 12) + " y", []string{"xxxxxxxxxxx", "x y"}},
		{"characters, not bytes", "ééééé ééééé", []string{"ééééé ééééé"}},
		{"paragraphs", "a\n\nb", []string{"a", "", "b"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := wrap(tc.text, 11); !slices.Equal(got, tc.want) {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}

func printed(columns int, colour bool) string {
	panes := []pane{
		{"One", []string{"head"}, "bob@example.org wrote"},
		{"Two", []string{"head"}, "[REDACTED_EMAIL_1] wrote"},
		{"Three", []string{"head"}, strings.Repeat("many words ", 30)},
	}
	var out strings.Builder
	printPanes(&out, panes, columns, newHighlighter(colour))
	return out.String()
}

func TestPrintPanes(t *testing.T) {
	for _, tc := range []struct {
		columns    int
		sideBySide bool
	}{{10, false}, {80, false}, {119, false}, {120, true}, {200, true}, {500, true}} {
		text := printed(tc.columns, false)
		var titles string
		gaps := map[int]bool{} // where the first column ends
		for _, line := range strings.Split(text, "\n") {
			if n := utf8.RuneCountInString(line); n > max(20, tc.columns) {
				t.Errorf("%d columns: a line of %d: %q", tc.columns, n, line)
			}
			if left, _, ok := strings.Cut(line, "│"); ok {
				gaps[utf8.RuneCountInString(left)] = true
			}
			if strings.HasPrefix(line, "One") {
				titles = strings.Join(strings.Fields(line), " ")
			}
		}
		if want := map[bool]string{true: "One │ Two │ Three", false: "One"}[tc.sideBySide]; titles != want {
			t.Errorf("%d columns: titles %q, want %q", tc.columns, titles, want)
		}
		if tc.sideBySide != (len(gaps) == 1) {
			t.Errorf("%d columns: the first column ends at %v", tc.columns, gaps)
		}
		if n := strings.Count(text, "many"); n != 30 {
			t.Errorf("%d columns: %d of 30 words", tc.columns, n)
		}
	}
}

func TestColours(t *testing.T) {
	if text := printed(80, false); strings.Contains(text, "\x1b") {
		t.Errorf("colours without being asked: %q", text)
	}
	for _, columns := range []int{80, 150} {
		text := printed(columns, true)
		for _, want := range []string{valueColour + "bob@example.org" + noColour + " wrote", placeholderColour + "[REDACTED_EMAIL_1]" + noColour + " wrote"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is missing in %q", want, text)
			}
		}
		plain := escapes.ReplaceAllString(text, "")
		if plain != printed(columns, false) {
			t.Errorf("colours change the layout:\n%s", plain)
		}
	}
	h := newHighlighter(true)
	if got := h.alarm("x"); got != alarmColour+"x"+noColour {
		t.Errorf("alarm %q", got)
	}
}

func TestNoTerminal(t *testing.T) {
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if columns, isTerminal := terminalWidth(f); isTerminal || columns != defaultWidth {
		t.Errorf("%s is %v a terminal of %d columns", os.DevNull, isTerminal, columns)
	}
}
