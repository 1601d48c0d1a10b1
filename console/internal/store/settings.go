package store

import "context"

// Setting returns the value of a setting, empty where it was never set.
func (s *Store) Setting(ctx context.Context, name string) (string, error) { return "", errUnfinished }

// SetSetting sets a setting. The trail has digests of its values only.
func (s *Store) SetSetting(ctx context.Context, by, name, value string) error { return errUnfinished }
