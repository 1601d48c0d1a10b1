package detect

import (
	"math/rand"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// Where a group is, as Go's regexp tells it, and whether that takes all of the match.
func TestCapture(t *testing.T) {
	for _, c := range []struct {
		expression string
		group      int
		tail       int
		parts      string
	}{
		{`key=(\w+)`, 1, 0, "key= a b = key"},
		{`a+:([^ @]*:[^ @]+)@[bc]`, 1, 2, "a a: b :b@b @c"},
		{`(a|b)*c`, 1, -1, "a b c"}, // may begin again
		{`(?:(a)|b)+`, 1, -1, "a b c"},
		{`a?(abd|bc)e`, 1, 1, "a b bd bc d e"}, // begins in two places
		{`(a)?b`, 1, 1, "a b c"},
		{`(a*)(b*)(a*)`, 2, -1, "a b"},
		{`(a*?)(b?a)*`, 1, -1, "a b"},
		{`(a){2,3}b`, 1, -1, "a b"}, // ends in several places
		{`a(b?)`, 1, 0, "a b"},
		{`(a+)é`, 1, -1, "a é"}, // how many bytes follow is of no use beyond ASCII
		{`(a+)(?:bc|cb)`, 1, 2, "a b c"},
		{`(a+)(?:bc|c)`, 1, -1, "a b c"},
		{`(\w+)\b[- ]`, 1, 1, "a b - _"},
		{`(?m)(?:^(a)|(b))+$`, 1, -1, "a b \n"},
		{`(?:\b(a+ ?)|(b+ ?)\B)+`, 2, -1, "a b _"},
		{`(?s)(.)(?:.{2}|$)`, 1, -1, "a é \n"},
	} {
		e, err := newEngine([]Rule{{Expression: c.expression, Group: c.group}}, limits{passes: 1 << 16, rule: 1 << 11, rest: 8})
		if err != nil {
			t.Fatal(err)
		}
		place := e.finders[0].groups
		if place.tail != c.tail {
			t.Errorf("%s: %d bytes follow, want %d", c.expression, place.tail, c.tail)
		}
		want := regexp.MustCompile(c.expression)
		parts := strings.Split(c.parts, " ")
		var found atomic.Int64
		var all sync.WaitGroup
		for seed := range int64(3) { // share what is known
			all.Add(1)
			go func() {
				defer all.Done()
				random := rand.New(rand.NewSource(seed))
				g := groups{}
				for range 1500 {
					var b strings.Builder
					for range random.Intn(14) {
						b.WriteString(strings.ReplaceAll(parts[random.Intn(len(parts))], "_", " "))
					}
					text := b.String()
					for _, m := range want.FindAllStringSubmatchIndex(text, -1) {
						from, to := place.find(&g, text, m[0], m[1])
						if from != m[2*c.group] || to != m[2*c.group+1] {
							t.Errorf("%s in %q: group %d of %v is at %d to %d", c.expression, text, c.group, m, from, to)
							return
						}
						found.Add(1)
					}
				}
			}()
		}
		all.Wait()
		if n := found.Load(); n < 500 {
			t.Errorf("%s: only %d matches", c.expression, n)
		}
	}
}

// Few states can have many hops, which count as well.
func TestCaptureIsBounded(t *testing.T) {
	const limit = 1 << 15
	e, err := newEngine([]Rule{{Expression: `(?:(a?b?c?d?e?f?g?h?i?j?k?l?m?n?o?p?)\w)*!`, Group: 1}}, limits{passes: 1 << 16, rule: limit, rest: 8})
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewSource(1))
	place, most := e.finders[0].groups, 0
	for range 2000 {
		text := []byte("........!")
		for i := range len(text) - 1 {
			text[i] = byte('a' + random.Intn(17))
		}
		place.find(&groups{}, string(text), 0, len(text))
		most = max(most, place.bytes)
	}
	if most < limit*3/4 || most > limit*5/4 {
		t.Errorf("%d bytes", most)
	}
}
