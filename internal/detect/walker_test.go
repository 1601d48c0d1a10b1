package detect

import "testing"

// Characters of two bytes are decoded and sorted as all others are.
func TestCharactersOfTwoBytes(t *testing.T) {
	e, err := New([]Rule{{Expression: `(?i)[а-я]{2}|é[^\x{100}-\x{7ff}]|\x{7ff}\x{800}|\x80ß`}})
	if err != nil {
		t.Fatal(err)
	}
	d := (*e.passes.list.Load())[0]
	n := 0
	for first := 0x80; first < 0x100; first++ {
		for second := 0; second < 0x100; second++ {
			text := string([]byte{byte(first), byte(second)})
			class, width := d.class(text, 0)
			if width != 2 {
				class = d.none()
			} else {
				n++
			}
			if got := d.ofTwo(text, 0); got != class {
				t.Errorf("%q: %d, want %d", text, got, class)
			}
		}
		if d.ofTwo(string([]byte{byte(first)}), 0) != d.none() {
			t.Errorf("%x is a character of two bytes", first)
		}
	}
	if n != firstOfThree-0x80 {
		t.Errorf("%d characters", n)
	}
}
