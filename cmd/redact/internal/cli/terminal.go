package cli

import (
	"os"

	"golang.org/x/term"
)

// style is how a piece of text looks on a terminal (ECMA-48, section 8.3.117).
type style string

const (
	styleStrong      style = "1"
	styleFaint       style = "2"
	styleGood        style = "32"
	styleWarning     style = "33"
	styleBad         style = "1;31"
	styleValue       style = "1;33" // what a rule found
	stylePlaceholder style = "1;36" // what stands in its place
)

// paint returns a text in a style, where colours are wanted.
func (a *app) paint(s style, text string) string {
	if !a.colours || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

// wantsColours tells whether what is printed to a stream is coloured: with
// --color auto on a terminal only, and not where NO_COLOR (https://no-color.org)
// or a dumb terminal asks for none.
func wantsColours(flag string, stream any) bool {
	switch flag {
	case "always":
		return true
	case "never":
		return false
	}
	_, onTerminal := terminal(stream)
	return onTerminal && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// terminal returns the file descriptor of the terminal behind a stream, if there
// is one.
func terminal(stream any) (fd int, ok bool) {
	f, isFile := stream.(*os.File)
	if !isFile {
		return 0, false
	}
	return int(f.Fd()), term.IsTerminal(int(f.Fd()))
}
