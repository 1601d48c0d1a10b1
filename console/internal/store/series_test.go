package store

import (
	"slices"
	"testing"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/audit"
)

func TestChart(t *testing.T) {
	at := time.Now().UTC().Truncate(time.Hour).Add(-3 * time.Hour)
	onBoth(t, func(t *testing.T, s *Store) {
		var events []audit.Event
		for i, offset := range []time.Duration{0, time.Minute, 61 * time.Minute, 150 * time.Minute} {
			e := event(i)
			e.Time = at.Add(offset)
			e.Rules[0].Count = i + 1
			if i == 3 {
				e.Direction, e.Outcome, e.Rules[0].Severity, e.Rules[0].Name = audit.DirectionAnswer, audit.OutcomeBlocked, "critical", "other"
			}
			events = append(events, e)
		}
		ingest(t, s, events[:2]...)
		ingest(t, s, events[2:]...)

		for _, test := range []struct {
			name string
			SeriesQuery
			start time.Time
			want  []Series
		}{
			{
				"events by the hour",
				SeriesQuery{Measure: MeasureEvents, From: at.Add(time.Minute), To: at.Add(3 * time.Hour), Step: time.Hour},
				at,
				[]Series{{"", []int64{2, 1, 1}, 4}},
			},
			{
				"two hours a bar",
				SeriesQuery{Measure: MeasureEvents, From: at, To: at.Add(3 * time.Hour), Step: 2 * time.Hour},
				at,
				[]Series{{"", []int64{3, 1}, 4}},
			},
			{
				"by outcome",
				SeriesQuery{Measure: MeasureEvents, By: ByOutcome, From: at, To: at.Add(3 * time.Hour), Step: time.Hour},
				at,
				[]Series{{"masked", []int64{2, 1, 0}, 3}, {"blocked", []int64{0, 0, 1}, 1}},
			},
			{
				"requests of a proxy",
				SeriesQuery{Measure: MeasureEvents, Proxy: "proxy-0", Direction: audit.DirectionRequest, From: at, To: at.Add(3 * time.Hour), Step: time.Hour},
				at,
				[]Series{{"", []int64{1, 0, 0}, 1}},
			},
			{
				"findings by the minute",
				SeriesQuery{Measure: MeasureFindings, By: ByProxy, From: at.Add(59 * time.Second), To: at.Add(3 * time.Minute), Step: time.Minute},
				at,
				[]Series{{"proxy-1", []int64{0, 2, 0}, 2}, {"proxy-0", []int64{1, 0, 0}, 1}},
			},
			{
				"findings by severity",
				SeriesQuery{Measure: MeasureFindings, By: BySeverity, From: at, To: at.Add(3 * time.Hour), Step: time.Hour},
				at,
				[]Series{{"medium", []int64{3, 3, 0}, 6}, {"critical", []int64{0, 0, 4}, 4}},
			},
			{
				"findings by rule",
				SeriesQuery{Measure: MeasureFindings, By: ByRule, From: at, To: at.Add(3 * time.Hour), Step: 3 * time.Hour},
				at,
				[]Series{{"email", []int64{6}, 6}, {"other", []int64{4}, 4}},
			},
			{
				"findings by action",
				SeriesQuery{Measure: MeasureFindings, By: ByAction, From: at, To: at.Add(time.Hour), Step: 15 * time.Minute},
				at,
				[]Series{{"mask", []int64{3, 0, 0, 0}, 3}},
			},
			{"of an unknown proxy", SeriesQuery{Measure: MeasureEvents, Proxy: "none", From: at, To: at.Add(time.Hour), Step: time.Hour}, at, nil},
		} {
			chart := must(s.Chart(t.Context(), test.SeriesQuery))(t)
			if !chart.Start.Equal(test.start) || !slices.EqualFunc(chart.Series, test.want, func(a, b Series) bool {
				return a.Name == b.Name && a.Total == b.Total && slices.Equal(a.Values, b.Values)
			}) {
				t.Errorf("%s: %+v, want %+v", test.name, chart, test.want)
			}
		}

		for name, q := range map[string]SeriesQuery{
			"no measure":      {From: at, To: at.Add(time.Hour), Step: time.Hour},
			"no dimension":    {Measure: MeasureEvents, By: ByRule, From: at, To: at.Add(time.Hour), Step: time.Hour},
			"no column":       {Measure: MeasureEvents, By: "proxy; DROP TABLE events", From: at, To: at.Add(time.Hour), Step: time.Hour},
			"no step":         {Measure: MeasureEvents, From: at, To: at.Add(time.Hour)},
			"odd step":        {Measure: MeasureEvents, From: at, To: at.Add(time.Hour), Step: 7 * time.Minute},
			"too many":        {Measure: MeasureEvents, From: at, To: at.Add(2001 * time.Minute), Step: time.Minute},
			"backwards":       {Measure: MeasureEvents, From: at, To: at.Add(-time.Hour), Step: time.Hour},
			"no such measure": {Measure: MeasureFindings, Direction: audit.DirectionAnswer, From: at, To: at.Add(time.Hour), Step: time.Hour},
		} {
			if _, err := s.Chart(t.Context(), q); err == nil {
				t.Errorf("%s makes a chart", name)
			}
		}
	})
}
