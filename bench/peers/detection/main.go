// Command detection measures how fast the pack "default" searches texts, beside
// gitleaks and WSO2's policy. It checks first that values which two of them know
// are found by both, and prints Markdown tables. It is a module of its own, so
// that what the others depend on stays here.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/krakend-redact/krakend-redact/bench/timing"
)

func main() {
	rounds := flag.Int("rounds", 5, "how often everything is measured")
	size := flag.Int("size", 64, "KB of each text")
	quick := flag.Bool("quick", false, "2 rounds with 8 KB: shows that it works, not how fast it is")
	flag.Parse()
	if *quick {
		*rounds, *size, timing.Enough = 2, 8, time.Millisecond
	}
	// The same for all: some allocate, and the collector's work is part of their cost.
	debug.SetGCPercent(400)
	if err := run(os.Stdout, *rounds, *size<<10); err != nil {
		fmt.Fprintln(os.Stderr, "detection:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, rounds, size int) error {
	whole, err := newOurs(`{"packs":["default"]}`)
	if err != nil {
		return err
	}
	for i, newPeer := range []func() (*peer, error){newGitleaks, newWSO2} {
		p, err := newPeer()
		if err != nil {
			return err
		}
		same, err := newOurs(p.policy)
		if err != nil {
			return err
		}
		if i > 0 {
			fmt.Fprintln(out)
		}
		if err := writeTable(out, p, whole, same, rounds, size); err != nil {
			return err
		}
	}
	return nil
}

func writeTable(out io.Writer, p *peer, whole, same *ours, rounds, size int) error {
	fmt.Fprintf(out, "| text | planted values, found by both | default MB/s | %s MB/s | ratio (middle half) | %s MB/s | ratio (middle half) |\n|---|---:|---:|---:|---|---:|---|\n", p.name, p.scope)
	list, err := corpora(size, p.plants())
	if err != nil {
		return err
	}
	for _, c := range list {
		for _, o := range []*ours{whole, same} {
			if err := check(c, o, p); err != nil {
				return fmt.Errorf("%s, %s: %w", p.name, c.Name, err)
			}
		}
		theirs := func() {
			for _, text := range c.Texts {
				p.run(text)
			}
		}
		all := timing.Compare(rounds, func() { whole.run(c.Texts) }, theirs)
		scoped := timing.Compare(rounds, func() { same.run(c.Texts) }, theirs)
		mb := float64(c.Size()) / 1e6
		if _, err := fmt.Fprintf(out, "| %s | %d | %.0f | %.2f | %s | %.0f | %s |\n",
			c.Name, len(c.plants), mb/all.A, mb/all.B, all.Times(), mb/scoped.A, scoped.Times()); err != nil {
			return err
		}
	}
	return nil
}

// check tells whether both find every planted value. Nothing is said about what
// only one of them knows.
func check(c sown, o *ours, p *peer) error {
	values := make([]string, len(c.plants))
	for i, plant := range c.plants {
		values[i] = plant.value
	}
	for _, finder := range []struct {
		name string
		find func(text string, values []string) []bool
	}{{"the engine", o.find}, {p.name, p.find}} {
		found := map[string]bool{}
		for _, text := range c.Texts {
			for i, hit := range finder.find(text, values) {
				if strings.Contains(text, values[i]) {
					if !hit {
						return fmt.Errorf("%s does not find a planted %s: %s", finder.name, c.plants[i].detector, values[i])
					}
					found[values[i]] = true
				}
			}
		}
		for _, plant := range c.plants {
			if !found[plant.value] {
				return fmt.Errorf("a planted %s stands in no text: %s", plant.detector, plant.value)
			}
		}
	}
	return nil
}
