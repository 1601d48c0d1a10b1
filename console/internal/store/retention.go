package store

import (
	"context"
	"time"
)

// Retention says how long data is kept. Zero fields keep it for good.
type Retention struct {
	// MaxAge is for events, counted from their own time.
	MaxAge time.Duration
	// MaxBytes is for events, in bytes as [Usage.EventBytes] counts them.
	MaxBytes int64
	// AlertAge is for alerts that are resolved, counted from their last time, and
	// for deliveries that are done.
	AlertAge time.Duration
	// ChartAge is for the figures of the overview, which may outlive events.
	ChartAge time.Duration
	// TrailAge is for the console's own trail.
	TrailAge time.Duration
}

// Expired counts what was deleted.
type Expired struct {
	Events, Alerts, Changes, Sessions int
}

// Expire deletes what is older or more than r allows, the oldest first and in
// small transactions, so that others can write in between; it gives space back
// to the file system where the database can. Sessions that have expired go as
// well. What was deleted before an error stays deleted and is counted.
func (s *Store) Expire(ctx context.Context, r Retention, now time.Time) (Expired, error) {
	return Expired{}, errUnfinished
}

// Usage says how much is kept.
type Usage struct {
	// Events is how many events there are and EventBytes about how much room they
	// take with their indexes.
	Events, EventBytes int64
	// Oldest and Newest are the times of the first and the last event.
	Oldest, Newest time.Time
	// FileBytes is the size of the whole database on disk.
	FileBytes int64
}

// Usage returns how much is kept.
func (s *Store) Usage(ctx context.Context) (Usage, error) { return Usage{}, errUnfinished }
