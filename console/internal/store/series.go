package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/audit"
)

// Measure is what a chart counts.
type Measure string

// The measures.
const (
	// MeasureEvents counts events, by direction, proxy or outcome.
	MeasureEvents Measure = "events"
	// MeasureFindings counts findings, by proxy, rule, severity or action.
	MeasureFindings Measure = "findings"
)

// Dimension is what a chart tells apart.
type Dimension string

// The dimensions.
const (
	ByNothing   Dimension = ""
	ByProxy     Dimension = "proxy"
	ByDirection Dimension = "direction"
	ByOutcome   Dimension = "outcome"
	ByRule      Dimension = "rule"
	BySeverity  Dimension = "severity"
	ByAction    Dimension = "action"
)

// SeriesQuery asks for the figures of a chart.
type SeriesQuery struct {
	Measure Measure
	By      Dimension
	// From and To bound the time. The first bar begins with From's minute, or hour
	// when Step is whole hours, and as many follow as To needs.
	From, To time.Time
	// Step is the width of a bar: whole minutes that divide an hour, or whole
	// hours. Figures by the minute are kept for [MinutesKept]; before that only
	// whole hours are known.
	Step time.Duration
	// Proxy limits the figures to one proxy, Direction to requests or answers
	// (events only). Empty: all.
	Proxy, Direction string
}

// MinutesKept is how long figures are kept by the minute.
const MinutesKept = 48 * time.Hour

// Series are the figures of one line or colour of a chart.
type Series struct {
	// Name is the proxy, rule… that the figures are of; empty for [ByNothing].
	Name string
	// Values has one figure for each step.
	Values []int64
	Total  int64
}

// Chart is what a [SeriesQuery] asked for.
type Chart struct {
	// Start is the beginning of the first step, in UTC.
	Start time.Time
	Step  time.Duration
	// Series are sorted by Total, the largest first.
	Series []Series
}

// maxSteps bounds a chart.
const maxSteps = 2000

// The widths of what figures are kept by.
const (
	minute = int64(time.Minute / time.Millisecond)
	hour   = int64(time.Hour / time.Millisecond)
)

// Chart returns the figures of a chart, from tables that are kept for this and
// not from events. It fails when the query makes no sense or has more than 2000
// steps.
func (s *Store) Chart(ctx context.Context, q SeriesQuery) (Chart, error) {
	table, columns := "event_counts", []Dimension{ByProxy, ByDirection, ByOutcome}
	if q.Measure == MeasureFindings {
		table, columns = "finding_counts", []Dimension{ByProxy, ByRule, BySeverity, ByAction}
	}
	kept := hour
	step := q.Step.Milliseconds()
	if step%hour != 0 {
		kept = minute
	}
	switch {
	case q.Measure != MeasureEvents && q.Measure != MeasureFindings:
		return Chart{}, fmt.Errorf("no measure of a chart: %q", q.Measure)
	case q.By != ByNothing && !slices.Contains(columns, q.By):
		return Chart{}, fmt.Errorf("%s are not told apart by %q", q.Measure, q.By)
	case q.Measure == MeasureFindings && q.Direction != "":
		return Chart{}, errors.New("findings are not told apart by direction")
	case step <= 0 || step%kept != 0 || kept == minute && hour%step != 0:
		return Chart{}, fmt.Errorf("%s is no width of a bar", q.Step)
	}
	start := floor(q.From.UnixMilli(), kept)
	steps := (q.To.UnixMilli() - start + step - 1) / step
	if steps < 1 || steps > maxSteps {
		return Chart{}, fmt.Errorf("%d bars are not between 1 and %d", steps, maxSteps)
	}

	var c conditions
	label, from := "''", table+" c"
	if q.By != ByNothing {
		label, from = "n.name", from+" JOIN names n ON n.id = c."+string(q.By)
	}
	c.add("c.step = ?", kept)
	c.add("c.time >= ?", start)
	c.add("c.time < ?", start+steps*step)
	for _, limit := range []struct {
		column string
		name
	}{{"c.proxy", name{NameProxy, q.Proxy}}, {"c.direction", name{nameDirection, q.Direction}}} {
		if limit.text == "" {
			continue
		}
		id, err := s.nameID(ctx, limit.name)
		if err != nil {
			return Chart{}, err
		}
		c.add(limit.column+" = ?", id)
	}
	chart := Chart{Start: timeOf(start), Step: q.Step}
	at := map[string]int{}
	rows, err := s.read.QueryContext(ctx, fmt.Sprintf("SELECT (c.time - %d) / %d, %s, CAST(SUM(c.total) AS BIGINT) FROM %s%s GROUP BY 1, 2", start, step, label, from, c.where()), c.args...)
	if err := each(rows, err, func(scan func(...any) error) error {
		var bar, total int64
		var name string
		if err := scan(&bar, &name, &total); err != nil {
			return err
		}
		i, known := at[name]
		if !known {
			i = len(chart.Series)
			at[name] = i
			chart.Series = append(chart.Series, Series{Name: name, Values: make([]int64, steps)})
		}
		chart.Series[i].Values[bar] += total
		chart.Series[i].Total += total
		return nil
	}); err != nil {
		return Chart{}, err
	}
	slices.SortFunc(chart.Series, func(a, b Series) int {
		return cmp.Or(cmp.Compare(b.Total, a.Total), cmp.Compare(a.Name, b.Name))
	})
	return chart, nil
}

func floor(millis, step int64) int64 { return millis - millis%step }

type eventCount struct{ step, time, proxy, direction, outcome int64 }

type findingCount struct{ step, time, proxy, rule, severity, action int64 }

// figures are what events add to the overview.
type figures struct {
	events   map[eventCount]int64
	findings map[findingCount]int64
}

func (f figures) add(names newNames, e *audit.Event, proxy, direction, outcome int64) error {
	at := e.Time.UnixMilli()
	for _, step := range []int64{minute, hour} {
		f.events[eventCount{step, floor(at, step), proxy, direction, outcome}]++
	}
	for i := range e.Rules {
		r := &e.Rules[i]
		var ids [3]int64
		for i, n := range [...]name{{NameRule, r.Name}, {NameSeverity, r.Severity}, {NameAction, r.Action}} {
			var err error
			if ids[i], err = names.id(n.kind, n.text); err != nil {
				return err
			}
		}
		for _, step := range []int64{minute, hour} {
			f.findings[findingCount{step, floor(at, step), proxy, ids[0], ids[1], ids[2]}] += int64(r.Count)
		}
	}
	return nil
}

func (f figures) keep(t *tx) error {
	var rows []any
	for k, n := range f.events {
		rows = append(rows, k.step, k.time, k.proxy, k.direction, k.outcome, n)
	}
	if err := t.insert("INSERT INTO event_counts (step, time, proxy, direction, outcome, total)", 6,
		"ON CONFLICT (step, time, proxy, direction, outcome) DO UPDATE SET total = event_counts.total + excluded.total", rows); err != nil {
		return err
	}
	rows = nil
	for k, n := range f.findings {
		rows = append(rows, k.step, k.time, k.proxy, k.rule, k.severity, k.action, n)
	}
	return t.insert("INSERT INTO finding_counts (step, time, proxy, rule, severity, action, total)", 7,
		"ON CONFLICT (step, time, proxy, rule, severity, action) DO UPDATE SET total = finding_counts.total + excluded.total", rows)
}
