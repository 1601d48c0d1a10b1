package store

import (
	"context"
	"time"
)

// Role says what somebody may do.
type Role string

// The roles. Each may do what those before it may.
const (
	// Viewer reads.
	Viewer Role = "viewer"
	// Operator works on alerts.
	Operator Role = "operator"
	// Editor changes policies, assignments, webhooks, users and settings.
	Editor Role = "editor"
)

// Allows tells whether somebody with this role may do what need is needed for.
func (r Role) Allows(need Role) bool { return false }

// User is somebody who may use the console.
type User struct {
	// Name is unique and stands in the trail.
	Name string
	Role Role
	// Subject is the issuer and subject of an OIDC identity, in whatever form the
	// caller joins them; empty for none, else unique.
	Subject string
	// HasToken tells whether there is a token to log in with.
	HasToken bool
	Created  time.Time
	// LastLogin is zero before the first one.
	LastLogin time.Time
}

// Users returns all users, sorted by name.
func (s *Store) Users(ctx context.Context) ([]User, error) { return nil, errUnfinished }

// User returns a user. It fails with [ErrNotFound].
func (s *Store) User(ctx context.Context, name string) (User, error) { return User{}, errUnfinished }

// UserByToken returns the user with this hash of a token. It fails with
// [ErrNotFound].
func (s *Store) UserByToken(ctx context.Context, hash []byte) (User, error) {
	return User{}, errUnfinished
}

// UserBySubject returns the user with this OIDC identity. It fails with
// [ErrNotFound].
func (s *Store) UserBySubject(ctx context.Context, subject string) (User, error) {
	return User{}, errUnfinished
}

// AddUser adds a user with the Name, Role and Subject of u, and with a token to
// log in with when its hash is not nil. It fails with [ErrExists].
func (s *Store) AddUser(ctx context.Context, by string, u User, tokenHash []byte) error {
	return errUnfinished
}

// SetRole changes what a user may do, in the sessions there are as well. It fails
// with [ErrNotFound].
func (s *Store) SetRole(ctx context.Context, by, name string, role Role) error {
	return errUnfinished
}

// SetToken replaces a user's token, nil for none, and ends the user's sessions.
// It fails with [ErrNotFound] and [ErrExists].
func (s *Store) SetToken(ctx context.Context, by, name string, hash []byte) error {
	return errUnfinished
}

// DeleteUser deletes a user and the user's sessions. It fails with [ErrNotFound].
func (s *Store) DeleteUser(ctx context.Context, by, name string) error { return errUnfinished }

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
func (s *Store) AddSession(ctx context.Context, session Session) error { return errUnfinished }

// Session returns a session that has not expired, and its user as the user is
// now. It fails with [ErrNotFound].
func (s *Store) Session(ctx context.Context, hash []byte) (Session, User, error) {
	return Session{}, User{}, errUnfinished
}

// TouchSession keeps when a session was last used.
func (s *Store) TouchSession(ctx context.Context, hash []byte, seen time.Time) error {
	return errUnfinished
}

// DeleteSession ends a session. It is no error when there is none.
func (s *Store) DeleteSession(ctx context.Context, hash []byte) error { return errUnfinished }
