package store

import (
	"context"
	"encoding/json"
	"fmt"
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
	var c conditions
	c.equal("state", string(f.State))
	c.equal("type", f.Type)
	c.equal("proxy", f.Proxy)
	c.equal("policy", f.Policy)
	c.equal("rule", f.Rule)
	if f.MinSeverity != "" {
		c.add("severity >= ?", levelOf(f.MinSeverity))
	}
	end, err := c.page("ord", p)
	if err != nil {
		return AlertPage{}, err
	}
	alerts, err := s.alerts(ctx, end, c.args...)
	if err != nil {
		return AlertPage{}, err
	}
	alerts, around := finish(p, alerts, func(a *Alert) Cursor { return a.Cursor })
	return AlertPage{alerts, around}, nil
}

// alerts returns those that the end of a query leaves.
func (s *Store) alerts(ctx context.Context, end string, args ...any) ([]Alert, error) {
	var alerts []Alert
	rows, err := s.read.QueryContext(ctx, "SELECT ord, state, state_by, state_at, notes, record FROM alerts"+end, args...)
	err = each(rows, err, func(scan func(...any) error) error {
		var a Alert
		var ord, at int64
		var text []byte
		if err := scan(&ord, &a.State, &a.StateBy, &at, &a.Notes, &text); err != nil {
			return err
		}
		a.StateAt, a.Cursor = timeOf(at), cursorOf(ord)
		alerts = append(alerts, a)
		return json.Unmarshal(text, &alerts[len(alerts)-1].Alert)
	})
	return alerts, err
}

// Alert returns one alert and its notes, the oldest first. It fails with
// [ErrNotFound].
func (s *Store) Alert(ctx context.Context, id string) (Alert, []Note, error) {
	key := keyOf(id)
	alerts, err := s.alerts(ctx, " WHERE id = $1", key)
	if err != nil || len(alerts) == 0 {
		return Alert{}, nil, notFound(err)
	}
	var notes []Note
	rows, err := s.read.QueryContext(ctx, "SELECT time, who, text FROM alert_notes WHERE alert = $1 ORDER BY number", key)
	err = each(rows, err, func(scan func(...any) error) error {
		var n Note
		var at int64
		err := scan(&at, &n.Who, &n.Text)
		n.Time = timeOf(at)
		notes = append(notes, n)
		return err
	})
	return alerts[0], notes, err
}

// SetAlertState sets the state of alerts; those that have it already stay as
// they are. It fails with [ErrNotFound] when one of them is not there, and then
// sets none.
func (s *Store) SetAlertState(ctx context.Context, by string, state AlertState, ids ...string) error {
	for _, id := range ids {
		if keyOf(id) == nil {
			return ErrNotFound
		}
	}
	return s.update(ctx, func(t *tx) error {
		for _, id := range ids {
			if err := t.change(by, func() (Change, error) {
				var before AlertState
				if err := t.QueryRowContext(ctx, "SELECT state FROM alerts WHERE id = $1", keyOf(id)).Scan(&before); err != nil {
					return Change{}, notFound(err)
				}
				if before == state {
					return Change{}, nil
				}
				err := t.exec("UPDATE alerts SET state = $1, state_by = $2, state_at = $3 WHERE id = $4", state, by, time.Now().UnixMilli(), keyOf(id))
				return Change{Action: "alert.state", Object: "alert/" + id, Before: string(before), After: string(state)}, err
			}); err != nil {
				return err
			}
		}
		return nil
	})
}

// AddNote writes a note on an alert, of at most [MaxNote] bytes. It fails with
// [ErrNotFound].
func (s *Store) AddNote(ctx context.Context, by, alert, text string) error {
	if len(text) > MaxNote {
		return fmt.Errorf("the note is longer than %d bytes", MaxNote)
	}
	key := keyOf(alert)
	return s.change(ctx, by, func(t *tx) (Change, error) {
		var number int
		if err := t.QueryRowContext(ctx, "UPDATE alerts SET notes = notes + 1 WHERE id = $1 RETURNING notes", key).Scan(&number); err != nil {
			return Change{}, notFound(err)
		}
		err := t.exec("INSERT INTO alert_notes (alert, number, time, who, text) VALUES ($1, $2, $3, $4, $5)", key, number, time.Now().UnixMilli(), by, text)
		return Change{Action: "alert.note", Object: "alert/" + alert, After: digest(text)}, err
	})
}

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
	counts := AlertCounts{NewBySeverity: map[string]int{}}
	rows, err := s.read.QueryContext(ctx, "SELECT severity, state, COUNT(*) FROM alerts GROUP BY severity, state")
	err = each(rows, err, func(scan func(...any) error) error {
		var level, n int
		var state AlertState
		if err := scan(&level, &state, &n); err != nil {
			return err
		}
		switch state {
		case AlertNew:
			counts.New += n
			if level > 0 {
				counts.NewBySeverity[severities[level-1]] = n
			}
		case AlertAcknowledged:
			counts.Acknowledged += n
		case AlertResolved:
			counts.Resolved += n
		}
		return nil
	})
	return counts, err
}
