// Package timing compares how much CPU time functions take. It knows nothing of
// what they do.
package timing

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// Enough is how long a function runs to be measured.
var Enough = 100 * time.Millisecond

// Comparison is what [Compare] measures.
type Comparison struct {
	// A and B are the median seconds of CPU time that the functions take.
	A, B float64
	// Low, Ratio and High are the median of B ÷ A, round by round, and where the
	// middle half of the rounds lies.
	Low, Ratio, High float64
}

// Times writes the ratio as a cell of a table.
func (c Comparison) Times() string {
	digits := 0
	if c.Ratio < 10 {
		digits = 1
	}
	return fmt.Sprintf("**%.*f** (%.*f–%.*f)", digits, c.Ratio, digits, c.Low, digits, c.High)
}

// Compare measures two functions in turn.
func Compare(rounds int, a, b func()) Comparison {
	a()
	var timesA, timesB, ratios []float64
	for range rounds {
		x, y := once(a), once(b)
		timesA, timesB, ratios = append(timesA, x), append(timesB, y), append(ratios, y/x)
	}
	var c Comparison
	_, c.A, _ = Quartiles(timesA)
	_, c.B, _ = Quartiles(timesB)
	c.Low, c.Ratio, c.High = Quartiles(ratios)
	return c
}

// once returns the seconds of CPU time that a function takes, from as many runs
// as are enough.
func once(run func()) float64 {
	for n := 1; ; n *= 2 {
		begun := CPU()
		for range n {
			run()
		}
		if spent := CPU() - begun; spent >= Enough {
			return spent.Seconds() / float64(n)
		}
	}
}

// Quartiles are the middle of some numbers and where their middle half lies; not
// a number without any.
func Quartiles(numbers []float64) (low, median, high float64) {
	sorted := slices.Sorted(slices.Values(numbers))
	at := func(share float64) float64 {
		if len(sorted) == 0 {
			return math.NaN()
		}
		below, fraction := math.Modf(share * float64(len(sorted)-1))
		i := int(below)
		if i+1 == len(sorted) {
			return sorted[i]
		}
		return sorted[i]*(1-fraction) + sorted[i+1]*fraction
	}
	return at(0.25), at(0.5), at(0.75)
}
