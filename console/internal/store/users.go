package store

import (
	"context"
	"database/sql"
	"slices"
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
func (r Role) Allows(need Role) bool {
	roles := []Role{Viewer, Operator, Editor}
	return slices.Contains(roles, r) && slices.Contains(roles, need) && slices.Index(roles, r) >= slices.Index(roles, need)
}

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

const userColumns = "name, role, subject, token IS NOT NULL, created, last_login"

func userOf(scan func(...any) error) (User, error) {
	var u User
	var subject sql.NullString
	var created, login int64
	err := scan(&u.Name, &u.Role, &subject, &u.HasToken, &created, &login)
	u.Subject, u.Created, u.LastLogin = subject.String, timeOf(created), timeOf(login)
	return u, err
}

func (s *Store) user(ctx context.Context, where string, arg any) (User, error) {
	u, err := userOf(s.read.QueryRowContext(ctx, "SELECT "+userColumns+" FROM users WHERE "+where+" = $1", arg).Scan)
	if err != nil {
		return User{}, notFound(err)
	}
	return u, nil
}

// Users returns all users, sorted by name.
func (s *Store) Users(ctx context.Context) ([]User, error) {
	var users []User
	rows, err := s.read.QueryContext(ctx, "SELECT "+userColumns+" FROM users ORDER BY name")
	err = each(rows, err, func(scan func(...any) error) error {
		u, err := userOf(scan)
		users = append(users, u)
		return err
	})
	return users, err
}

// User returns a user. It fails with [ErrNotFound].
func (s *Store) User(ctx context.Context, name string) (User, error) {
	return s.user(ctx, "name", name)
}

// UserByToken returns the user with this hash of a token. It fails with
// [ErrNotFound].
func (s *Store) UserByToken(ctx context.Context, hash []byte) (User, error) {
	return s.user(ctx, "token", hash)
}

// UserBySubject returns the user with this OIDC identity. It fails with
// [ErrNotFound].
func (s *Store) UserBySubject(ctx context.Context, subject string) (User, error) {
	return s.user(ctx, "subject", subject)
}

// AddUser adds a user with the Name, Role and Subject of u, and with a token to
// log in with when its hash is not nil. It fails with [ErrExists].
func (s *Store) AddUser(ctx context.Context, by string, u User, tokenHash []byte) error {
	return s.change(ctx, by, func(t *tx) (Change, error) {
		taken, err := t.exists("SELECT 1 FROM users WHERE name = $1 OR subject = $2 OR token = $3", u.Name, orNull(u.Subject), tokenHash)
		if err != nil {
			return Change{}, err
		}
		if taken {
			return Change{}, ErrExists
		}
		err = t.exec("INSERT INTO users (name, role, subject, token, created, last_login) VALUES ($1, $2, $3, $4, $5, 0)",
			u.Name, u.Role, orNull(u.Subject), tokenHash, time.Now().UnixMilli())
		return Change{Action: "user.add", Object: "user/" + u.Name, After: string(u.Role)}, err
	})
}

// SetRole changes what a user may do, in the sessions there are as well. It fails
// with [ErrNotFound].
func (s *Store) SetRole(ctx context.Context, by, name string, role Role) error {
	return s.change(ctx, by, func(t *tx) (Change, error) {
		var before Role
		if err := t.QueryRowContext(ctx, "SELECT role FROM users WHERE name = $1", name).Scan(&before); err != nil {
			return Change{}, notFound(err)
		}
		if before == role {
			return Change{}, nil
		}
		return Change{Action: "user.role", Object: "user/" + name, Before: string(before), After: string(role)},
			t.exec("UPDATE users SET role = $1 WHERE name = $2", role, name)
	})
}

// SetToken replaces a user's token, nil for none, and ends the user's sessions.
// It fails with [ErrNotFound] and [ErrExists].
func (s *Store) SetToken(ctx context.Context, by, name string, hash []byte) error {
	return s.change(ctx, by, func(t *tx) (Change, error) {
		taken, err := t.exists("SELECT 1 FROM users WHERE token = $1 AND name <> $2", hash, name)
		if err != nil {
			return Change{}, err
		}
		if taken {
			return Change{}, ErrExists
		}
		if err := t.execOne("UPDATE users SET token = $1 WHERE name = $2", hash, name); err != nil {
			return Change{}, err
		}
		c := Change{Action: "user.token", Object: "user/" + name, After: "set"}
		if hash == nil {
			c.After = "none"
		}
		return c, t.exec("DELETE FROM sessions WHERE login = $1", name)
	})
}

// DeleteUser deletes a user and the user's sessions. It fails with [ErrNotFound].
func (s *Store) DeleteUser(ctx context.Context, by, name string) error {
	return s.change(ctx, by, func(t *tx) (Change, error) {
		if err := t.execOne("DELETE FROM users WHERE name = $1", name); err != nil {
			return Change{}, err
		}
		return Change{Action: "user.delete", Object: "user/" + name}, t.exec("DELETE FROM sessions WHERE login = $1", name)
	})
}
