package store

import (
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/audit"
)

func TestWhatComesAgainChangesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		chart := func() []Series {
			return must(s.Chart(t.Context(), SeriesQuery{Measure: MeasureFindings, By: ByRule, From: begin, To: begin.Add(time.Hour), Step: time.Hour}))(t).Series
		}
		b := Batch{Events: []audit.Event{event(1), event(2), event(1)}, Alerts: []audit.Alert{alert(1)}, Statuses: []audit.Status{status(1)}}
		b.Events[2].ID = b.Events[0].ID // twice in one batch
		first := must(s.Ingest(t.Context(), b))(t)
		if first.Accepted != 4 || first.Duplicates != 1 || len(first.Events) != 2 || len(first.Alerts) != 1 {
			t.Errorf("first: %d accepted, %d duplicates, %d events, %d alerts", first.Accepted, first.Duplicates, len(first.Events), len(first.Alerts))
		}
		before, usage := chart(), must(s.Usage(t.Context()))(t)
		again := must(s.Ingest(t.Context(), b))(t)
		if again.Accepted != 0 || again.Duplicates != 5 || len(again.Events) != 0 || len(again.Alerts) != 0 {
			t.Errorf("again: %d accepted, %d duplicates", again.Accepted, again.Duplicates)
		}
		if after := chart(); !reflect.DeepEqual(before, after) || before[0].Total != 4 {
			t.Errorf("the figures were %+v, now %+v", before, after)
		}
		if now := must(s.Usage(t.Context()))(t); now.Events != usage.Events || now.EventBytes != usage.EventBytes || now.Events != 2 {
			t.Errorf("usage was %+v, now %+v", usage, now)
		}
	})
}

func TestABatchThatFailsLeavesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		broken := event(2)
		broken.Exchange = "" // the store trusts; the database does not
		if _, err := s.Ingest(t.Context(), Batch{Events: []audit.Event{event(1), broken}}); err == nil {
			t.Fatal("it was taken in")
		}
		if names := must(s.Names(t.Context(), NameProxy))(t); len(names) != 0 {
			t.Errorf("names are left: %v", names)
		}
		// Numbers of names that were taken back must not be used for others.
		ingest(t, s, event(5))
		page := must(s.Events(t.Context(), EventFilter{}, Page{}))(t)
		if len(page.Events) != 1 || page.Events[0].Proxy != "proxy-2" {
			t.Errorf("the page is %+v", page.Events)
		}
	})
}

// TestManyGatewaysAtOnce also follows the tail meanwhile, which must miss nothing.
func TestManyGatewaysAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		const gateways, batches, size = 4, 10, 20
		var wg sync.WaitGroup
		for g := range gateways {
			wg.Go(func() {
				for b := range batches {
					var events []audit.Event
					for i := range size {
						e := event(i)
						e.Proxy = fmt.Sprintf("proxy-%d-%d", g, b)
						events = append(events, e)
					}
					if _, err := s.Ingest(t.Context(), Batch{Events: events}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		seen := map[string]bool{}
		for after := int64(0); len(seen) < gateways*batches*size && !t.Failed(); {
			events, next, err := s.Tail(t.Context(), EventFilter{}, after, 13)
			ok(t, err)
			for _, e := range events {
				if seen[e.ID] {
					t.Fatal("an event came twice")
				}
				seen[e.ID] = true
			}
			if next == after {
				select {
				case <-t.Context().Done():
					t.Fatal("events were missed")
				case <-time.After(time.Millisecond): // the tail is polled
				}
			}
			after = next
		}
		wg.Wait()
		if names := must(s.Names(t.Context(), NameProxy))(t); len(names) != gateways*batches || !slices.IsSorted(names) {
			t.Errorf("%d proxies", len(names))
		}
	})
}

func status(minute int) audit.Status {
	return audit.Status{
		Head:    audit.Head{Schema: audit.Schema, Kind: audit.KindStatus, ID: newUUID(), Time: begin.Add(time.Duration(minute) * time.Minute), Gateway: "gateway-0"},
		Version: fmt.Sprintf("1.0.%d", minute), Started: begin, Dropped: int64(minute),
		Proxies: []audit.ProxyStatus{
			{Proxy: "chat", Policy: audit.Policy{Name: "llm", Digest: "0123456789ab", Mode: "test"}, Source: "policies/llm.json", Loaded: begin, ReloadError: "'; DROP TABLE proxies; --"},
			{Proxy: fmt.Sprintf("proxy-%d", minute), Policy: audit.Policy{Name: "llm", Mode: "enforce"}, Source: "inline", Loaded: begin},
		},
	}
}

func TestStatus(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		other := status(1)
		other.Gateway = "gateway-1"
		must(s.Ingest(t.Context(), Batch{Statuses: []audit.Status{status(2), other}}))(t)
		late := must(s.Ingest(t.Context(), Batch{Statuses: []audit.Status{status(1)}}))(t)
		if late.Duplicates != 1 {
			t.Error("a status that is older than the last one counts")
		}
		gateways := must(s.Gateways(t.Context()))(t)
		if len(gateways) != 2 || gateways[0].Version != "1.0.2" || gateways[0].Dropped != 2 || !gateways[0].Seen.Equal(begin.Add(2*time.Minute)) ||
			!gateways[0].Started.Equal(begin) || !slices.Equal(gateways[0].Proxies, []string{"chat", "proxy-2"}) {
			t.Errorf("the gateways are %+v", gateways)
		}
		must(s.Ingest(t.Context(), Batch{Statuses: []audit.Status{status(3)}}))(t)
		chat := must(s.Proxy(t.Context(), "chat"))(t)
		if len(chat.Reports) != 2 || chat.Reports[0].Gateway != "gateway-0" || !reflect.DeepEqual(chat.Reports[0].ProxyStatus, status(3).Proxies[0]) {
			t.Errorf("chat is %+v", chat)
		}
		// A proxy that no gateway runs any more stays known, without a report.
		proxies := must(s.Proxies(t.Context()))(t)
		if len(proxies) != 4 || proxies[2].Name != "proxy-2" || len(proxies[2].Reports) != 0 || len(proxies[3].Reports) != 1 {
			t.Errorf("the proxies are %+v", proxies)
		}
		ok(t, s.DeleteGateway(t.Context(), "ada", "gateway-1"))
		ok(t, s.DeleteProxy(t.Context(), "ada", "proxy-2"))
		if proxies := must(s.Proxies(t.Context()))(t); len(proxies) != 3 || len(proxies[0].Reports) != 1 {
			t.Errorf("after deleting, the proxies are %+v", proxies)
		}
	})
}
