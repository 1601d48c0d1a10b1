package jsonedit

import (
	"slices"
	"strings"
)

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
	var out strings.Builder
	out.Grow(sizeOf(doc, edits))
	at := 0
	for _, e := range edits {
		out.WriteString(doc[at:e.Start])
		out.WriteString(e.Text)
		at = e.End
	}
	out.WriteString(doc[at:])
	return out.String()
}

// AppendEdited appends what [Apply] returns.
func AppendEdited(dst []byte, doc string, edits []Edit) []byte {
	dst = slices.Grow(dst, sizeOf(doc, edits))
	at := 0
	for _, e := range edits {
		dst = append(dst, doc[at:e.Start]...)
		dst = append(dst, e.Text...)
		at = e.End
	}
	return append(dst, doc[at:]...)
}

func sizeOf(doc string, edits []Edit) int {
	size := len(doc)
	for _, e := range edits {
		size += len(e.Text) - (e.End - e.Start)
	}
	return size
}
