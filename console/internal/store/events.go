package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"iter"
	"slices"
	"strconv"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/audit"
)

// Event is an event as it is kept.
type Event struct {
	audit.Event
	// Seq grows with every event that is taken in, whatever its time says: who
	// has seen all up to one has missed none. See [Store.Tail].
	Seq int64
	// Cursor is its place in the list of events.
	Cursor Cursor

	ord int64
}

// EventFilter limits a list of events. Zero fields limit nothing; all the others
// must be met. Texts are compared as a whole and by case.
type EventFilter struct {
	// From and To bound the time: from From, and before To. Milliseconds count.
	From, To time.Time
	Proxy    string
	// Policy is the name of the policy.
	Policy string
	// Rule is the name of a rule that had findings.
	Rule string
	// MinSeverity is the least severity that some rule with findings has: low,
	// medium, high or critical.
	MinSeverity string
	// Action is that of some rule with findings.
	Action  string
	Outcome string
	// Placeholder was issued, such as [REDACTED_PASSWORD_1].
	Placeholder string
	// RequestID is the client's request id, or the trace id.
	RequestID string
	// Exchange is what a request and its answer share.
	Exchange  string
	Gateway   string
	Direction string
}

// EventPage is a part of the list of events, the newest first.
type EventPage struct {
	Events []Event
	Around
}

// Events returns a page of the events that meet the filter. It fails with
// [ErrCursor].
func (s *Store) Events(ctx context.Context, f EventFilter, p Page) (EventPage, error) {
	q, err := s.eventQuery(ctx, f, true)
	if err != nil {
		return EventPage{}, err
	}
	query, err := q.page(p)
	if err != nil || q.isEmpty {
		return EventPage{}, err
	}
	events, err := s.events(ctx, query, q.args...)
	if err != nil {
		return EventPage{}, err
	}
	slices.SortFunc(events, func(a, b Event) int {
		if p.Newer != "" {
			a, b = b, a
		}
		return cmp.Compare(b.ord, a.ord)
	})
	events, around := finish(p, events, func(e *Event) Cursor { return e.Cursor })
	return EventPage{events, around}, nil
}

// eventQuery is a query of events that meet a filter.
type eventQuery struct {
	conditions
	// list is where the places of the events are looked up, and ord the column in it
	// that has them.
	list, ord string
	// isEmpty: no event was ever seen with a name that the filter asks for.
	isEmpty bool
}

const (
	eventColumns = "e.ord, e.seq, e.id, e.exchange, e.gateway, e.proxy, e.policy, e.direction, e.outcome, e.request_id, e.trace_id, e.record"
	selectEvents = "SELECT " + eventColumns + " FROM events e"
)

// page returns the query of a page. Its places are found before any event is
// read, and its events come in no order.
func (q *eventQuery) page(p Page) (string, error) {
	end, err := q.conditions.page(q.ord, p)
	return selectEvents + " WHERE e.ord IN (SELECT " + q.ord + " FROM " + q.list + end + ")", err
}

// eventQuery begins a query. One that is for pages goes along the list of a tag, if
// the filter has any and does not ask for a few events anyway.
func (s *Store) eventQuery(ctx context.Context, f EventFilter, pages bool) (*eventQuery, error) {
	tags, err := s.filterTags(ctx, f)
	if err != nil {
		return nil, err
	}
	q := &eventQuery{list: "events e", ord: "e.ord", isEmpty: slices.Contains(tags, 0)}
	if pages && len(tags) > 0 && f.RequestID == "" && f.Exchange == "" {
		first, err := s.rarest(ctx, f, tags)
		if err != nil {
			return nil, err
		}
		q.list, q.ord = "event_tags t", "t.ord"
		q.add("t.tag = ?", tags[first])
		tags = slices.Delete(tags, first, first+1)
	}
	for _, tag := range tags {
		q.add("EXISTS (SELECT 1 FROM event_tags x WHERE x.tag = ? AND x.ord = "+q.ord+")", tag)
	}
	if f.RequestID != "" {
		q.add("(e.request_id = ? OR e.trace_id = ?)", f.RequestID, f.RequestID)
	}
	if f.Exchange != "" {
		key := keyOf(f.Exchange)
		q.isEmpty = q.isEmpty || key == nil
		q.add("e.exchange = ?", key)
	}
	f.span(&q.conditions, q.ord)
	return q, nil
}

// span adds the bounds of the time.
func (f EventFilter) span(c *conditions, ord string) {
	if !f.From.IsZero() {
		c.add(ord+" >= ?", ordOf(f.From, 0))
	}
	if !f.To.IsZero() {
		c.add(ord+" < ?", ordOf(f.To, 0))
	}
}

// filterTags returns the tags that a filter asks for, 0 for one that no event has.
// Those that the fewest events are likely to have come first.
func (s *Store) filterTags(ctx context.Context, f EventFilter) ([]int64, error) {
	var tags []int64
	for _, n := range [...]name{
		{namePlaceholder, f.Placeholder},
		{NameRule, f.Rule},
		{NameProxy, f.Proxy},
		{NamePolicy, f.Policy},
		{NameAction, f.Action},
		{NameSeverity, f.MinSeverity},
		{NameGateway, f.Gateway},
		{NameOutcome, f.Outcome},
		{nameDirection, f.Direction},
	} {
		if n.text == "" {
			continue
		}
		id, err := s.nameID(ctx, n)
		if err != nil {
			return nil, err
		}
		tags = append(tags, id)
	}
	return tags, nil
}

