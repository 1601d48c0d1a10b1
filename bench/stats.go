package main

import (
	"math"
	"slices"
)

// quartiles are the middle of some numbers and where their middle half lies.
type quartiles struct{ low, median, high float64 }

func quartilesOf(numbers []float64) quartiles {
	sorted := slices.Sorted(slices.Values(numbers))
	at := func(share float64) float64 {
		if len(sorted) == 0 {
			return math.NaN()
		}
		position := share * float64(len(sorted)-1)
		below, fraction := math.Modf(position)
		i := int(below)
		if i+1 == len(sorted) {
			return sorted[i]
		}
		return sorted[i]*(1-fraction) + sorted[i+1]*fraction
	}
	return quartiles{at(0.25), at(0.5), at(0.75)}
}

// ratios compares the samples of one round with each other, never across rounds:
// what else the machine did in a round, it did to both.
func ratios(a, b []sample, figure func(sample) float64) quartiles {
	var all []float64
	for i := range a {
		all = append(all, figure(a[i])/figure(b[i]))
	}
	return quartilesOf(all)
}

func median(samples []sample, figure func(sample) float64) float64 {
	var all []float64
	for _, s := range samples {
		all = append(all, figure(s))
	}
	return quartilesOf(all).median
}

func rate(s sample) float64 { return s.rate }
func cpu(s sample) float64  { return s.cpu }
