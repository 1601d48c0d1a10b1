package store

import (
	"context"
	"time"
)

// Change is a line of the console's own trail: who changed what. Lines are added
// and, after their time, deleted by [Store.Expire]; nothing changes them.
type Change struct {
	Time time.Time
	// Who is the name of a user, or "system".
	Who string
	// Action is a short code such as policy.add, alert.state or login.
	Action string
	// Object is what was changed, such as policy/llm or alert/<id>.
	Object string
	// Before and After are digests of the object, or its short states such as new
	// and resolved; empty where there is none.
	Before, After string
	// Detail is a line for people, such as a comment.
	Detail string
	// Cursor is its place in the trail.
	Cursor Cursor
}

// TrailFilter limits the trail. Zero fields limit nothing.
type TrailFilter struct {
	Who, Action, Object string
}

// TrailPage is a part of the trail, the newest first.
type TrailPage struct {
	Changes []Change
	Around
}

// Trail returns a page of the trail. It fails with [ErrCursor].
func (s *Store) Trail(ctx context.Context, f TrailFilter, p Page) (TrailPage, error) {
	return TrailPage{}, errUnfinished
}

// AddChange writes a line of what the store does not see itself, such as logins,
// refused logins, exports and what was published. Time is set here.
func (s *Store) AddChange(ctx context.Context, c Change) error { return errUnfinished }
