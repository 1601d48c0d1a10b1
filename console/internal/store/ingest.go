package store

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/audit"
)

// Batch is what a gateway sends at once. The records were checked before.
type Batch struct {
	Events   []audit.Event
	Alerts   []audit.Alert
	Statuses []audit.Status
}

// Ingested says what became of a batch.
type Ingested struct {
	// Accepted and Duplicates count the records that changed something and those
	// that were known already.
	Accepted, Duplicates int
	// Events are those that are new, with their Seq.
	Events []Event
	// Alerts are the ids of those that are new.
	Alerts []string
}

// Ingest keeps a batch: all of it or, when it fails, nothing. Records that come
// again change nothing. The figures of the overview and the deliveries to
// webhooks are written in the same transaction.
func (s *Store) Ingest(ctx context.Context, b Batch) (Ingested, error) {
	in := ingestion{names: newNames{ids: map[name]int64{}}}
	err := s.update(ctx, func(t *tx) error {
		in.tx, in.names.t = t, t
		// Batches are taken in one after the other, so that no event gets a lower
		// number than one that somebody has seen already.
		seq, err := t.count("seq", int64(len(b.Events)+len(b.Alerts)))
		if err != nil {
			return err
		}
		in.seq = seq - int64(len(b.Events)+len(b.Alerts))
		if err := in.events(b.Events); err != nil {
			return err
		}
		for i := range b.Alerts {
			if err := in.alert(&b.Alerts[i]); err != nil {
				return err
			}
		}
		for i := range b.Statuses {
			if err := in.status(&b.Statuses[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Ingested{}, err
	}
	s.names.keep(in.names.ids)
	return in.done, nil
}

// ingestion takes a batch in.
type ingestion struct {
	*tx
	names newNames
	seq   int64 // the last that was given away
	done  Ingested
}

func (in *ingestion) isNew(fresh bool) {
	if fresh {
		in.done.Accepted++
	} else {
		in.done.Duplicates++
	}
}

// record is what is kept of an event next to its columns.
type record struct {
	Version    string            `json:"version,omitempty"`
	Digest     string            `json:"digest,omitempty"`
	Mode       string            `json:"mode,omitempty"`
	Streamed   bool              `json:"streamed,omitempty"`
	Profile    string            `json:"profile,omitempty"`
	Reason     string            `json:"reason,omitempty"`
	Rules      []audit.RuleCount `json:"rules,omitempty"`
	Restored   int               `json:"restored,omitempty"`
	Unresolved int               `json:"unresolved,omitempty"`
	Suppressed int               `json:"suppressed,omitempty"`
	BytesIn    int64             `json:"in,omitempty"`
	BytesOut   int64             `json:"out,omitempty"`
	Micros     int64             `json:"micros,omitempty"`
	Excerpts   []string          `json:"excerpts,omitempty"`
	Body       string            `json:"body,omitempty"`
}

// rowSize and tagSize are about how many bytes an event takes next to its record,
// and one of its tags, with all indexes (measured: see bench).
const (
	rowSize = 350
	tagSize = 20
)

func (in *ingestion) events(events []audit.Event) error {
	if err := in.placed(events); err != nil {
		return err
	}
	var rows, tags []any
	var bytes int64
	figures := figures{events: map[eventCount]int64{}, findings: map[findingCount]int64{}}
	for i := range in.done.Events {
		e := &in.done.Events[i]
		text, err := json.Marshal(record{
			e.Policy.Version, e.Policy.Digest, e.Policy.Mode, e.Streamed, e.Profile, e.Reason, e.Rules,
			e.Restored, e.Unresolved, e.Suppressed, e.BytesIn, e.BytesOut, e.Micros, e.Excerpts, e.Body,
		})
		if err != nil {
			return err
		}
		var columns [5]int64
		for i, n := range [...]name{{NameGateway, e.Gateway}, {NameProxy, e.Proxy}, {NamePolicy, e.Policy.Name}, {nameDirection, e.Direction}, {NameOutcome, e.Outcome}} {
			if columns[i], err = in.names.id(n.kind, n.text); err != nil {
				return err
			}
		}
		tagIDs, err := in.tags(&e.Event)
		if err != nil {
			return err
		}
		for _, column := range columns {
			tagIDs[column] = true
		}
		for tag := range tagIDs {
			tags = append(tags, tag, e.ord)
		}
		size := int64(rowSize + tagSize*len(tagIDs) + len(text))
		bytes += size
		rows = append(rows, e.ord, e.Seq, keyOf(e.ID), keyOf(e.Exchange), columns[0], columns[1], columns[2], columns[3], columns[4],
			orNull(e.RequestID), orNull(e.TraceID), size, string(text))
		if err := figures.add(in.names, &e.Event, columns[1], columns[3], columns[4]); err != nil {
			return err
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := in.insert("INSERT INTO events (ord, seq, id, exchange, gateway, proxy, policy, direction, outcome, request_id, trace_id, size, record)", 13, "", rows); err != nil {
		return err
	}
	if err := in.insert("INSERT INTO event_tags (tag, ord)", 2, "", tags); err != nil {
		return err
	}
	if _, err := in.count("events", int64(len(in.done.Events))); err != nil {
		return err
	}
	if _, err := in.count("event_bytes", bytes); err != nil {
		return err
	}
	return figures.keep(in.tx)
}

// placed puts the events that are new into done, with their places.
func (in *ingestion) placed(events []audit.Event) error {
	known := map[string]bool{}
	for part := range slices.Chunk(events, 100) {
		var c conditions
		for i := range part {
			c.add("?", keyOf(part[i].ID))
		}
		rows, err := in.QueryContext(in.ctx, "SELECT id FROM events WHERE id IN ("+strings.Join(c.terms, ", ")+")", c.args...)
		if err := each(rows, err, func(scan func(...any) error) error {
			var key []byte
			err := scan(&key)
			known[idOf(key)] = true
			return err
		}); err != nil {
			return err
		}
	}
	for i := range events {
		id := events[i].ID
		in.isNew(!known[id])
		if !known[id] {
			known[id] = true
			in.done.Events = append(in.done.Events, Event{Event: events[i]})
		}
	}
	for part := range slices.Chunk(in.done.Events, 100) {
		var c conditions
		for i := range part {
			part[i].Seq, part[i].ord = in.place(part[i].Time)
			c.add("?", part[i].ord)
		}
		taken := map[int64]bool{}
		rows, err := in.QueryContext(in.ctx, "SELECT ord FROM events WHERE ord IN ("+strings.Join(c.terms, ", ")+")", c.args...)
		if err := each(rows, err, func(scan func(...any) error) error {
			var ord int64
			err := scan(&ord)
			taken[ord] = true
			return err
		}); err != nil {
			return err
		}
		for i := range part {
			for e := &part[i]; taken[e.ord]; {
				// Two million events were taken in between two of one millisecond:
				// nobody does that unless on purpose.
				var err error
				if e.Seq, err = in.count("seq", 1); err != nil {
					return err
				}
				e.ord = ordOf(e.Time, e.Seq)
				if taken[e.ord], err = in.exists("SELECT 1 FROM events WHERE ord = $1", e.ord); err != nil {
					return err
				}
			}
			part[i].Cursor = cursorOf(part[i].ord)
		}
	}
	return nil
}

// place gives away the next of the numbers of this batch.
func (in *ingestion) place(t time.Time) (seq, ord int64) {
	in.seq++
	return in.seq, ordOf(t, in.seq)
}

// tags returns the tags of an event, without those that are columns as well.
func (in *ingestion) tags(e *audit.Event) (map[int64]bool, error) {
	tags := map[int64]bool{}
	add := func(kind NameKind, text string) error {
		id, err := in.names.id(kind, text)
		tags[id] = true
		return err
	}
	for i := range e.Rules {
		r := &e.Rules[i]
		err := errors.Join(add(NameRule, r.Name), add(NameAction, r.Action))
		for _, severity := range severities[:levelOf(r.Severity)] {
			err = errors.Join(err, add(NameSeverity, severity))
		}
		for _, p := range r.Placeholders {
			err = errors.Join(err, add(namePlaceholder, p))
		}
		if err != nil {
			return nil, err
		}
	}
	return tags, nil
}

// severities from the least to the worst. The level of one is its place in here,
// counted from 1.
var severities = []string{"low", "medium", "high", "critical"}

// levelOf returns the level of a severity, 0 for what is none.
func levelOf(severity string) int { return slices.Index(severities, severity) + 1 }

// orNull keeps the index of an optional column small.
func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// alert keeps an alert, or a later line of one that is there.
func (in *ingestion) alert(a *audit.Alert) error {
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	key := keyOf(a.ID)
	known, err := in.exists("SELECT 1 FROM alerts WHERE id = $1", key)
	if err != nil {
		return err
	}
	if known {
		// A line that was late, or comes again, counts no more than what is there.
		result, err := in.ExecContext(in.ctx, "UPDATE alerts SET total = $1, last = $2, record = $3 WHERE id = $4 AND total < $1", a.Count, millis(a.Last), string(text), key)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		in.isNew(n > 0)
		return err
	}
	_, ord := in.place(a.First)
	if err := in.exec(`INSERT INTO alerts (ord, id, last, type, severity, rule, proxy, policy, total, state, state_by, state_at, notes, record)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', 0, 0, $11)`,
		ord, key, millis(a.Last), a.Type, levelOf(a.Severity), a.Rule, a.Proxy, a.Policy.Name, a.Count, AlertNew, string(text)); err != nil {
		return err
	}
	in.isNew(true)
	in.done.Alerts = append(in.done.Alerts, a.ID)
	return in.deliver(key, levelOf(a.Severity))
}

// deliver makes a new alert due for the webhooks that want it.
func (in *ingestion) deliver(alert []byte, level int) error {
	var webhooks []string
	rows, err := in.QueryContext(in.ctx, "SELECT id FROM webhooks WHERE enabled = 1 AND min_severity <= $1", level)
	if err := each(rows, err, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		webhooks = append(webhooks, id)
		return err
	}); err != nil {
		return err
	}
	for _, webhook := range webhooks {
		if err := in.addDelivery(webhook, alert); err != nil {
			return err
		}
	}
	return nil
}

// status keeps what a gateway says of itself, unless it has said something since.
func (in *ingestion) status(status *audit.Status) error {
	seen := millis(status.Time)
	result, err := in.ExecContext(in.ctx, `INSERT INTO gateways (name, version, started, seen, dropped) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (name) DO UPDATE SET version = excluded.version, started = excluded.started, seen = excluded.seen, dropped = excluded.dropped
		WHERE gateways.seen < excluded.seen`, status.Gateway, status.Version, millis(status.Started), seen, status.Dropped)
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err != nil {
		return err
	}
	in.isNew(n > 0)
	if n == 0 {
		return nil
	}
	if err := in.exec("DELETE FROM proxy_reports WHERE gateway = $1", status.Gateway); err != nil {
		return err
	}
	for i := range status.Proxies {
		p := &status.Proxies[i]
		text, err := json.Marshal(p)
		if err != nil {
			return err
		}
		if err := in.exec("INSERT INTO proxies (name, policy, number, assigned_by, assigned_at) VALUES ($1, '', 0, '', 0) ON CONFLICT DO NOTHING", p.Proxy); err != nil {
			return err
		}
		// Two endpoints may have one name: the last one counts.
		if err := in.exec("INSERT INTO proxy_reports (proxy, gateway, seen, record) VALUES ($1, $2, $3, $4) ON CONFLICT (proxy, gateway) DO UPDATE SET record = excluded.record",
			p.Proxy, status.Gateway, seen, string(text)); err != nil {
			return err
		}
	}
	return nil
}
