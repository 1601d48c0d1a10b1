package main

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"runtime"
	"strings"

	"github.com/krakend-redact/krakend-redact/bench/texts"
	"github.com/krakend-redact/krakend-redact/bench/timing"
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

func compare(c texts.Corpus, n, rounds int) (row string, err error) {
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
	findings, err := b.check(c.Texts, func(text string) []detect.Finding { return e.Find(nil, text) })
	if err != nil {
		return "", err
	}
	var found []detect.Finding
	engine := func() {
		for _, text := range c.Texts {
			found = e.Find(found[:0], text)
		}
	}
	allocated := allocatedBy(engine)
	t := timing.Compare(rounds, engine, func() { b.find(c.Texts) })
	mb := float64(c.Size()) / 1e6
	return fmt.Sprintf("| %s | %d | %d | %.0f | %.1f | %s | %d |", c.Name, n, findings, mb/t.A, mb/t.B, t.Times(), allocated), nil
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

func compareTerms(n int, asWords bool, rounds, size int) (row string, err error) {
	r := rand.New(rand.NewPCG(9, 9))
	list := make([]string, n)
	var pairs []string
	for i := range list {
		list[i] = fmt.Sprintf("%s%s %s%d", texts.Word(r), texts.Word(r), texts.Word(r), r.IntN(1000))
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
	text := texts.Prose(size)
	for i := 0; i < size/2000; i++ {
		at := i * 2000
		text = text[:at] + " " + list[i%n] + " " + text[at:]
	}
	replacer := strings.NewReplacer(pairs...)
	found := e.Find(nil, text)
	if replaced := strings.Count(replacer.Replace(text), "\x00"); replaced != len(found) && !asWords {
		return "", fmt.Errorf("%d findings, strings.Replacer has %d", len(found), replaced)
	}
	t := timing.Compare(rounds, func() { found = e.Find(found[:0], text) }, func() { replacer.Replace(text) })
	mb := float64(len(text)) / 1e6
	return fmt.Sprintf("| %s | %d | %d | %.0f | %.1f | %s |", map[bool]string{false: "prose", true: "prose, terms as words"}[asWords], n, len(found), mb/t.A, mb/t.B, t.Times()), nil
}
