package redact

import (
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
)

// The next request finds no text of the last one, and lists that have become long are
// not kept.
func TestNothingStaysInARoom(t *testing.T) {
	used := &room{
		fields: append(make([]string, 0, 4), "messages", "model")[:1],
		edits:  append(make([]jsonedit.Edit, 0, 4), jsonedit.Edit{Text: "***1111"}),
	}
	used.release()
	for _, name := range used.fields[:cap(used.fields)] {
		if name != "" {
			t.Errorf("the room still has %q", name)
		}
	}
	for _, e := range used.edits[:cap(used.edits)] {
		if e != (jsonedit.Edit{}) {
			t.Errorf("the room still has %+v", e)
		}
	}
	long := &room{edits: make([]jsonedit.Edit, most+1)}
	long.release()
	for range 10 {
		if r := rooms.Get().(*room); cap(r.edits) > most {
			t.Error("a long list is used again")
		}
	}
}
