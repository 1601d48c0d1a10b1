package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
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
	var c conditions
	c.equal("who", f.Who)
	c.equal("action", f.Action)
	c.equal("object", f.Object)
	end, err := c.page("ord", p)
	if err != nil {
		return TrailPage{}, err
	}
	var changes []Change
	rows, err := s.read.QueryContext(ctx, "SELECT ord, who, action, object, before_change, after_change, detail FROM trail"+end, c.args...)
	if err := each(rows, err, func(scan func(...any) error) error {
		var c Change
		var ord int64
		err := scan(&ord, &c.Who, &c.Action, &c.Object, &c.Before, &c.After, &c.Detail)
		c.Time, c.Cursor = timeOfOrd(ord), cursorOf(ord)
		changes = append(changes, c)
		return err
	}); err != nil {
		return TrailPage{}, err
	}
	changes, around := finish(p, changes, func(c *Change) Cursor { return c.Cursor })
	return TrailPage{changes, around}, nil
}

// AddChange writes a line of what the store does not see itself, such as logins,
// refused logins, exports and what was published. Time is set here.
func (s *Store) AddChange(ctx context.Context, c Change) error {
	return s.change(ctx, c.Who, func(*tx) (Change, error) { return c, nil })
}

// change runs a transaction of somebody's change, see [tx.change].
func (s *Store) change(ctx context.Context, by string, body func(t *tx) (Change, error)) error {
	return s.update(ctx, func(t *tx) error {
		return t.change(by, func() (Change, error) { return body(t) })
	})
}

// change makes somebody's change and writes its line in the trail, unless body
// returns no action because there was nothing to change. Changes are made one
// after the other, so that what one has read holds until it is committed.
func (t *tx) change(by string, body func() (Change, error)) error {
	number, err := t.count("trail", 1)
	if err != nil {
		return err
	}
	c, err := body()
	if err != nil || c.Action == "" {
		return err
	}
	return t.exec("INSERT INTO trail (ord, who, action, object, before_change, after_change, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		ordOf(time.Now(), number), by, c.Action, c.Object, c.Before, c.After, c.Detail)
}

// digest is what the trail has of a text.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:6])
}
