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
	tooLong := false // the line that began is being passed on as it is
	return httpbody.NewStream(source, func(lines *bufio.Reader) (string, error) {
		var line strings.Builder
		for {
			piece, err := lines.ReadSlice('\n')
			line.Write(piece)
			if errors.Is(err, bufio.ErrBufferFull) {
				if tooLong = tooLong || int64(line.Len()) > a.limit; !tooLong {
					continue
				}
				return line.String(), nil
			}
			if tooLong {
				tooLong = false
				return line.String(), err
			}
			return a.restoreLine(line.String()), err
		}
	})
}

func (a *Answer) restoreLine(line string) string {
	return jsonedit.Apply(line, a.byLine(line, true))
}
