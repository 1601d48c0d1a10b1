package redact

import (
	"sync"

	"github.com/krakend-redact/krakend-redact/internal/detect"
	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
)

// room is what a request needs lists in for a moment, for the next one to use again.
// Nothing that is kept of a request lies in it.
type room struct {
	found   []detect.Finding
	offsets []int
	fields  []string
	edits   []jsonedit.Edit
}

var rooms = sync.Pool{New: func() any { return &room{} }}

// most is how many elements a list may have room for that is used again.
const most = 256

// release empties the lists: texts belong to the request.
func (r *room) release() {
	if cap(r.found) > most || cap(r.offsets) > most || cap(r.fields) > most || cap(r.edits) > most {
		return
	}
	r.found, r.offsets = r.found[:0], r.offsets[:0]
	r.fields, r.edits = emptied(r.fields), emptied(r.edits)
	rooms.Put(r)
}

func emptied[T any](list []T) []T {
	list = list[:cap(list)]
	clear(list)
	return list[:0]
}
