package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// tx is a transaction that writes.
type tx struct {
	*sql.Tx
	ctx   context.Context
	store *Store
}

// update runs a transaction that writes.
func (s *Store) update(ctx context.Context, body func(t *tx) error) error {
	t, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = t.Rollback() }() // nothing after a commit
	if err := body(&tx{t, ctx, s}); err != nil {
		return err
	}
	return t.Commit()
}

// count adds to a counter and returns its new value. Whoever else counts waits
// for the end of this transaction.
func (t *tx) count(counter string, n int64) (value int64, err error) {
	err = t.QueryRowContext(t.ctx, "UPDATE counters SET value = value + $1 WHERE name = $2 RETURNING value", n, counter).Scan(&value)
	return value, err
}

func (t *tx) exec(query string, args ...any) error {
	_, err := t.ExecContext(t.ctx, query, args...)
	return err
}

// execOne is exec for a statement that fails with [ErrNotFound] when it meets no
// row.
func (t *tx) execOne(query string, args ...any) error {
	result, err := t.ExecContext(t.ctx, query, args...)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return notFound(err)
	}
	return nil
}

// exists tells whether a query has a row.
func (t *tx) exists(query string, args ...any) (bool, error) {
	var found bool
	err := t.QueryRowContext(t.ctx, "SELECT EXISTS ("+query+")", args...).Scan(&found)
	return found, err
}

// insert inserts rows, whose values stand in args one row after the other. tail
// follows the values, such as ON CONFLICT.
func (t *tx) insert(head string, width int, tail string, args []any) error {
	// PostgreSQL waits for the network after each statement; the driver of SQLite
	// takes time that grows with the square of their arguments.
	rows := 1
	if t.store.isPostgres {
		rows = 64
	}
	var prepared *sql.Stmt
	for len(args) > 0 {
		n := min(len(args), rows*width)
		if n == rows*width {
			if prepared == nil {
				var err error
				if prepared, err = t.PrepareContext(t.ctx, head+" VALUES "+tuples(n/width, width)+" "+tail); err != nil {
					return err
				}
				defer prepared.Close()
			}
			if _, err := prepared.ExecContext(t.ctx, args[:n]...); err != nil {
				return err
			}
		} else if err := t.exec(head+" VALUES "+tuples(n/width, width)+" "+tail, args[:n]...); err != nil {
			return err
		}
		args = args[n:]
	}
	return nil
}

// tuples writes ($1, $2), ($3, $4)…
func tuples(rows, width int) string {
	var b strings.Builder
	for i := range rows * width {
		switch {
		case i == 0:
			b.WriteString("(")
		case i%width == 0:
			b.WriteString("), (")
		default:
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", i+1)
	}
	return b.String() + ")"
}

// each runs a query and hands over every row's values by scan.
func each(rows *sql.Rows, err error, row func(scan func(...any) error) error) error {
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// notFound turns the absence of a row into [ErrNotFound].
func notFound(err error) error {
	if err == nil || err == sql.ErrNoRows {
		return ErrNotFound
	}
	return err
}

// keyOf returns the bytes of a UUID, nil for what is none.
func keyOf(id string) []byte {
	u, err := uuid.Parse(id)
	if err != nil {
		return nil
	}
	return u[:]
}

func idOf(key []byte) string {
	u, err := uuid.FromBytes(key)
	if err != nil {
		return ""
	}
	return u.String()
}

// newID returns a new UUIDv7.
func newID() (string, error) {
	u, err := uuid.NewV7()
	return u.String(), err
}

// millis returns a time as it is kept, 0 for the zero time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// timeOf is the reverse of millis.
func timeOf(millis int64) time.Time {
	if millis == 0 {
		return time.Time{}
	}
	return time.UnixMilli(millis).UTC()
}

// ordBits are the bits of an ord below the milliseconds, see the migrations: 42
// bits of milliseconds reach to the year 2109.
const ordBits = 21

// ordOf returns the place in time of what has a number of its own. Two that came
// in the same millisecond differ, unless their numbers are 2^21 apart. Times
// outside of 1970 to 2109, which a filter may ask for, are the nearest one inside.
func ordOf(t time.Time, number int64) int64 {
	ms := max(0, min(t.UnixMilli(), 1<<(63-ordBits)-1))
	return ms<<ordBits | number&(1<<ordBits-1)
}

func timeOfOrd(ord int64) time.Time { return timeOf(ord >> ordBits) }
