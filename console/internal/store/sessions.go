package store

import (
	"context"
	"time"
)

// Session is a login that lasts. The trail of logins is up to the caller.
type Session struct {
	// Hash is that of the session's id, which nobody keeps.
	Hash []byte
	// User is the name of the user.
	User    string
	Created time.Time
	// Expires is when it ends, whatever is done in it.
	Expires time.Time
	// Seen is when it was last used, see [Store.TouchSession].
	Seen time.Time
}

// AddSession keeps a new session, and its time as the user's last login. It fails
// with [ErrNotFound] when there is no such user.
func (s *Store) AddSession(ctx context.Context, session Session) error {
	return s.update(ctx, func(t *tx) error {
		if err := t.execOne("UPDATE users SET last_login = $1 WHERE name = $2", millis(session.Created), session.User); err != nil {
			return err
		}
		return t.exec("INSERT INTO sessions (hash, login, created, expires, seen) VALUES ($1, $2, $3, $4, $5)",
			session.Hash, session.User, millis(session.Created), millis(session.Expires), millis(session.Seen))
	})
}

// Session returns a session that has not expired at a time, and its user as the user
// is now. It fails with [ErrNotFound].
func (s *Store) Session(ctx context.Context, hash []byte, at time.Time) (Session, User, error) {
	found := Session{Hash: hash}
	var created, expires, seen int64
	err := s.read.QueryRowContext(ctx, "SELECT login, created, expires, seen FROM sessions WHERE hash = $1 AND expires > $2", hash, millis(at)).
		Scan(&found.User, &created, &expires, &seen)
	if err != nil {
		return Session{}, User{}, notFound(err)
	}
	found.Created, found.Expires, found.Seen = timeOf(created), timeOf(expires), timeOf(seen)
	user, err := s.User(ctx, found.User)
	if err != nil {
		return Session{}, User{}, err
	}
	return found, user, nil
}

// TouchSession keeps when a session was last used.
func (s *Store) TouchSession(ctx context.Context, hash []byte, seen time.Time) error {
	return s.update(ctx, func(t *tx) error {
		return t.exec("UPDATE sessions SET seen = $1 WHERE hash = $2", millis(seen), hash)
	})
}

// DeleteSession ends a session. It is no error when there is none.
func (s *Store) DeleteSession(ctx context.Context, hash []byte) error {
	return s.update(ctx, func(t *tx) error { return t.exec("DELETE FROM sessions WHERE hash = $1", hash) })
}
