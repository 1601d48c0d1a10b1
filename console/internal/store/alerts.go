package store

import (
	"context"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/audit"
)

// AlertState is what people made of an alert.
type AlertState string

// The states of an alert. Every alert begins as new; people may change it to any.
const (
	AlertNew          AlertState = "new"
	AlertAcknowledged AlertState = "acknowledged"
	AlertResolved     AlertState = "resolved"
)

// Alert is an alert as it is kept. A later line of the same alert updates Count,
// Last and Reason, and leaves people's state alone.
type Alert struct {
	audit.Alert
	State AlertState
	// StateBy is who set the state and StateAt when; empty while nobody has.
	StateBy string
	StateAt time.Time
	// Notes is how many notes there are.
	Notes int
	// Cursor is its place in the list of alerts.
	Cursor Cursor
}

// Note is what somebody wrote about an alert. Notes are never changed.
type Note struct {
	Time time.Time
	Who  string
	Text string
}

// AlertFilter limits a list of alerts. Zero fields limit nothing.
type AlertFilter struct {
	State AlertState
	Type  string
	// MinSeverity is the least severity: low, medium, high or critical.
	MinSeverity string
	Proxy       string
	Policy      string
	Rule        string
}

// AlertPage is a part of the list of alerts, the newest first by the time when
// the first of the folded ones came.
type AlertPage struct {
	Alerts []Alert
	Around
}

// Alerts returns a page of the alerts that meet the filter. It fails with
// [ErrCursor].
func (s *Store) Alerts(ctx context.Context, f AlertFilter, p Page) (AlertPage, error) {
	return AlertPage{}, errUnfinished
}

// Alert returns one alert and its notes, the oldest first. It fails with
// [ErrNotFound].
func (s *Store) Alert(ctx context.Context, id string) (Alert, []Note, error) {
	return Alert{}, nil, errUnfinished
}

// SetAlertState sets the state of alerts; those that have it already stay as
// they are. It fails with [ErrNotFound] when one of them is not there, and then
// sets none.
func (s *Store) SetAlertState(ctx context.Context, by string, state AlertState, ids ...string) error {
	return errUnfinished
}

// AddNote writes a note on an alert, of at most [MaxNote] bytes. It fails with
// [ErrNotFound].
func (s *Store) AddNote(ctx context.Context, by, alert, text string) error { return errUnfinished }

// MaxNote is the longest note in bytes.
const MaxNote = 4000

// AlertCounts are the figures for badges.
type AlertCounts struct {
	New, Acknowledged, Resolved int
	// NewBySeverity has the new ones, by severity.
	NewBySeverity map[string]int
}

// AlertCounts counts the alerts by state.
func (s *Store) AlertCounts(ctx context.Context) (AlertCounts, error) {
	return AlertCounts{}, errUnfinished
}
