package mockllm

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestParseScript(t *testing.T) {
	base := Script{Pause: time.Second, Cut: 3}
	for _, tc := range []struct {
		changes string
		want    Script
	}{
		{"", base},
		{" , ", base},
		{"cut=1", Script{Pause: time.Second, Cut: 1}},
		{"cut=0,pause=0s", Script{}},
		{
			"pause=20ms, packet=2, spelling=lower, interleave, calls=2, brief, link, think, stall=4, drop=5, abort=6, status=429",
			Script{20 * time.Millisecond, 3, 2, "lower", true, 2, true, true, true, 4, 5, 6, 429},
		},
	} {
		if got, err := ParseScript(tc.changes, base); err != nil || got != tc.want {
			t.Errorf("%q gives %+v, %v, want %+v", tc.changes, got, err, tc.want)
		}
	}
	for changes, want := range map[string]string{
		"nonsense":          `"nonsense" is no switch of the stand-in`,
		"cut":               `cut must be a number from 0 to 1048576, not ""`,
		"cut=-1":            `cut must be a number from 0 to 1048576, not "-1"`,
		"cut=1, status=200": `status must be a number from 400 to 599, not "200"`,
		"calls=17":          `calls must be a number from 0 to 16, not "17"`,
		"pause=-1s":         `pause must be a time such as 20ms, not "-1s"`,
		"pause=1":           `pause must be a time such as 20ms, not "1"`,
		"think=yes":         `think takes no value`,
		"spelling=upside":   "spelling must be one of " + strings.Join(Spellings(), ", ") + `, not "upside"`,
	} {
		if _, err := ParseScript(changes, Script{}); err == nil || err.Error() != want {
			t.Errorf("%q gives the error %v, want %s", changes, err, want)
		}
	}
}

// Every switch is named, and every name is one.
func TestSwitches(t *testing.T) {
	for name := range strings.SplitSeq(Switches, ", ") {
		if _, err := ParseScript(name+"=?", Script{}); err == nil || strings.Contains(err.Error(), "is no switch") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, want := strings.Count(Switches, ", ")+1, reflect.TypeFor[Script]().NumField(); got != want {
		t.Errorf("%d names for %d switches", got, want)
	}
}

func TestSpellings(t *testing.T) {
	const text = "a [b] [REDACTED_EMAIL_1], [CC_12]; [redacted_x_1] [REDACTED_1x]"
	for spelling, want := range map[string]string{
		"":          text,
		"lower":     "a [b] [redacted_email_1], [cc_12]; [redacted_x_1] [REDACTED_1x]",
		"spaces":    "a [b] [REDACTED EMAIL 1], [CC 12]; [redacted_x_1] [REDACTED_1x]",
		"hyphens":   "a [b] [REDACTED-EMAIL-1], [CC-12]; [redacted_x_1] [REDACTED_1x]",
		"zeros":     "a [b] [REDACTED_EMAIL_001], [CC_0012]; [redacted_x_1] [REDACTED_1x]",
		"markdown":  `a [b] \[REDACTED\_EMAIL\_1\], \[CC\_12\]; [redacted_x_1] [REDACTED_1x]`,
		"html":      "a [b] &#91;REDACTED_EMAIL_1&#93;, &#91;CC_12&#93;; [redacted_x_1] [REDACTED_1x]",
		"unicode":   `a [b] \u005bREDACTED_EMAIL_1\u005d, \u005bCC_12\u005d; [redacted_x_1] [REDACTED_1x]`,
		"fullwidth": "a [b] ［REDACTED_EMAIL_1］, ［CC_12］; [redacted_x_1] [REDACTED_1x]",
		"bare":      "a [b] REDACTED_EMAIL_1, CC_12; [redacted_x_1] [REDACTED_1x]",
	} {
		if got := (Script{Spelling: spelling}).spell(text); got != want {
			t.Errorf("%q: %q, want %q", spelling, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, tc := range []struct {
		cut        int
		text, want string
	}{
		{0, "two  words ", "two | |words "},
		{0, "word", "word"},
		{1, "aé😀", "a|é|😀"},
		{2, "aé😀", "aé|😀"},
		{9, "aé😀", "aé😀"},
		{1, "", ""},
		{0, "", ""},
	} {
		pieces := (Script{Cut: tc.cut}).cut(tc.text)
		if got := strings.Join(pieces, "|"); got != tc.want || tc.text == "" && pieces != nil {
			t.Errorf("%q cut at %d: %q, want %q", tc.text, tc.cut, pieces, tc.want)
		}
	}
}

func TestWeave(t *testing.T) {
	lanes := [][]string{{"a", "b", "c"}, {"1"}, {"x", "y"}}
	for interleave, want := range map[bool]string{false: "abc1xy", true: "a1xbyc"} {
		if got := strings.Join(weave(Script{Interleave: interleave}, lanes), ""); got != want {
			t.Errorf("interleave %v: %s, want %s", interleave, got, want)
		}
	}
}

func TestSpellingsAreSorted(t *testing.T) {
	if names := Spellings(); !slices.IsSorted(names) || len(names) != len(spellings) {
		t.Errorf("spellings %q", names)
	}
}
