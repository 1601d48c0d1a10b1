package redact

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestRepeats(t *testing.T) {
	var k repeats
	for i, value := range []string{"536221234", "$x-1234", "x-1234", "x-1234-5", "pin12", "password", strings.Repeat("1", maxRepeat+1), "ä1234567"} {
		k.add(value, i)
	}
	for text, want := range map[string][]string{
		"536221234":                       {"536221234"},
		"(536221234), 536221234.":         {"536221234", "536221234"},
		"x536221234 5362212345 536221234": {"536221234"},
		"$x-1234 x-1234 x-1234-5 x-12345": {"$x-1234", "x-1234", "x-1234-5"},
		"pin12 password":                  nil,
		strings.Repeat("1", maxRepeat+1):  nil,
		"号536221234号 ä1234567ä":           {"536221234", "ä1234567"},
		"":                                nil,
	} {
		var got []string
		for _, m := range k.in(text, nil) {
			got = append(got, text[m.start:m.end])
			if m.value.Reveal() != text[m.start:m.end] {
				t.Errorf("%q: the value is another one", text)
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q: found %q, want %q", text, got, want)
		}
	}
	skip := make([]bool, 8)
	skip[0] = true
	if got := k.in("536221234", skip); got != nil {
		t.Errorf("a rule that takes no part has found %d", len(got))
	}
}

// However many values begin alike, each is found, and looking for them does not
// become slow.
func TestRepeatsThatBeginAlike(t *testing.T) {
	var k repeats
	var text strings.Builder
	const n = 20000
	for i := 0; i < n; i++ {
		value := fmt.Sprintf("a-%06d", i)
		k.add(value, 0)
		text.WriteString(value + " ")
	}
	if got := len(k.in(text.String(), nil)); got != n || len(k.byWord["a"]) != 1 {
		t.Errorf("found %d of %d by %d shapes", got, n, len(k.byWord["a"]))
	}
	for i := 0; i < 100; i++ {
		k.add("b-1234"+strings.Repeat("5", i), 0)
	}
	if got := len(k.byWord["b"]); got != maxShapes {
		t.Errorf("%d shapes", got)
	}
}
