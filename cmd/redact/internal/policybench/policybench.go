// Package policybench measures what a policy costs: how fast it masks texts of
// several kinds, and what each of its rules adds to that.
package policybench

import (
	"slices"
	"strings"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/detect"
	"github.com/krakend-redact/krakend-redact/internal/policy"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/exchange"
)

// Text is a text to measure with.
type Text struct{ Kind, Text string }

// Speed is how fast a policy masks a text.
type Speed struct {
	Kind     string `json:"kind"`
	Bytes    int    `json:"bytes"`
	Findings int    `json:"findings"`
	// MBPerSecond counts megabytes of 1,000,000 bytes.
	MBPerSecond float64 `json:"mb_per_second"`
}

// Cost is what a rule costs. Times are those of the search, in nanoseconds for a
// kilobyte (1,000 bytes) of all texts.
type Cost struct {
	Rule string `json:"rule"`
	// Alone is the time of a policy of this rule only, and Saved what all of the
	// policy would save without it, at least nothing. Rules share one pass over a
	// text, so the sum of either is not the policy's time.
	Alone float64 `json:"alone_ns_per_kb"`
	Saved float64 `json:"saved_ns_per_kb"`
	// Slow says why the engine calls the rule slow, and Remedy what helps.
	Slow   string `json:"slow,omitempty"`
	Remedy string `json:"remedy,omitempty"`
}

// Result is what a policy costs.
type Result struct {
	Speeds []Speed `json:"speeds"`
	// All is the time that the search takes with all rules, in nanoseconds for a
	// kilobyte.
	All   float64 `json:"all_ns_per_kb"`
	Rules []Cost  `json:"rules"`
}

// Measure measures a policy with texts. Each measurement takes at least the given
// time; there is one for each text and two for each rule. tell is called before
// each of them with how many are done and how many there are.
func Measure(p *policy.Policy, texts []Text, least time.Duration, tell func(done, all int)) (*Result, error) {
	r := &Result{}
	done, all := 0, len(texts)+1+2*len(p.Rules)
	next := func() {
		tell(done, all)
		done++
	}
	e, err := exchange.New(p, exchange.Options{MaxBytes: maxBytes})
	if err != nil {
		return nil, err
	}
	slow := map[int]detect.SlowRule{}
	for _, s := range e.Slow() {
		slow[s.Rule] = s
	}
	bytes := 0
	for _, t := range texts {
		next()
		m, err := e.Mask(strings.NewReader(t.Text), false)
		if err != nil {
			return nil, err
		}
		took := timeOf([]Text{t}, least, func(text string) { _, _ = e.Mask(strings.NewReader(text), false) })
		r.Speeds = append(r.Speeds, Speed{t.Kind, len(t.Text), len(m.Changes) + len(m.Watched), float64(len(t.Text)) / took.Seconds() / 1e6})
		bytes += len(t.Text)
	}
	perKB := func(rules []policy.Rule) (float64, error) {
		next()
		if len(rules) == 0 {
			return 0, nil
		}
		part := *p
		part.Rules = rules
		engine, err := detect.Compile(&part)
		if err != nil {
			return 0, err
		}
		var found []detect.Finding
		took := timeOf(texts, least, func(text string) { found = engine.Find(found[:0], text) })
		return float64(took.Nanoseconds()) / float64(bytes) * 1000, nil
	}
	if r.All, err = perKB(p.Rules); err != nil {
		return nil, err
	}
	for i, rule := range p.Rules {
		c := Cost{Rule: rule.Name, Slow: slow[i].Reason, Remedy: slow[i].Remedy}
		if c.Alone, err = perKB(p.Rules[i : i+1]); err != nil {
			return nil, err
		}
		without, err := perKB(slices.Delete(slices.Clone(p.Rules), i, i+1))
		if err != nil {
			return nil, err
		}
		c.Saved = max(0, r.All-without)
		r.Rules = append(r.Rules, c)
	}
	slices.SortStableFunc(r.Rules, func(a, b Cost) int {
		switch {
		case a.Alone > b.Alone:
			return -1
		case a.Alone < b.Alone:
			return 1
		}
		return 0
	})
	return r, nil
}

// maxBytes bounds a text that is measured with.
const maxBytes = 1 << 30

// timeOf returns how long it takes to do something with texts: the shortest time
// for each of them, since what disturbs a measurement only ever makes it longer.
func timeOf(texts []Text, least time.Duration, do func(text string)) time.Duration {
	best := make([]time.Duration, len(texts))
	begun := time.Now()
	for n := 0; n < 3 || time.Since(begun) < least; n++ {
		for i, t := range texts {
			start := time.Now()
			do(t.Text)
			if took := time.Since(start); n == 0 || took < best[i] {
				best[i] = took
			}
		}
	}
	sum := time.Duration(1)
	for _, b := range best {
		sum += b
	}
	return sum
}