// few is how many events of a tag are counted to find the rarest.
const few = 1000

// rarest returns the index of the tag to go along: the one with the fewest events,
// if that is so few that it can be found out in no time, else the first.
func (s *Store) rarest(ctx context.Context, f EventFilter, tags []int64) (int, error) {
	first, fewest := 0, few
	for i, tag := range tags {
		if len(tags) == 1 {
			break
		}
		var c conditions
		c.add("t.tag = ?", tag)
		f.span(&c, "t.ord")
		var n int
		if err := s.read.QueryRowContext(ctx, "SELECT COUNT(*) FROM (SELECT 1 FROM event_tags t"+c.where()+" LIMIT "+strconv.Itoa(few)+") AS counted", c.args...).Scan(&n); err != nil {
			return 0, err
		}
		if n < fewest {
			first, fewest = i, n
		}
	}
	return first, nil
}

// events runs a query of the columns of events.
func (s *Store) events(ctx context.Context, query string, args ...any) ([]Event, error) {
	var events []Event
	var names [][5]int64
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err := each(rows, err, func(scan func(...any) error) error {
		var e Event
		var id, exchange, text []byte
		var n [5]int64
		var requestID, traceID sql.NullString
		if err := scan(&e.ord, &e.Seq, &id, &exchange, &n[0], &n[1], &n[2], &n[3], &n[4], &requestID, &traceID, &text); err != nil {
			return err
		}
		r := record{Rules: []audit.RuleCount{}}
		if err := json.Unmarshal(text, &r); err != nil {
			return err
		}
		e.Cursor = cursorOf(e.ord)
		e.Event = audit.Event{
			Head:     audit.Head{Schema: audit.Schema, Kind: audit.KindEvent, ID: idOf(id), Time: timeOfOrd(e.ord)},
			Exchange: idOf(exchange), RequestID: requestID.String, TraceID: traceID.String,
			Policy:   audit.Policy{Version: r.Version, Digest: r.Digest, Mode: r.Mode},
			Streamed: r.Streamed, Profile: r.Profile, Reason: r.Reason, Rules: r.Rules,
			Restored: r.Restored, Unresolved: r.Unresolved, Suppressed: r.Suppressed,
			BytesIn: r.BytesIn, BytesOut: r.BytesOut, Micros: r.Micros, Excerpts: r.Excerpts, Body: r.Body,
		}
		events, names = append(events, e), append(names, n)
		return nil
	}); err != nil {
		return nil, err
	}
	// Afterwards, so that no second connection is needed while one is in use.
	for i := range events {
		e := &events[i]
		for j, text := range []*string{&e.Gateway, &e.Proxy, &e.Policy.Name, &e.Direction, &e.Outcome} {
			var err error
			if *text, err = s.nameOf(ctx, names[i][j]); err != nil {
				return nil, err
			}
		}
	}
	return events, nil
}

// Event returns one event. It fails with [ErrNotFound].
func (s *Store) Event(ctx context.Context, id string) (Event, error) {
	events, err := s.events(ctx, selectEvents+" WHERE e.id = $1", keyOf(id))
	if err != nil || len(events) == 0 {
		return Event{}, notFound(err)
	}
	return events[0], nil
}

// Exchange returns the events of one exchange, a request and its answer, the
// oldest first. There may be none.
func (s *Store) Exchange(ctx context.Context, exchange string) ([]Event, error) {
	return s.events(ctx, selectEvents+" WHERE e.exchange = $1 ORDER BY e.seq LIMIT 100", keyOf(exchange))
}

// EachEvent yields all events that meet the filter, the newest first, and reads
// them page by page: an export that takes hours holds no transaction open. The
// pages are small ones, because each event may have a body of megabytes. It ends
// after the first error.
func (s *Store) EachEvent(ctx context.Context, f EventFilter) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		var page Page
		for {
			found, err := s.Events(ctx, f, page)
			if err != nil {
				yield(Event{}, err)
				return
			}
			for _, e := range found.Events {
				if !yield(e, nil) {
					return
				}
			}
			if page.Older = found.Older; page.Older == "" {
				return
			}
		}
	}
}

// tailWindow bounds how many events [Store.Tail] looks at.
const tailWindow = 5000

// Tail returns at most limit events that meet the filter and were taken in after
// the one with the given Seq, in the order of their Seq, and the Seq to go on
// with, which also counts those that did not meet the filter.
func (s *Store) Tail(ctx context.Context, f EventFilter, after int64, limit int) (events []Event, next int64, err error) {
	last, err := s.LastSeq(ctx)
	if err != nil || after >= last {
		return nil, after, err
	}
	next = min(last, after+tailWindow)
	q, err := s.eventQuery(ctx, f, false)
	if err != nil || q.isEmpty {
		return nil, next, err
	}
	q.add("e.seq > ? AND e.seq <= ?", after, next)
	events, err = s.events(ctx, selectEvents+q.where()+" ORDER BY e.seq LIMIT "+strconv.Itoa(max(1, limit)), q.args...)
	if err == nil && len(events) == max(1, limit) {
		next = events[len(events)-1].Seq
	}
	return events, next, err
}

// LastSeq returns the Seq of the event that was taken in last, 0 for none.
func (s *Store) LastSeq(ctx context.Context) (int64, error) {
	var seq sql.NullInt64
	err := s.read.QueryRowContext(ctx, "SELECT MAX(seq) FROM events").Scan(&seq)
	return seq.Int64, err
}
