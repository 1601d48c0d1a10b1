package httpbody

import (
	"bufio"
	"io"
	"strings"
)

// Tee hands a body on as it arrives and gives a copy to whoever looks into it,
// once, at its end: before the last of its size bytes is handed on. A size that
// is not known is negative. The copy ends one byte beyond maxBytes, so that
// [ReadAll] tells that it is too large.
func Tee(source io.Reader, size, maxBytes int64, look func(body string)) *Stream {
	var body strings.Builder
	left, looked := size, false
	return NewStream(source, func(pieces *bufio.Reader) (string, error) {
		_, err := pieces.Peek(1)
		piece := make([]byte, pieces.Buffered())
		n, _ := pieces.Read(piece)
		body.WriteString(string(piece[:min(int64(n), max(0, maxBytes+1-int64(body.Len())))]))
		left -= int64(n)
		if !looked && (err != nil || left == 0) {
			looked = true
			look(body.String())
		}
		return string(piece[:n]), err
	})
}
