package store

import (
	"context"
	"database/sql"
	"errors"
)

// Setting returns the value of a setting, empty where it was never set.
func (s *Store) Setting(ctx context.Context, name string) (string, error) {
	var value string
	err := s.read.QueryRowContext(ctx, "SELECT value FROM settings WHERE name = $1", name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return value, err
}

// ChangeSetting makes a setting what change makes of it, empty where it was never
// set, with c as the line of the trail. Nobody else changes it in between, whichever
// console or program they use. It fails as change does.
func (s *Store) ChangeSetting(ctx context.Context, name string, c Change, change func(before string) (after string, err error)) error {
	return s.change(ctx, c.Who, func(t *tx) (Change, error) {
		var before string
		err := t.QueryRowContext(ctx, "SELECT value FROM settings WHERE name = $1", name).Scan(&before)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return Change{}, err
		}
		after, err := change(before)
		if err != nil {
			return Change{}, err
		}
		if c.After = digest(after); before != "" {
			c.Before = digest(before)
		}
		return c, t.exec("INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, after)
	})
}
