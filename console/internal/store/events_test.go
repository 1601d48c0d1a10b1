package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/audit"
)

func TestAnEventComesBackAsItWas(t *testing.T) {
	hostile := []string{`"><script>alert(1)</script>`, `'; DROP TABLE events; --`, `%_\`, "\u202e\u2066ünï", strings.Repeat("x", 200)}
	onBoth(t, func(t *testing.T, s *Store) {
		var sent []audit.Event
		for i, text := range hostile {
			e := event(i)
			e.Gateway, e.Proxy, e.Policy.Name, e.Policy.Version, e.RequestID, e.Reason, e.Profile, e.Body = text, text, text, text, text, text, text, text
			e.Excerpts = []string{text, text}
			e.Rules = []audit.RuleCount{{Name: text, Severity: "critical", Action: text, Count: 3, Placeholders: []string{text}}}
			sent = append(sent, e)
		}
		sent = append(sent, func() audit.Event {
			e := event(len(sent)) // as little as there can be
			return audit.Event{Head: e.Head, Exchange: e.Exchange, Direction: audit.DirectionAnswer, Outcome: audit.OutcomeClean, Rules: []audit.RuleCount{}}
		}())
		ingest(t, s, sent...)
		for i, want := range sent {
			got := must(s.Event(t.Context(), want.ID))(t)
			if !reflect.DeepEqual(got.Event, want) {
				t.Errorf("event %d came back as\n%+v\nwant\n%+v", i, got.Event, want)
			}
			filters := []EventFilter{{Proxy: want.Proxy, Policy: want.Policy.Name, Gateway: want.Gateway, RequestID: want.RequestID, Outcome: want.Outcome, Exchange: want.Exchange}}
			if len(want.Rules) > 0 {
				filters = append(filters, EventFilter{Rule: want.Rules[0].Name, Placeholder: want.Rules[0].Placeholders[0], Action: want.Rules[0].Action})
			}
			for _, f := range filters {
				page := must(s.Events(t.Context(), f, Page{}))(t)
				if len(page.Events) != 1 || page.Events[0].ID != want.ID {
					t.Errorf("%+v finds %d events", f, len(page.Events))
				}
			}
		}
		if _, err := s.Event(t.Context(), newUUID()); !errors.Is(err, ErrNotFound) {
			t.Errorf("an unknown id: %v", err)
		}
		if _, err := s.Event(t.Context(), "' OR 1=1"); !errors.Is(err, ErrNotFound) {
			t.Errorf("what is no id: %v", err)
		}
	})
}

// mixed returns events that differ in all that can be filtered.
func mixed(n int) []audit.Event {
	severities := []string{"low", "medium", "high", "critical"}
	actions := []string{"mask", "redact", "block"}
	var events []audit.Event
	for i := range n {
		e := event(i)
		// Some share a millisecond, and they come in another order than their times'.
		e.Time = begin.Add(time.Duration(i*7919%n/3) * time.Second)
		if i%4 == 3 {
			e.Exchange, e.Direction, e.Outcome, e.Rules = events[i-1].Exchange, audit.DirectionAnswer, audit.OutcomeRestored, nil
		} else {
			e.Rules = nil
			for j := range i % 4 {
				k := i*7 + j
				e.Rules = append(e.Rules, audit.RuleCount{
					Name: fmt.Sprintf("rule-%d", k%5), Severity: severities[k%len(severities)], Action: actions[k%len(actions)], Count: 1,
					Placeholders: []string{fmt.Sprintf("[R_%d]", k%6), fmt.Sprintf("[R_%d]", i%6)},
				})
			}
		}
		events = append(events, e)
	}
	return events
}

var filters = map[string]EventFilter{
	"all":         {},
	"time":        {From: begin.Add(5 * time.Second), To: begin.Add(40 * time.Second)},
	"all times":   {From: time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC), To: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)},
	"proxy":       {Proxy: "proxy-1"},
	"policy":      {Policy: "policy-2"},
	"gateway":     {Gateway: "gateway-1"},
	"rule":        {Rule: "rule-1"},
	"severity":    {MinSeverity: "high"},
	"action":      {Action: "block"},
	"outcome":     {Outcome: audit.OutcomeRestored},
	"direction":   {Direction: audit.DirectionAnswer},
	"placeholder": {Placeholder: "[R_3]"},
	"request id":  {RequestID: "request-17"},
	"trace id":    {RequestID: fmt.Sprintf("%032x", 17)},
	"several":     {Proxy: "proxy-1", Rule: "rule-1", MinSeverity: "low", Action: "redact", Direction: audit.DirectionRequest, From: begin.Add(3 * time.Second)},
	"unknown":     {Rule: "no such rule"},
	"no id":       {Exchange: "no id"},
}

// TestFiltersAndPages compares all ways to read events with what one sees who
// looks at each of them.
func TestFiltersAndPages(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		kept := ingest(t, s, mixed(200)...)
		slices.SortFunc(kept, func(a, b Event) int { return int(b.Time.Sub(a.Time)/time.Millisecond)*1000 + int(b.Seq-a.Seq) })
		all := map[string]EventFilter{"exchange": {Exchange: kept[3].Exchange}}
		for name, f := range filters {
			all[name] = f
		}
		for name, f := range all {
			t.Run(name, func(t *testing.T) {
				var want []string
				for _, e := range kept {
					if matches(f, &e.Event) {
						want = append(want, e.ID)
					}
				}
				if empty := name == "unknown" || name == "no id"; empty != (len(want) == 0) {
					t.Fatalf("%d events meet the filter", len(want))
				}
				older, newer := walk(t, s, f)
				if !slices.Equal(older, want) {
					t.Errorf("paging to older ones:\n%v\nwant\n%v", older, want)
				}
				if len(want) > 0 && !slices.Equal(newer, want[:len(want)-1]) {
					t.Errorf("paging to newer ones:\n%v\nwant\n%v", newer, want[:len(want)-1])
				}
				var exported []string
				for e, err := range s.EachEvent(t.Context(), f) {
					ok(t, err)
					exported = append(exported, e.ID)
				}
				if !slices.Equal(exported, want) {
					t.Errorf("exported %d, want %d", len(exported), len(want))
				}
				var tailed []string
				for after := int64(0); ; {
					events, next, err := s.Tail(t.Context(), f, after, 7)
					ok(t, err)
					for _, e := range events {
						tailed = append(tailed, e.ID)
					}
					if next == after {
						break
					}
					after = next
				}
				slices.Sort(tailed)
				sorted := slices.Clone(want)
				slices.Sort(sorted)
				if !slices.Equal(tailed, sorted) {
					t.Errorf("tailed %d, want %d", len(tailed), len(want))
				}
			})
		}
		if _, err := s.Events(t.Context(), EventFilter{}, Page{Older: "<script>"}); !errors.Is(err, ErrCursor) {
			t.Errorf("what is no cursor: %v", err)
		}
	})
}

// walk pages through all events from the newest to the oldest, and then back from
// the oldest.
func walk(t *testing.T, s *Store, f EventFilter) (older, newer []string) {
	t.Helper()
	page := Page{Limit: 11}
	var last EventPage
	for {
		last = must(s.Events(t.Context(), f, page))(t)
		for _, e := range last.Events {
			older = append(older, e.ID)
		}
		if (last.Newer == "") != (page.Older == "") {
			t.Fatalf("the page has newer ones: %t", last.Newer != "")
		}
		if last.Older == "" {
			break
		}
		page = Page{Limit: 11, Older: last.Older}
	}
	if len(older) == 0 {
		return nil, nil
	}
	page = Page{Limit: 11, Newer: last.Events[len(last.Events)-1].Cursor}
	for page.Newer != "" {
		last = must(s.Events(t.Context(), f, page))(t)
		var ids []string
		for _, e := range last.Events {
			ids = append(ids, e.ID)
		}
		newer = append(ids, newer...)
		page.Newer = last.Newer
	}
	return older, newer
}

func TestExchange(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		request, answer := event(1), event(2)
		answer.Exchange, answer.Direction = request.Exchange, audit.DirectionAnswer
		ingest(t, s, request, event(3), answer)
		both := must(s.Exchange(t.Context(), answer.Exchange))(t)
		if len(both) != 2 || both[0].ID != request.ID || both[1].ID != answer.ID {
			t.Errorf("%d events of the exchange", len(both))
		}
	})
}

func TestEventsOfOneMillisecondHaveTheirOwnPlaces(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		one := ingest(t, s, event(1))[0]
		// The number that leads to the same place in the same millisecond.
		if _, err := s.write.ExecContext(t.Context(), "UPDATE counters SET value = $1 WHERE name = 'seq'", one.Seq+1<<ordBits-1); err != nil {
			t.Fatal(err)
		}
		two, three := event(1), event(1)
		kept := ingest(t, s, two, three)
		if kept[0].ord == one.ord || kept[0].ord == kept[1].ord || kept[0].Seq == kept[1].Seq {
			t.Error("two events have one place")
		}
		if page := must(s.Events(t.Context(), EventFilter{}, Page{}))(t); len(page.Events) != 3 {
			t.Errorf("%d events", len(page.Events))
		}
	})
}

// TestFiltersUseAnIndex asks how the queries would be run: never by looking at all
// events, and never by sorting, unless what is sorted is little.
func TestFiltersUseAnIndex(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ingest(t, s, mixed(200)...)
		if s.isPostgres {
			// It chooses by the number of rows, so there must be some.
			for range 20 {
				ingest(t, s, mixed(1000)...)
			}
			if _, err := s.write.ExecContext(t.Context(), "ANALYZE"); err != nil {
				t.Fatal(err)
			}
		}
		middle := cursorOf(ordOf(begin.Add(30*time.Second), 5))
		for name, f := range filters {
			if name == "no id" || name == "unknown" {
				continue
			}
			bad := []string{"Seq Scan", "SCAN e\n"}
			if strings.HasPrefix(name, "all") {
				bad = bad[:1] // in the order of its key, until the page is full
			}
			if !strings.HasSuffix(name, " id") && !(name == "several" && s.isPostgres) {
				bad = append(bad, "TEMP B-TREE", "Sort")
			}
			for _, p := range []Page{{}, {Older: middle}, {Newer: middle}} {
				q := must(s.eventQuery(t.Context(), f, true))(t)
				plan := explain(t, s, must(q.page(p))(t), q.args)
				for _, word := range bad {
					if strings.Contains(plan, word) {
						t.Errorf("%s, %+v: the plan has %q:\n%s", name, p, word, plan)
					}
				}
			}
		}
	})
}

func explain(t *testing.T, s *Store, query string, args []any) string {
	t.Helper()
	prefix, columns := "EXPLAIN QUERY PLAN ", 4
	if s.isPostgres {
		prefix, columns = "EXPLAIN ", 1
	}
	var plan strings.Builder
	rows, err := s.read.QueryContext(context.Background(), prefix+query, args...)
	ok(t, each(rows, err, func(scan func(...any) error) error {
		var line string
		if columns == 1 {
			err := scan(&line)
			plan.WriteString(line + "\n")
			return err
		}
		var id, parent, unused int
		err := scan(&id, &parent, &unused, &line)
		plan.WriteString(line + "\n")
		return err
	}))
	return plan.String()
}

// matches tells whether an event meets the filter, without a database.
func matches(f EventFilter, e *audit.Event) bool {
	rule := func(meets func(r *audit.RuleCount) bool) bool {
		for i := range e.Rules {
			if meets(&e.Rules[i]) {
				return true
			}
		}
		return false
	}
	equal := func(wanted, is string) bool { return wanted == "" || wanted == is }
	return (f.From.IsZero() || !e.Time.Before(f.From)) && (f.To.IsZero() || e.Time.Before(f.To)) &&
		equal(f.Proxy, e.Proxy) && equal(f.Policy, e.Policy.Name) && equal(f.Gateway, e.Gateway) &&
		equal(f.Outcome, e.Outcome) && equal(f.Direction, e.Direction) && equal(f.Exchange, e.Exchange) &&
		(equal(f.RequestID, e.RequestID) || f.RequestID == e.TraceID) &&
		(f.Rule == "" || rule(func(r *audit.RuleCount) bool { return r.Name == f.Rule })) &&
		(f.Action == "" || rule(func(r *audit.RuleCount) bool { return r.Action == f.Action })) &&
		(f.MinSeverity == "" || rule(func(r *audit.RuleCount) bool { return levelOf(r.Severity) >= levelOf(f.MinSeverity) })) &&
		(f.Placeholder == "" || rule(func(r *audit.RuleCount) bool { return slices.Contains(r.Placeholders, f.Placeholder) }))
}
