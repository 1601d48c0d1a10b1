package store

import (
	"context"
	"iter"
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
	return EventPage{}, errUnfinished
}

// Event returns one event. It fails with [ErrNotFound].
func (s *Store) Event(ctx context.Context, id string) (Event, error) {
	return Event{}, errUnfinished
}

// Exchange returns the events of one exchange, a request and its answer, the
// oldest first. There may be none.
func (s *Store) Exchange(ctx context.Context, exchange string) ([]Event, error) {
	return nil, errUnfinished
}

// EachEvent yields all events that meet the filter, the newest first, and reads
// them page by page: an export that takes hours holds no transaction open. It
// ends after the first error.
func (s *Store) EachEvent(ctx context.Context, f EventFilter) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) { yield(Event{}, errUnfinished) }
}

// Tail returns at most limit events that meet the filter and were taken in after
// the one with the given Seq, in the order of their Seq, and the Seq to go on
// with, which also counts those that did not meet the filter.
func (s *Store) Tail(ctx context.Context, f EventFilter, after int64, limit int) (events []Event, next int64, err error) {
	return nil, 0, errUnfinished
}

// LastSeq returns the Seq of the event that was taken in last, 0 for none.
func (s *Store) LastSeq(ctx context.Context) (int64, error) { return 0, errUnfinished }

// Matches tells whether an event meets the filter, for events that come in while
// somebody watches.
func (f EventFilter) Matches(e *audit.Event) bool { return false }

// NameKind says of what the names are that [Store.Names] lists.
type NameKind string

// The kinds of names that events were seen with.
const (
	NameProxy    NameKind = "proxy"
	NamePolicy   NameKind = "policy"
	NameRule     NameKind = "rule"
	NameGateway  NameKind = "gateway"
	NameOutcome  NameKind = "outcome"
	NameAction   NameKind = "action"
	NameSeverity NameKind = "severity"
)

// Names returns the names of a kind that events were ever seen with, sorted, at
// most 1000, for the choices of a filter.
func (s *Store) Names(ctx context.Context, kind NameKind) ([]string, error) {
	return nil, errUnfinished
}
