package reference_test

import (
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/detector"
	"github.com/krakend-redact/krakend-redact/internal/detector/reference"
)

func TestFind(t *testing.T) {
	even := func(v string) int { return len(v) &^ 1 }
	tests := []struct {
		name string
		d    detector.Detector
		text string
		want string
	}{
		{"nothing", detector.Detector{Pattern: "x"}, "abc", ""},
		{"all", detector.Detector{Pattern: "x+"}, "xx a x", "0:xx 5:x"},
		{"empty matches", detector.Detector{Pattern: "x*"}, "axa", "1:x"},
		{"group", detector.Detector{Pattern: "a(b+)c", Group: 1}, "abbc abc", "1:bb 6:b"},
		{"behind the group goes on", detector.Detector{Pattern: "a(b)(?:ab)?", Group: 1}, "abab", "1:b 3:b"},
		{"look-behind", detector.Detector{Pattern: "(?<=a)x"}, "xax", "2:x"},
		{"no look-behind", detector.Detector{Pattern: "(?<![a(])x"}, "ax(xbx", "5:x"},
		{"look-ahead", detector.Detector{Pattern: `x(?=\)|])`}, "xx)x]", "1:x 3:x"},
		{"no look-ahead", detector.Detector{Pattern: "[0-9]{2}(?![0-9])"}, "123 12", "1:23 4:12"},
		{"both", detector.Detector{Pattern: "(?<!b)b(?:c|d)(?!b)"}, "bcb bd bbd", "4:bd"},
		{"a group that looks like one", detector.Detector{Pattern: `\(?!x(?:y)`}, "(!xy", "0:(!xy"},
		{"flags in front", detector.Detector{Pattern: "(?i)(?<![a])x(?!y)"}, "AX xY X", "6:X"},
		{"greedy and refused", detector.Detector{Pattern: "x+(?!y)"}, "xxy", "0:x"[:0]},
		{"word boundary behind a refusal", detector.Detector{Pattern: `\bx+`, Check: func(v string) int { return 0 }}, "xxx", ""},
		{"boundary at pos", detector.Detector{Pattern: `\bx`}, "éx x", "2:x 4:x"},
		{"shortened", detector.Detector{Pattern: "x+", Check: even}, "xxx x", "0:xx"},
		{"refused, then the next character", detector.Detector{Pattern: "é?x{3}", Check: func(v string) int { return len(v) * (1 - strings.Count(v, "é")) }}, "éxxx", "2:xxx"},
		{"refused and long", detector.Detector{Pattern: "x{1,300}", Check: func(v string) int { return len(v) * (1 - min(1, len(v)/280)) }}, strings.Repeat("x", 310), "300:" + strings.Repeat("x", 10)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := list(t, &tt.d, tt.text); got != tt.want {
				t.Errorf("found %q", got)
			}
		})
	}
}

// With the same pattern and no refusal, it finds what regexp finds.
func TestFindIsRegexp(t *testing.T) {
	d := &detector.Detector{Pattern: "a|ab|b+?c"}
	if got := list(t, d, "abbbcabcaac"); got != "0:a 1:bbbc 5:a 6:bc 8:a 9:a" {
		t.Errorf("found %q", got)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, pattern := range []string{"(", "(?<=(x)", "x(?=(?<y)", "(?<=a)(?<=b)x"} {
		if f, err := reference.New(&detector.Detector{Pattern: pattern}); err == nil {
			t.Errorf("%q: %v", pattern, reflect.ValueOf(f))
		}
	}
}

// list writes findings as "start:text start:text".
func list(t *testing.T, d *detector.Detector, text string) string {
	t.Helper()
	f, err := reference.New(d)
	if err != nil {
		t.Fatal(err)
	}
	var b []string
	for _, found := range f.Find(text) {
		b = append(b, strconv.Itoa(found.Start)+":"+text[found.Start:found.End])
	}
	return strings.Join(b, " ")
}
