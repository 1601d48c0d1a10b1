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

// A text is quoted alike whether or not it is seen at once that nothing must be escaped.
func TestQuoteIsWhatIsAppended(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	parts := []string{"a", "plain text", "\x00", "\x1f", " ", "!", "\"", "\\", "\n", "<", ">", "&", "\x7f", "\x80", "é", "\u2028", "\xed\xa0\x80", "\xed\xbf\xbf", "\xed\x9f\xbf", "\xed", "\xff"}
	for n := 0; n < 20000; n++ {
		text := ""
		for range random.Intn(6) {
			text += parts[random.Intn(len(parts))]
		}
		if got, want := Quote(text), string(AppendQuoted(nil, text)); got != want {
			t.Fatalf("%q: %q, want %q", text, got, want)
		}
	}
}
