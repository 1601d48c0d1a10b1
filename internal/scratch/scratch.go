// Package scratch lends memory for texts that are needed no longer than a call
// takes: a body that has been read, a string without its escapes. A gateway would
// spend more time on collecting such garbage than on looking into it.
//
// The memory holds one request's text after another's, so it is the only place
// where one could show up in the other. That is why
//   - what is kept of a text is copied where it is kept, or with [Text.Own];
//   - memory is overwritten before anything else is put there, and when it is given
//     back: a part that was kept by mistake reads as zeros, in every test, and never
//     as somebody's text for long;
//   - only [Text.Release] gives memory back, and nobody calls it when there was a
//     panic or an error: memory that somebody may still read is left to the garbage
//     collector.
//
// It knows nothing of what the texts are.
package scratch

import (
	"io"
	"strings"
	"sync"
	"unsafe"
)

// Text is room for one text at a time. The zero value has none yet. It must not be
// copied, and is not safe for concurrent use.
type Text struct {
	// room is what is borrowed, as long as the text in it; nil for nothing.
	room *[]byte
}

// rooms is the memory that nobody has borrowed, as zeros.
var rooms = sync.Pool{New: func() any { return new([]byte) }}

// largest bounds in bytes what is lent again: a large text is rare, and its memory
// would stay.
const largest = 1 << 20

// Build makes the text what build appends to the memory, and returns it. It is there
// until the next Build or Release.
func (t *Text) Build(build func(room []byte) []byte) string {
	if t.room == nil {
		t.room = rooms.Get().(*[]byte)
	}
	old := *t.room
	clear(old)
	text := build(old[:0])
	if unsafe.SliceData(text) != unsafe.SliceData(old) {
		clear(old[:cap(old)]) // build has moved to a larger one
	}
	*t.room = text
	return unsafe.String(unsafe.SliceData(text), len(text))
}

// Own returns a text that may be kept: a copy of one that lies in the memory.
func (t *Text) Own(text string) string {
	if !t.Holds(text) {
		return text
	}
	if cap(*t.room) > largest {
		// It is not lent again, so it can go to whoever keeps the text.
		t.room = nil
		return text
	}
	return strings.Clone(text)
}

// Holds tells whether a text lies in the memory, or begins there.
func (t *Text) Holds(text string) bool {
	if t.room == nil || text == "" {
		return false
	}
	at, begin := uintptr(unsafe.Pointer(unsafe.StringData(text))), uintptr(unsafe.Pointer(unsafe.SliceData(*t.room)))
	return at >= begin && at < begin+uintptr(cap(*t.room))
}

// Write writes a text to a writer, as bytes if it lies in the memory: a writer may not
// change or keep them, and most make a copy of a text first.
func (t *Text) Write(w io.Writer, text string) (int, error) {
	if !t.Holds(text) {
		return io.WriteString(w, text)
	}
	at := int(uintptr(unsafe.Pointer(unsafe.StringData(text))) - uintptr(unsafe.Pointer(unsafe.SliceData(*t.room))))
	return w.Write((*t.room)[at : at+len(text)])
}

// Pass hands the memory, with the text in it, to another one, which must have none.
func (t *Text) Pass(to *Text) { to.room, t.room = t.room, nil }

// Forget leaves the memory, with the text in it, to the garbage collector: somebody may
// still read it.
func (t *Text) Forget() { t.room = nil }

// Release gives the memory back. Nobody may read the text any more.
func (t *Text) Release() {
	if t.room == nil {
		return
	}
	room := *t.room
	clear(room)
	if *t.room = room[:0]; cap(room) <= largest {
		rooms.Put(t.room)
	}
	t.room = nil
}
