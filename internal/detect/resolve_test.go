package detect

import (
	"math/rand"
	"slices"
	"testing"
)

// However far from their order matches are.
func TestInOrder(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	for range 2000 {
		list := make([]Finding, rnd.Intn(300))
		far := 1 + rnd.Intn(400)
		for i := range list {
			list[i].Start = i/2 + rnd.Intn(far)
			list[i].End = list[i].Start + 1 + rnd.Intn(3)
			list[i].Rule = rnd.Intn(3)
		}
		want := slices.Clone(list)
		slices.SortStableFunc(want, func(a, b Finding) int {
			if a.Start != b.Start {
				return a.Start - b.Start
			}
			if a.End != b.End {
				return b.End - a.End
			}
			return a.Rule - b.Rule
		})
		if inOrder(list); !slices.Equal(list, want) {
			t.Fatalf("got  %v\nwant %v", list, want)
		}
	}
}
