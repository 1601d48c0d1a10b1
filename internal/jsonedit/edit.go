package jsonedit

import "strings"

// Edit replaces doc[Start:End] by Text, which must be spelled for its place
// already.
type Edit struct {
	Start, End int
	Text       string
}

// Apply returns doc with the edits, which must be in order and must not
// overlap.
func Apply(doc string, edits []Edit) string {
	if len(edits) == 0 {
		return doc
	}
	size := len(doc)
	for _, e := range edits {
		size += len(e.Text) - (e.End - e.Start)
	}
	var out strings.Builder
	out.Grow(size)
	at := 0
	for _, e := range edits {
		out.WriteString(doc[at:e.Start])
		out.WriteString(e.Text)
		at = e.End
	}
	out.WriteString(doc[at:])
	return out.String()
}
