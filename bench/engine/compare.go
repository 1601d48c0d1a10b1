package main

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"runtime"
	"strings"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/detect"
)

// baseline runs every rule with Go's regexp.
type baseline []*regexp.Regexp

func (b baseline) find(texts []string) (matches int) {
	for _, text := range texts {
		for _, re := range b {
			matches += len(re.FindAllStringIndex(text, -1))
		}
	}
	return matches
}

// check tells whether the findings are what the baseline matches: every byte of
// a finding belongs to a match of its rule, and every byte of a match to a finding.
func (b baseline) check(texts []string, find func(text string) []detect.Finding) (findings int, err error) {
	for _, text := range texts {
		list := find(text)
		findings += len(list)
		matched := make([]bool, len(text))
		by := make([][]bool, len(b))
		for i, re := range b {
			by[i] = make([]bool, len(text))
			for _, at := range re.FindAllStringIndex(text, -1) {
				for j := at[0]; j < at[1]; j++ {
					matched[j], by[i][j] = true, true
				}
			}
		}
		found := make([]bool, len(text))
		for _, f := range list {
			for j := f.Start; j < f.End; j++ {
				if !by[f.Rule][j] {
					return 0, fmt.Errorf("byte %d is not what rule %d matches", j, f.Rule)
				}
				found[j] = true
			}
		}
		for j := range matched {
			if matched[j] != found[j] {
				return 0, fmt.Errorf("byte %d: matched %v, found %v", j, matched[j], found[j])
			}
		}
	}
	return findings, nil
}

func compare(c corpus, n, rounds int) (row string, err error) {
	var b baseline
	var rules []detect.Rule
	for _, expression := range expressions(n) {
		b = append(b, regexp.MustCompile(expression))
		rules = append(rules, detect.Rule{Expression: expression})
	}
	e, err := detect.New(rules)
	if err != nil {
		return "", err
	}
	findings, err := b.check(c.texts, func(text string) []detect.Finding { return e.Find(nil, text) })
	if err != nil {
		return "", err
	}
	var found []detect.Finding
	engine := func() {
		for _, text := range c.texts {
			found = e.Find(found[:0], text)
		}
	}
	allocated := allocatedBy(engine)
	fast, slow, ratios := measure(rounds, engine, func() { b.find(c.texts) })
	mb := float64(c.size()) / 1e6
	low, ratio, high := quartiles(ratios)
	return fmt.Sprintf("| %s | %d | %d | %.0f | %.1f | **%.0f** (%.0f–%.0f) | %d |", c.name, n, findings, mb/fast, mb/slow, ratio, low, high, allocated), nil
}

// allocatedBy returns how many bytes a second run allocates.
func allocatedBy(run func()) uint64 {
	run()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	run()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// measure returns the median seconds of CPU time that two functions take, and
// their ratio round by round.
func measure(rounds int, a, b func()) (secondsA, secondsB float64, ratios []float64) {
	a()
	timesA, timesB := []float64{}, []float64{}
	for range rounds {
		x, y := once(a), once(b)
		timesA, timesB = append(timesA, x), append(timesB, y)
		ratios = append(ratios, y/x)
	}
	_, secondsA, _ = quartiles(timesA)
	_, secondsB, _ = quartiles(timesB)
	return secondsA, secondsB, ratios
}

// enough is how long a function runs to be measured.
var enough = 100 * time.Millisecond

// once returns the seconds of CPU time that a function takes, from as many runs
// as are enough.
func once(run func()) float64 {
	for n := 1; ; n *= 2 {
		begun := cpuTime()
		for range n {
			run()
		}
		if spent := cpuTime() - begun; spent >= enough {
			return spent.Seconds() / float64(n)
		}
	}
}

func compareTerms(n int, asWords bool, rounds, size int) (row string, err error) {
	r := rand.New(rand.NewPCG(9, 9))
	list := make([]string, n)
	var pairs []string
	for i := range list {
		list[i] = fmt.Sprintf("%s%s %s%d", pick(r, words), pick(r, words), pick(r, words), r.IntN(1000))
		pairs = append(pairs, list[i], "\x00")
	}
	terms, err := detect.NewTerms(list, false, asWords)
	if err != nil {
		return "", err
	}
	e, err := detect.New([]detect.Rule{{Terms: terms}})
	if err != nil {
		return "", err
	}
	text := prose(size)
	for i := 0; i < size/2000; i++ {
		at := i * 2000
		text = text[:at] + " " + list[i%n] + " " + text[at:]
	}
	replacer := strings.NewReplacer(pairs...)
	found := e.Find(nil, text)
	if replaced := strings.Count(replacer.Replace(text), "\x00"); replaced != len(found) && !asWords {
		return "", fmt.Errorf("%d findings, strings.Replacer has %d", len(found), replaced)
	}
	fast, slow, ratios := measure(rounds, func() { found = e.Find(found[:0], text) }, func() { replacer.Replace(text) })
	mb := float64(len(text)) / 1e6
	low, ratio, high := quartiles(ratios)
	return fmt.Sprintf("| %s | %d | %d | %.0f | %.1f | **%.1f** (%.1f–%.1f) |", map[bool]string{false: "prose", true: "prose, terms as words"}[asWords], n, len(found), mb/fast, mb/slow, ratio, low, high), nil
}
