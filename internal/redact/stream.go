package redact

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/httpbody"
	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
)

// NewStream restores an answer that arrives line by line: server-sent events
// and JSON Lines. A placeholder is restored where it stands whole in one line.
func (a *Answer) NewStream(source io.Reader) *httpbody.Stream {
	return httpbody.NewStream(source, a.nextLine)
}

// nextLine returns the next line, or what arrived of it.
func (a *Answer) nextLine(lines *bufio.Reader) (string, error) {
	var line strings.Builder
	for {
		piece, err := lines.ReadSlice('\n')
		line.Write(piece)
		switch {
		case errors.Is(err, bufio.ErrBufferFull) && int64(line.Len()) <= a.limit:
			continue
		case errors.Is(err, bufio.ErrBufferFull):
			return line.String(), nil // too long to look into
		}
		return a.restoreLine(line.String()), err
	}
}

func (a *Answer) restoreLine(line string) string {
	start := 0
	if field, value, ok := strings.Cut(line, ":"); ok && field == "data" {
		start = len(line) - len(value)
	}
	edits := a.plainOrJSON(line[start:])
	return line[:start] + jsonedit.Apply(line[start:], edits)
}
