package jsonedit

import (
	"math/rand"
	"testing"
)

// Eight bytes at a time end where one byte at a time does.
func TestPlainUpTo(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	near := []byte{0, 0x1f, 0x20, '!', '"', '#', '[', '\\', ']', 0x7f, 0x80, 0x9f, 0xa0, 0xa2, 0xdc, 0xff, 'a'}
	for n := 0; n < 100000; n++ {
		text := make([]byte, random.Intn(40))
		for i := range text {
			text[i] = near[random.Intn(len(near))]
			if random.Intn(3) > 0 {
				text[i] = 'a'
			}
		}
		from := random.Intn(len(text) + 1)
		want := from
		for want < len(text) && plain[text[want]] {
			want++
		}
		if got := plainUpTo(string(text), from); got != want {
			t.Fatalf("%q from %d: %d, want %d", text, from, got, want)
		}
	}
}
