package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/audit"
)

// Retention says how long data is kept. Zero fields keep it for good.
type Retention struct {
	// MaxAge is for events, counted from their own time.
	MaxAge time.Duration
	// MaxBytes is for events, in bytes as [Usage.EventBytes] counts them.
	MaxBytes int64
	// AlertAge is for alerts that are resolved, counted from their last time, and
	// for deliveries that are done.
	AlertAge time.Duration
	// ChartAge is for the figures of the overview, which may outlive events.
	ChartAge time.Duration
	// TrailAge is for the console's own trail.
	TrailAge time.Duration
}

// Expired counts what was deleted.
type Expired struct {
	Events, Alerts, Changes, Sessions int
}

// expireBatch is how many rows a transaction of [Store.Expire] deletes at most.
const expireBatch = 2000

// Expire deletes what is older or more than r allows, the oldest first and in
// small transactions, so that others can write in between; it gives space back
// to the file system where the database can. Sessions that have expired go as
// well. What was deleted before an error stays deleted and is counted.
func (s *Store) Expire(ctx context.Context, r Retention, now time.Time) (Expired, error) {
	var done Expired
	before := func(age time.Duration) int64 {
		if age <= 0 {
			return 0 // before all times
		}
		return now.Add(-age).UnixMilli()
	}
	for {
		n, err := s.expireEvents(ctx, before(r.MaxAge)<<ordBits, r.MaxBytes)
		done.Events += n
		if err != nil {
			return done, err
		}
		if n == 0 {
			break
		}
	}
	for _, e := range []struct {
		count *int
		table string
		key   string
		where string
		than  int64
	}{
		{&done.Alerts, "alerts", "ord", "state = 'resolved' AND last < $1", before(r.AlertAge)},
		{new(int), "deliveries", "id", "state <> 'pending' AND done < $1", before(r.AlertAge)},
		{&done.Changes, "trail", "ord", "ord < $1", before(r.TrailAge) << ordBits},
		{&done.Sessions, "sessions", "hash", "expires < $1", now.UnixMilli()},
	} {
		for n := int64(expireBatch); n == expireBatch; {
			if err := s.update(ctx, func(t *tx) error {
				result, err := t.ExecContext(ctx, fmt.Sprintf("DELETE FROM %s WHERE %s IN (SELECT %s FROM %s WHERE %s ORDER BY %s LIMIT %d)",
					e.table, e.key, e.key, e.table, e.where, e.key, expireBatch), e.than)
				if err != nil {
					return err
				}
				n, err = result.RowsAffected()
				return err
			}); err != nil {
				return done, err
			}
			*e.count += int(n)
		}
	}
	if err := s.update(ctx, func(t *tx) error {
		if done.Alerts > 0 {
			if err := t.exec("DELETE FROM alert_notes WHERE alert NOT IN (SELECT id FROM alerts)"); err != nil {
				return err
			}
			if err := t.exec("DELETE FROM deliveries WHERE alert NOT IN (SELECT id FROM alerts)"); err != nil {
				return err
			}
		}
		for _, table := range []string{"event_counts", "finding_counts"} {
			if err := t.exec("DELETE FROM "+table+" WHERE step = $1 AND time < $2", minute, now.Add(-MinutesKept).UnixMilli()); err != nil {
				return err
			}
			if err := t.exec("DELETE FROM "+table+" WHERE step = $1 AND time < $2", hour, before(r.ChartAge)); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return done, err
	}
	return done, s.giveBack(ctx)
}

// expireEvents deletes some of the oldest events: those before an ord, and others
// while all together take more than maxBytes, 0 for no bound.
func (s *Store) expireEvents(ctx context.Context, before, maxBytes int64) (deleted int, err error) {
	err = s.update(ctx, func(t *tx) error {
		// Nothing is taken in meanwhile, so that what is older than the last of them
		// is exactly what was counted.
		if _, err := t.count("seq", 0); err != nil {
			return err
		}
		var total int64
		if err := t.QueryRowContext(ctx, "SELECT value FROM counters WHERE name = 'event_bytes'").Scan(&total); err != nil {
			return err
		}
		var last, bytes int64
		rows, err := t.QueryContext(ctx, fmt.Sprintf("SELECT ord, size FROM events ORDER BY ord LIMIT %d", expireBatch))
		if err := each(rows, err, func(scan func(...any) error) error {
			var ord, size int64
			if err := scan(&ord, &size); err != nil {
				return err
			}
			if ord < before || maxBytes > 0 && total-bytes > maxBytes {
				deleted, last, bytes = deleted+1, ord, bytes+size
			}
			return nil
		}); err != nil || deleted == 0 {
			return err
		}
		tags, err := t.tagsUpTo(last)
		if err != nil {
			return err
		}
		if err := t.exec("DELETE FROM events WHERE ord <= $1", last); err != nil {
			return err
		}
		// Each tag is a list sorted by ord, so this looks at the beginning of each. Only
		// at those of these events: a rule that hashes makes a name of every value.
		for part := range slices.Chunk(tags, 500) {
			var c conditions
			for _, tag := range part {
				c.add("?", tag)
			}
			in := strings.Join(c.terms, ", ")
			c.args = append(c.args, last)
			if err := t.exec(fmt.Sprintf("DELETE FROM event_tags WHERE tag IN (%s) AND ord <= $%d", in, len(c.args)), c.args...); err != nil {
				return err
			}
		}
		if _, err := t.count("events", -int64(deleted)); err != nil {
			return err
		}
		_, err = t.count("event_bytes", -bytes)
		return err
	})
	if err != nil {
		return 0, err
	}
	return deleted, nil
}

// tagsUpTo returns the tags of the events up to an ord.
func (t *tx) tagsUpTo(last int64) ([]int64, error) {
	tags := map[int64]bool{}
	rules := map[string]audit.RuleCount{} // by what makes its tags
	rows, err := t.QueryContext(t.ctx, "SELECT gateway, proxy, policy, direction, outcome, record FROM events WHERE ord <= $1", last)
	if err := each(rows, err, func(scan func(...any) error) error {
		var columns [5]int64
		var text []byte
		if err := scan(&columns[0], &columns[1], &columns[2], &columns[3], &columns[4], &text); err != nil {
			return err
		}
		for _, column := range columns {
			tags[column] = true
		}
		var r struct {
			Rules []audit.RuleCount `json:"rules"`
		}
		err := json.Unmarshal(text, &r)
		for _, rule := range r.Rules {
			rules[fmt.Sprintf("%q", []any{rule.Name, rule.Severity, rule.Action, rule.Placeholders})] = rule
		}
		return err
	}); err != nil {
		return nil, err
	}
	in := ingestion{tx: t, names: newNames{t, map[name]int64{}}}
	of, err := in.tags(&audit.Event{Rules: slices.Collect(maps.Values(rules))})
	if err != nil {
		return nil, err
	}
	maps.Copy(tags, of)
	return slices.Collect(maps.Keys(tags)), nil
}

// giveBack gives free pages of SQLite back to the file system, some at a time.
// PostgreSQL uses its own again (autovacuum).
func (s *Store) giveBack(ctx context.Context) error {
	if s.isPostgres {
		return nil
	}
	var free int
	if err := s.write.QueryRowContext(ctx, "PRAGMA freelist_count").Scan(&free); err != nil {
		return err
	}
	// What stays is about what the next hours need.
	const keep, step = 2000, 2000
	for ; free > keep; free -= step {
		rows, err := s.write.QueryContext(ctx, fmt.Sprintf("PRAGMA incremental_vacuum(%d)", min(step, free-keep)))
		if err := each(rows, err, func(func(...any) error) error { return nil }); err != nil {
			return err
		}
	}
	return nil
}

// Usage says how much is kept.
type Usage struct {
	// Events is how many events there are and EventBytes about how much room they
	// take with their indexes.
	Events, EventBytes int64
	// Oldest and Newest are the times of the first and the last event.
	Oldest, Newest time.Time
	// FileBytes is the size of the whole database on disk.
	FileBytes int64
}

// Usage returns how much is kept.
func (s *Store) Usage(ctx context.Context) (Usage, error) {
	var u Usage
	var oldest, newest sql.NullInt64
	if err := s.read.QueryRowContext(ctx, `SELECT (SELECT value FROM counters WHERE name = 'events'), (SELECT value FROM counters WHERE name = 'event_bytes'),
		(SELECT MIN(ord) FROM events), (SELECT MAX(ord) FROM events)`).Scan(&u.Events, &u.EventBytes, &oldest, &newest); err != nil {
		return Usage{}, err
	}
	u.Oldest, u.Newest = timeOfOrd(oldest.Int64), timeOfOrd(newest.Int64)
	size := "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
	if s.isPostgres {
		size = "SELECT pg_database_size(current_database())"
	}
	err := s.read.QueryRowContext(ctx, size).Scan(&u.FileBytes)
	return u, err
}
