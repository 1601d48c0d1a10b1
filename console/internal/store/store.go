// Package store keeps the console's data: audit events, alerts, policies,
// proxies, gateways, people and what they changed. One implementation serves
// SQLite and PostgreSQL with the same migrations and the same queries.
//
// It knows nothing of HTTP, and trusts that what it is given to keep was
// checked before (see package ingest).
//
// Every method that people's changes go through takes by, the name of the user
// who makes it, and writes the console's own trail in the same transaction: a
// change without its line cannot be made.
package store

import (
	"context"
	"database/sql"
	"errors"
)

// What methods fail with, next to faults of the database. All of them may be
// wrapped: use [errors.Is].
var (
	// ErrNotFound: there is no such thing.
	ErrNotFound = errors.New("not found")
	// ErrExists: the name or the token is taken.
	ErrExists = errors.New("exists already")
	// ErrConflict: somebody else has changed it in the meantime.
	ErrConflict = errors.New("changed in the meantime")
	// ErrCursor: a cursor is not one that the store has given out.
	ErrCursor = errors.New("not a cursor of this list")
)

// errUnfinished stands where a body comes in one of the next commits.
var errUnfinished = errors.New("not yet written")

// Store is the console's database. It is safe for concurrent use.
type Store struct {
	write, read *sql.DB // one and the same with PostgreSQL
}

// Open opens a database and brings its tables up to date. A url that begins with
// postgres:// or postgresql:// names a PostgreSQL database; anything else is the
// path of an SQLite file, which is created with mode 0600 where there is none.
func Open(ctx context.Context, url string) (*Store, error) { return nil, errUnfinished }

// Close closes the database.
func (s *Store) Close() error { return errUnfinished }

// Ping tells whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return errUnfinished }

// Backend is "SQLite" or "PostgreSQL".
func (s *Store) Backend() string { return "" }
