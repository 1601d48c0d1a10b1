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

// SetSetting sets a setting. The trail has digests of its values only.
func (s *Store) SetSetting(ctx context.Context, by, name, value string) error {
	return s.change(ctx, by, func(t *tx) (Change, error) {
		c := Change{Action: "setting", Object: "setting/" + name, After: digest(value)}
		var before string
		err := t.QueryRowContext(ctx, "SELECT value FROM settings WHERE name = $1", name).Scan(&before)
		switch {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			return Change{}, err
		case before == value:
			return Change{}, nil
		default:
			c.Before = digest(before)
		}
		return c, t.exec("INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)
	})
}
