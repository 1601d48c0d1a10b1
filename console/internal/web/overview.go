package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/krakend-redact/krakend-redact/console/internal/chart"
	"github.com/krakend-redact/krakend-redact/console/internal/store"
	"github.com/krakend-redact/krakend-redact/internal/audit"
)

// span is a choice of how much time the overview shows.
type span struct {
	Code, Name string
	length     time.Duration
	step       time.Duration
	Here       bool
}

// spans are all choices; the second is the one that nobody has to choose.
var spans = []span{
	{Code: "1h", Name: "Hour", length: time.Hour, step: time.Minute},
	{Code: "24h", Name: "Day", length: 24 * time.Hour, step: 30 * time.Minute},
	{Code: "7d", Name: "Week", length: 7 * 24 * time.Hour, step: 3 * time.Hour},
	{Code: "30d", Name: "30 days", length: 30 * 24 * time.Hour, step: 24 * time.Hour},
}

// overviewData is what the overview shows.
type overviewData struct {
	Spans                       []span
	Proxy                       string
	Proxies                     []string
	Requests, Findings, Refused int64
	Counts                      store.AlertCounts
	Charts                      []chart.Chart
	Latest                      []store.Alert
	Gateways                    []gatewayRow
	Empty                       bool
	Usage                       store.Usage
}

// gatewayRow is a gateway as the overview shows it.
type gatewayRow struct {
	store.Gateway
	// Silent: it has not reported for several minutes; it reports every minute.
	Silent bool
}

// silentAfter is how long a gateway may say nothing.
const silentAfter = 3 * time.Minute

func (s *Server) overview(w http.ResponseWriter, r *http.Request, v *visitor) error {
	ctx := r.Context()
	chosen := spans[1]
	for _, span := range spans {
		if span.Code == r.URL.Query().Get("span") {
			chosen = span
		}
	}
	data := overviewData{Proxy: r.URL.Query().Get("proxy")}
	for _, span := range spans {
		span.Here = span.Code == chosen.Code
		data.Spans = append(data.Spans, span)
	}
	now := s.Now()
	last := now.Truncate(chosen.step)
	if chosen.step == 24*time.Hour {
		// A day begins when the viewer's does.
		year, month, day := now.In(v.Zone).Date()
		last = time.Date(year, month, day, 0, 0, 0, 0, v.Zone)
	}
	query := store.SeriesQuery{From: last.Add(chosen.step - chosen.length), To: now, Step: chosen.step, Proxy: data.Proxy}

	outcomes := query
	outcomes.Measure, outcomes.By, outcomes.Direction = store.MeasureEvents, store.ByOutcome, audit.DirectionRequest
	made, err := s.chart(ctx, v, outcomes, "requests", "Requests by outcome")
	if err != nil {
		return err
	}
	data.Requests = made.Sum()
	for i, series := range made.Series {
		switch series.Name {
		case audit.OutcomeBlocked, audit.OutcomeRefused:
			data.Refused += series.Total()
		}
		made.Series[i].Name = outcomeWord(series.Name)
	}
	data.Charts = append(data.Charts, made)

	for _, by := range []struct {
		dimension store.Dimension
		title     string
	}{
		{store.BySeverity, "Findings by severity"},
		{store.ByRule, "Findings by rule"},
		{store.ByProxy, "Findings by proxy"},
	} {
		findings := query
		findings.Measure, findings.By = store.MeasureFindings, by.dimension
		made, err := s.chart(ctx, v, findings, "findings-"+string(by.dimension), by.title)
		if err != nil {
			return err
		}
		if by.dimension == store.BySeverity {
			data.Findings = made.Sum()
			bySeverity(made.Series)
		}
		data.Charts = append(data.Charts, made)
	}

	if data.Proxies, err = s.Store.Names(ctx, store.NameProxy); err != nil {
		return err
	}
	if data.Counts, err = s.Store.AlertCounts(ctx); err != nil {
		return err
	}
	latest, err := s.Store.Alerts(ctx, store.AlertFilter{State: store.AlertNew}, store.Page{Limit: 5})
	if err != nil {
		return err
	}
	data.Latest = latest.Alerts
	gateways, err := s.Store.Gateways(ctx)
	if err != nil {
		return err
	}
	for _, gateway := range gateways {
		data.Gateways = append(data.Gateways, gatewayRow{gateway, now.Sub(gateway.Seen) > silentAfter})
	}
	if data.Usage, err = s.Store.Usage(ctx); err != nil {
		return err
	}
	data.Empty = len(gateways) == 0 && data.Usage.Events == 0
	s.render(w, r, v, http.StatusOK, "overview", "Overview", data)
	return nil
}

// chart asks for the figures of a chart. What has no colour of its own is put
// together.
func (s *Server) chart(ctx context.Context, v *visitor, query store.SeriesQuery, id, title string) (chart.Chart, error) {
	found, err := s.Store.Chart(ctx, query)
	if err != nil {
		return chart.Chart{}, err
	}
	made := chart.Chart{ID: id, Title: title, Step: found.Step, Zone: v.Zone}
	for i, series := range found.Series {
		if i == 0 {
			for j := range series.Values {
				made.Buckets = append(made.Buckets, found.Start.Add(time.Duration(j)*found.Step))
			}
		}
		if i < chart.Classes {
			made.Series = append(made.Series, chart.Series{Name: series.Name, Class: chart.Class(i), Values: series.Values})
			continue
		}
		others := &made.Series[chart.Classes-1]
		others.Name = "others"
		for j, value := range series.Values {
			others.Values[j] += value
		}
	}
	return made, nil
}

// bySeverity puts series in the order of severities, each in its own colour.
func bySeverity(series []chart.Series) {
	slices.SortFunc(series, func(a, b chart.Series) int { return severityRank(b.Name) - severityRank(a.Name) })
	for i := range series {
		if severityRank(series[i].Name) > 0 {
			series[i].Class = series[i].Name
		}
	}
}
