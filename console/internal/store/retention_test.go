package store

import (
	"testing"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/audit"
)

func TestExpire(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		now := begin.Add(30 * 24 * time.Hour)
		const perDay = 150
		for day := range 30 {
			var events []audit.Event
			for i := range perDay {
				e := event(i)
				e.Time = begin.Add(time.Duration(day)*24*time.Hour + time.Duration(i)*time.Second)
				events = append(events, e)
			}
			ingest(t, s, events...)
		}
		rows := func(table string) (n int) {
			ok(t, s.read.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&n))
			return n
		}
		tagsOfOne := rows("event_tags") / (30 * perDay)

		if done := must(s.Expire(t.Context(), Retention{}, now))(t); done.Events != 0 {
			t.Fatalf("without bounds, %d events are gone", done.Events)
		}

		done := must(s.Expire(t.Context(), Retention{MaxAge: 10 * 24 * time.Hour, ChartAge: (12*24 + 1) * time.Hour}, now))(t)
		usage := must(s.Usage(t.Context()))(t)
		if done.Events != 20*perDay || usage.Events != 10*perDay || rows("events") != 10*perDay || rows("event_tags") != 10*perDay*tagsOfOne {
			t.Errorf("by age, %+v; %d are left with %d tags", done, rows("events"), rows("event_tags"))
		}
		if !usage.Oldest.Equal(begin.Add(20 * 24 * time.Hour)) {
			t.Errorf("the oldest is now of %s", usage.Oldest)
		}
		chart := must(s.Chart(t.Context(), SeriesQuery{Measure: MeasureEvents, From: begin, To: now, Step: 24 * time.Hour}))(t)
		if chart.Series[0].Total != 12*perDay {
			t.Errorf("the figures tell of %d events", chart.Series[0].Total)
		}

		half := usage.EventBytes / 2
		done = must(s.Expire(t.Context(), Retention{MaxBytes: half}, now))(t)
		left := must(s.Usage(t.Context()))(t)
		if left.EventBytes > half || left.EventBytes < half-1000 || int(left.Events)+done.Events != 10*perDay || rows("events") != int(left.Events) {
			t.Errorf("by size, %+v; %+v is left", done, left)
		}
		page := must(s.Events(t.Context(), EventFilter{}, Page{Limit: 1}))(t)
		if !page.Events[0].Time.Equal(begin.Add(29*24*time.Hour + (perDay-1)*time.Second)) {
			t.Error("the newest is gone")
		}

		must(s.Expire(t.Context(), Retention{MaxAge: time.Nanosecond}, now))(t)
		if left := must(s.Usage(t.Context()))(t); left.Events != 0 || left.EventBytes != 0 || rows("event_tags") != 0 {
			t.Errorf("of all, %+v is left", left)
		}
	})
}

func TestExpireAlertsAndTheRest(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		now := begin.Add(100 * 24 * time.Hour)
		webhook := must(s.SaveWebhook(t.Context(), "ada", Webhook{Name: "hook", Enabled: true}))(t)
		open, resolved, young := alert(1), alert(2), alert(3)
		young.Last = now.Add(-time.Hour)
		must(s.Ingest(t.Context(), Batch{Alerts: []audit.Alert{open, resolved, young}}))(t)
		ok(t, s.AddNote(t.Context(), "ada", resolved.ID, "looked into"))
		ok(t, s.SetAlertState(t.Context(), "ada", AlertResolved, resolved.ID, young.ID))
		ok(t, s.AddUser(t.Context(), "ada", User{Name: "bob", Role: Viewer}, nil))
		ok(t, s.AddSession(t.Context(), Session{Hash: []byte("one"), User: "bob", Created: begin, Expires: now.Add(-time.Minute)}))
		ok(t, s.AddSession(t.Context(), Session{Hash: []byte("two"), User: "bob", Created: begin, Expires: now.Add(time.Minute)}))

		done := must(s.Expire(t.Context(), Retention{AlertAge: 24 * time.Hour, TrailAge: 24 * time.Hour}, now))(t)
		if done != (Expired{Alerts: 1, Changes: 5, Sessions: 1}) {
			t.Errorf("%+v is gone", done)
		}
		if page := must(s.Alerts(t.Context(), AlertFilter{}, Page{}))(t); len(page.Alerts) != 2 {
			t.Errorf("%d alerts are left", len(page.Alerts))
		}
		if left := must(s.Deliveries(t.Context(), webhook, 10))(t); len(left) != 2 {
			t.Errorf("%d deliveries are left", len(left))
		}
		if _, _, err := s.Session(t.Context(), []byte("two"), now); err != nil {
			t.Errorf("the session that lasts: %v", err)
		}
		var notes int
		ok(t, s.read.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM alert_notes").Scan(&notes))
		if notes != 0 {
			t.Errorf("%d notes are left", notes)
		}
	})
}
