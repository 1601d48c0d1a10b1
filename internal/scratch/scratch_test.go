package scratch_test

import (
	"strings"
	"testing"
	"unsafe"

	"github.com/krakend-redact/krakend-redact/internal/scratch"
)

func build(t *scratch.Text, text string) string {
	return t.Build(func(room []byte) []byte { return append(room, text...) })
}

// What was kept by mistake reads as zeros from then on.
func TestMemoryIsOverwritten(t *testing.T) {
	zeros := func(n int) string { return strings.Repeat("\x00", n) }
	var text scratch.Text
	first := build(&text, "4111 1111")
	if first != "4111 1111" {
		t.Fatalf("built %q", first)
	}
	part := first[5:]
	if second := build(&text, "ab"); second != "ab" || part != zeros(4) {
		t.Errorf("built %q, and what was there reads %q", second, part)
	}
	small := build(&text, "small")
	build(&text, strings.Repeat("x", 100_000)) // moves to larger memory
	if small != zeros(5) {
		t.Errorf("what was there before a larger text reads %q", small)
	}
	last := build(&text, "last")
	text.Release()
	if last != zeros(4) {
		t.Errorf("what was given back reads %q", last)
	}
	text.Release() // is empty
	if empty := text.Build(func(room []byte) []byte { return room }); empty != "" {
		t.Errorf("nothing is %q", empty)
	}
}

func TestWhatIsOwnedStays(t *testing.T) {
	for _, size := range []int{10, 2 << 20} {
		want := strings.Repeat("x", size)
		var text scratch.Text
		lent := build(&text, want)
		if !text.Holds(lent) || !text.Holds(lent[1:]) || !text.Holds(lent[size-1:]) || text.Holds(want) || text.Holds("") {
			t.Errorf("%d bytes: what it holds is not what it says", size)
		}
		own, part := text.Own(lent), text.Own(lent[size-3:])
		if text.Holds(own) {
			t.Errorf("%d bytes: the copy is lent too", size)
		}
		text.Release()
		if build(&text, strings.Repeat("y", size)); own != want || part != "xxx" {
			t.Errorf("%d bytes: what was kept has changed", size)
		}
		if foreign := "foreign"; text.Own(foreign) != foreign {
			t.Error("a text from elsewhere has changed")
		}
		text.Release()
	}
}

// Writers see bytes, not a copy, of what lies in the memory.
func TestWriteAsItLies(t *testing.T) {
	var text scratch.Text
	lent := build(&text, "0123456789")
	for _, part := range []string{lent, lent[:4], lent[4:], lent[3:5], "", "foreign"} {
		var w bytesOnly
		if n, err := text.Write(&w, part); err != nil || n != len(part) || string(w.got) != part {
			t.Errorf("of %q, %q was written (%d, %v)", part, w.got, n, err)
		}
		if lies := part != "" && unsafe.SliceData(w.got) == unsafe.StringData(part); lies != text.Holds(part) {
			t.Errorf("%q was written as it lies: %v", part, lies)
		}
	}
	text.Release()
}

// bytesOnly is a writer that has no WriteString, and keeps what it must not.
type bytesOnly struct{ got []byte }

func (w *bytesOnly) Write(p []byte) (int, error) {
	w.got = p
	return len(p), nil
}

// Whose memory was given back has nothing to do with whose has not.
func TestNobodySharesMemory(t *testing.T) {
	texts := make([]scratch.Text, 20)
	lent := make([]string, len(texts))
	for round := range 100 {
		for i := range texts {
			if i%3 == round%3 {
				texts[i].Release()
				texts[i].Release()
			}
			if i%3 != (round+1)%3 {
				lent[i] = build(&texts[i], strings.Repeat(string(rune('a'+i)), 1+round*i))
			}
		}
		for i := range texts {
			if texts[i].Holds(lent[i]) && strings.Trim(lent[i], string(rune('a'+i))) != "" {
				t.Fatalf("round %d: text %d is %.20q", round, i, lent[i])
			}
		}
	}
}
