package metrics

import (
	"cmp"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// Family describes the series of one name.
type Family struct {
	// Name follows https://prometheus.io/docs/practices/naming/.
	Name string
	// Type is "counter", "gauge" or "histogram".
	Type string
	// Labels are the names of the labels that all series of the family have.
	Labels []string
	// Help says in one sentence what is counted.
	Help string
}

// maxLabels is the most that a family has.
const maxLabels = 6

// labels are the values of a series' labels, in the order of their names.
type labels [maxLabels]string

// labelsOf takes UTF-8 only, as the format does.
func labelsOf(values []string) (l labels) {
	for i, value := range values {
		l[i] = strings.ToValidUTF8(value, "\uFFFD")
	}
	return l
}

// maxSeries bounds the series of a family. What is beyond is counted in one
// whose labels are all [other].
const maxSeries = 2000

// other is the value of all labels of what is beyond maxSeries.
const other = "other"

// table holds the series of a family. It is safe for concurrent use.
type table[S any] struct {
	Family
	mu     sync.RWMutex
	series map[labels]*S
}

func newTable[S any](f Family) *table[S] { return &table[S]{Family: f, series: map[labels]*S{}} }

// get returns a series, a new one if there is none yet.
func (t *table[S]) get(values ...string) *S {
	l := labelsOf(values)
	t.mu.RLock()
	s := t.series[l]
	t.mu.RUnlock()
	if s != nil {
		return s
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, known := t.series[l]; !known && len(t.series) >= maxSeries {
		l = labels{}
		for i := range t.Labels {
			l[i] = other
		}
	}
	if t.series[l] == nil {
		t.series[l] = new(S)
	}
	return t.series[l]
}

// each calls f for all series in the order of their labels.
func (t *table[S]) each(f func(l labels, s *S)) {
	t.mu.RLock()
	all := make([]labels, 0, len(t.series))
	for l := range t.series {
		all = append(all, l)
	}
	t.mu.RUnlock()
	slices.SortFunc(all, func(a, b labels) int { return slices.CompareFunc(a[:], b[:], cmp.Compare[string]) })
	for _, l := range all {
		t.mu.RLock()
		s := t.series[l]
		t.mu.RUnlock()
		f(l, s)
	}
}

// counter is a family of numbers that only grow.
type counter struct{ *table[atomic.Int64] }

func newCounter(f Family) counter { return counter{newTable[atomic.Int64](f)} }

func (c counter) add(n int64, values ...string) {
	if n != 0 {
		c.get(values...).Add(n)
	}
}

func (c counter) write(w *writer) {
	w.head(c.Family)
	c.each(func(l labels, n *atomic.Int64) { w.sample(c.Name, c.Labels, l, "", float64(n.Load())) })
}

// bounds are the upper bounds of a histogram's buckets in seconds: inspecting a
// prompt takes less than a millisecond, a rule may take its time.
var bounds = [...]float64{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5}

// histogram is a family of distributions of seconds.
type histogram struct{ *table[distribution] }

type distribution struct {
	mu      sync.Mutex
	buckets [len(bounds) + 1]int64 // the last is for what is above all bounds
	sum     float64
}

func newHistogram(f Family) histogram { return histogram{newTable[distribution](f)} }

func (h histogram) observe(seconds float64, values ...string) {
	bucket, _ := slices.BinarySearch(bounds[:], seconds)
	d := h.get(values...)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.buckets[bucket]++
	d.sum += seconds
}

func (h histogram) write(w *writer) {
	w.head(h.Family)
	h.each(func(l labels, d *distribution) {
		d.mu.Lock()
		buckets, sum := d.buckets, d.sum
		d.mu.Unlock()
		var count int64
		for i, n := range buckets {
			count += n
			bound := math.Inf(1)
			if i < len(bounds) {
				bound = bounds[i]
			}
			w.sample(h.Name+"_bucket", h.Labels, l, number(bound), float64(count))
		}
		w.sample(h.Name+"_sum", h.Labels, l, "", sum)
		w.sample(h.Name+"_count", h.Labels, l, "", float64(count))
	})
}

// reading is a family whose series are read from elsewhere for each scrape. Of
// several values for the same labels the largest counts.
type reading struct {
	Family
	read func(set func(value float64, values ...string))
}

func (r reading) write(w *writer) {
	t := newTable[float64](r.Family)
	r.read(func(value float64, values ...string) {
		s := t.get(values...)
		*s = max(*s, value)
	})
	w.head(r.Family)
	t.each(func(l labels, value *float64) { w.sample(r.Name, r.Labels, l, "", *value) })
}

// writer writes the text format, version 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/).
type writer struct {
	out io.Writer
	buf []byte
}

var (
	escapeHelp  = strings.NewReplacer(`\`, `\\`, "\n", `\n`)
	escapeValue = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
)

func (w *writer) head(f Family) {
	w.line("# HELP " + f.Name + " " + escapeHelp.Replace(f.Help))
	w.line("# TYPE " + f.Name + " " + f.Type)
}

// sample writes a series' value. le is the bound of a bucket, empty for none.
func (w *writer) sample(name string, names []string, l labels, le string, value float64) {
	w.buf = append(w.buf[:0], name...)
	separator := byte('{')
	label := func(name, value string) {
		w.buf = append(w.buf, separator)
		separator = ','
		w.buf = append(w.buf, name...)
		w.buf = append(w.buf, '=', '"')
		w.buf = append(w.buf, escapeValue.Replace(value)...)
		w.buf = append(w.buf, '"')
	}
	for i, name := range names {
		label(name, l[i])
	}
	if le != "" {
		label("le", le)
	}
	if separator == ',' {
		w.buf = append(w.buf, '}')
	}
	w.buf = append(w.buf, ' ')
	w.buf = append(w.buf, number(value)...)
	w.line(string(w.buf))
}

func (w *writer) line(text string) { _, _ = io.WriteString(w.out, text+"\n") }

func number(f float64) string {
	if math.IsInf(f, 1) {
		return "+Inf"
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}
