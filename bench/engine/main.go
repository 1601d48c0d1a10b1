// Command engine measures how fast the rules of a policy are found in texts,
// beside each rule run with Go's regexp, one after the other. It checks first
// that both find the same, and prints a Markdown table.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"time"
)

func main() {
	rounds := flag.Int("rounds", 9, "how often everything is measured")
	size := flag.Int("size", 64, "KB of each text")
	only := flag.String("only", "", "only this table: rules or terms")
	quick := flag.Bool("quick", false, "2 rounds with 8 KB: shows that it works, not how fast it is")
	flag.Parse()
	if *quick {
		*rounds, *size, enough = 2, 8, time.Millisecond
	}
	// The collector's work for one would be counted for the other.
	debug.SetGCPercent(400)
	if err := run(*rounds, *size<<10, *only); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(rounds, size int, only string) error {
	if only != "terms" {
		if err := rulesTable(rounds, size); err != nil {
			return err
		}
	}
	if only == "rules" {
		return nil
	}
	return termsTable(rounds, size)
}

func rulesTable(rounds, size int) error {
	fmt.Println("| text | rules | findings | engine MB/s | Go regexp MB/s | ratio (middle half) | engine bytes allocated |")
	fmt.Println("|---|---:|---:|---:|---:|---|---:|")
	for _, c := range corpora(size) {
		for _, n := range []int{1, 10, 40, 200} {
			row, err := compare(c, n, rounds)
			if err != nil {
				return fmt.Errorf("%s, %d rules: %w", c.name, n, err)
			}
			fmt.Println(row)
		}
	}
	fmt.Println()
	return nil
}

func termsTable(rounds, size int) error {
	fmt.Println("| text | terms | findings | engine MB/s | strings.Replacer MB/s | ratio (middle half) |")
	fmt.Println("|---|---:|---:|---:|---:|---|")
	for _, n := range []int{100, 100_000} {
		for _, asWords := range []bool{false, true} {
			row, err := compareTerms(n, asWords, rounds, size)
			if err != nil {
				return err
			}
			fmt.Println(row)
		}
	}
	return nil
}

// quartiles are the middle of some numbers and where their middle half lies.
func quartiles(numbers []float64) (low, median, high float64) {
	sorted := slices.Sorted(slices.Values(numbers))
	at := func(share float64) float64 { return sorted[int(share*float64(len(sorted)-1)+0.5)] }
	return at(0.25), at(0.5), at(0.75)
}
