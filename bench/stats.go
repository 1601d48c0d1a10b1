package main

import "github.com/krakend-redact/krakend-redact/bench/timing"

// quartiles are the middle of some numbers and where their middle half lies.
type quartiles struct{ low, median, high float64 }

func quartilesOf(numbers []float64) quartiles {
	low, median, high := timing.Quartiles(numbers)
	return quartiles{low, median, high}
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
