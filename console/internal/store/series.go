package store

import (
	"context"
	"time"
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
	// From and To bound the time; they are widened to whole steps.
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

// Chart returns the figures of a chart, from tables that are kept for this and
// not from events. It fails when the query makes no sense or has more than 2000
// steps.
func (s *Store) Chart(ctx context.Context, q SeriesQuery) (Chart, error) {
	return Chart{}, errUnfinished
}
