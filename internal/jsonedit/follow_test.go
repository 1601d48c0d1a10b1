package jsonedit_test

import (
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/jsonedit"
)

func TestFollower(t *testing.T) {
	for _, tt := range []struct {
		text                   string
		inString, open, gaveUp bool
	}{
		{``, false, false, false},
		{` {`, false, true, false},
		{`{"a`, true, true, false},
		{`{"a\"`, true, true, false},
		{`{"a\\"`, false, true, false},
		{`{"a":[1,-2.5e3,true,null,{}],"b":"`, true, true, false},
		{`{"a":[]}`, false, false, false},
		{"{}\n[]", false, false, false},
		{"[1]\n{\"a", true, true, false},
		{`x`, false, false, true},
		{`"a`, false, false, true},
		{`{not`, false, false, true},
		{`[no`, false, false, true},
		{`[truex`, false, false, true},
		{`[1] "`, false, false, true},
		{`[1](x`, false, false, true},
		{`{"a"}`, false, false, true},
		{`{"a":1,}`, false, false, true},
		{`[1,]`, false, false, true},
		{`[}`, false, false, true},
		{`[1}`, false, false, true},
		{`{]`, false, false, true},
		{"[\"a\n", false, false, true},
		{`[1 2`, false, false, true},
		{`["a""b`, false, false, true},
		{strings.Repeat("[", 1000), false, true, false},
		{strings.Repeat("[", 1001), false, false, true},
		{strings.Repeat(`[{"a":`, 400) + "1" + strings.Repeat("}]", 400), false, false, false},
	} {
		var f jsonedit.Follower
		f.Pass(tt.text)
		if f.InString() != tt.inString || !f.GaveUp() && f.Depth() > 0 != tt.open || f.GaveUp() != tt.gaveUp {
			t.Errorf("%.40q: in a string %v, open %v, gave up %v", tt.text, f.InString(), f.Depth() > 0, f.GaveUp())
		}
	}
	lenient := jsonedit.Follower{Lenient: true}
	lenient.Pass("x \"a\\\"\n")
	if !lenient.InString() {
		t.Error("the lenient one does not know that it is in a string")
	}
	if lenient.Pass(`" "b"`); lenient.InString() || lenient.GaveUp() {
		t.Error("the lenient one does not know that it is in no string")
	}
}

func TestFollowerPlaced(t *testing.T) {
	for before, gaveUp := range map[string]bool{
		`{"a":`: false, `[`: false, `{`: false, `["`: false, `[1,`: false, `{"a":1,`: false,
		``: true, `{"a"`: true, `[1 `: true, `[]`: true,
	} {
		var f jsonedit.Follower
		f.Pass(before)
		if f.Placed(); f.GaveUp() != gaveUp {
			t.Errorf("%s: gave up %v", before, f.GaveUp())
		}
	}
}

// What is valid JSON is followed to its end, and wherever a walk sees a string
// the follower does.
func FuzzFollowerAgreesWithWalk(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.5e3,"x\u0040",null,true]}`, `[`, `["\ud800"]`, `[[[]]]`, `{"a":{"b":{}}}`, `[false, -0.0E-1]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		if !jsonedit.Begins(doc) || strings.HasPrefix(doc, "\xef\xbb\xbf") {
			return
		}
		inString := map[int]bool{}
		err := jsonedit.Walk(doc, depth, func(x jsonedit.Text, _ *jsonedit.Path) {
			for i := x.Start; i <= x.End && (x.Kind == jsonedit.String || x.Kind == jsonedit.Key); i++ {
				inString[i] = true
			}
		})
		if err != nil {
			return
		}
		var follower jsonedit.Follower
		for i := 0; i <= len(doc); i++ {
			if follower.InString() != inString[i] || follower.GaveUp() {
				t.Fatalf("%q at %d: in a string %v, gave up %v", doc, i, follower.InString(), follower.GaveUp())
			}
			if i < len(doc) {
				follower.PassByte(doc[i])
			}
		}
		if follower.Depth() > 0 {
			t.Errorf("%q does not end", doc)
		}
	})
}
