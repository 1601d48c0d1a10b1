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
			r, ok := ofTwo(text, 0)
			if ok != (width == 2) || ok && uint32(d.two[r]) != class {
				t.Errorf("%q: %d %v, of class %d", text, r, ok, class)
			}
			if ok {
				n++
			}
		}
		if _, ok := ofTwo(string([]byte{byte(first)}), 0); ok {
			t.Errorf("%x is a character of two bytes", first)
		}
	}
	if n != firstOfThree-0x80 {
		t.Errorf("%d characters", n)
	}
}
