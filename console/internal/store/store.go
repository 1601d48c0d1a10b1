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
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"
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

// errURL is a URL of PostgreSQL that nobody can read.
var errURL = errors.New("the URL of PostgreSQL is wrong: write it as postgres://user:password@host:5432/database?sslmode=verify-full, with special characters URL-encoded")

// Store is the console's database. It is safe for concurrent use.
type Store struct {
	// write has one connection with SQLite, which knows one writer at a time; with
	// PostgreSQL, both are the same.
	write, read *sql.DB
	isPostgres  bool
	names       nameCache
}

// connections bounds those to PostgreSQL, and those that read from SQLite.
const connections = 8

// Open opens a database and brings its tables up to date. A url that begins with
// postgres:// or postgresql:// names a PostgreSQL database; anything else is the
// path of an SQLite file, which is created with mode 0600 where there is none.
func Open(ctx context.Context, url string) (*Store, error) {
	s := &Store{isPostgres: strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")}
	var err error
	if s.isPostgres {
		// The driver's own error quotes the URL, and what it hides of it is not all
		// that may be a password.
		if _, err := pgx.ParseConfig(url); err != nil {
			return nil, errURL
		}
		s.write, err = sql.Open("pgx", url)
		s.read = s.write
	} else {
		err = s.openSQLite(url)
	}
	if err != nil {
		return nil, err
	}
	s.read.SetMaxOpenConns(connections)
	s.read.SetMaxIdleConns(connections)
	if !s.isPostgres {
		s.write.SetMaxOpenConns(1)
	}
	if err := migrate(ctx, s.write, s.isPostgres); err != nil {
		return nil, errors.Join(fmt.Errorf("the tables of the database cannot be brought up to date: %w", err), s.Close())
	}
	return s, nil
}

func (s *Store) openSQLite(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	if path, err = filepath.Abs(path); err != nil {
		return err
	}
	name := (&url.URL{Scheme: "file", Path: path}).String()
	// A batch that was acknowledged must outlast a power failure, so every commit
	// is synced.
	common := "?_pragma=busy_timeout(10000)&_pragma=synchronous(FULL)"
	// auto_vacuum can be chosen before the first table only.
	if s.write, err = sql.Open("sqlite", name+common+"&_pragma=auto_vacuum(INCREMENTAL)&_pragma=journal_mode(WAL)&_pragma=cache_size(-65536)&_txlock=immediate"); err != nil {
		return err
	}
	s.read, err = sql.Open("sqlite", name+common+"&_pragma=query_only(1)&_pragma=cache_size(-16384)")
	return err
}

// Close closes the database.
func (s *Store) Close() error {
	if s.isPostgres {
		return s.write.Close()
	}
	return errors.Join(s.read.Close(), s.write.Close())
}

// Ping tells whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	return s.read.QueryRowContext(ctx, "SELECT 1").Scan(&one)
}

// Backend is "SQLite" or "PostgreSQL".
func (s *Store) Backend() string {
	if s.isPostgres {
		return "PostgreSQL"
	}
	return "SQLite"
}
