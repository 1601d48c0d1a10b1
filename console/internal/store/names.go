package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// NameKind says of what the names are that [Store.Names] lists.
type NameKind string

// The kinds of names that events were seen with.
const (
	NameProxy    NameKind = "proxy"
	NamePolicy   NameKind = "policy"
	NameRule     NameKind = "rule"
	NameGateway  NameKind = "gateway"
	NameOutcome  NameKind = "outcome"
	NameAction   NameKind = "action"
	NameSeverity NameKind = "severity"

	nameDirection   NameKind = "direction"
	namePlaceholder NameKind = "placeholder"
)

// Names returns the names of a kind that events were ever seen with, sorted, at
// most 1000, for the choices of a filter.
func (s *Store) Names(ctx context.Context, kind NameKind) ([]string, error) {
	var names []string
	rows, err := s.read.QueryContext(ctx, "SELECT name FROM names WHERE kind = $1 ORDER BY name LIMIT 1000", kind)
	err = each(rows, err, func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		names = append(names, name)
		return err
	})
	return names, err
}

type name struct {
	kind NameKind
	text string
}

// nameCache knows the numbers of names that were committed, which never change.
type nameCache struct {
	mu    sync.RWMutex
	ids   map[name]int64
	names map[int64]string
}

// maxCached bounds the cache: placeholders are numbered, so there may be many.
const maxCached = 50_000

func (c *nameCache) id(n name) (int64, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	id, ok := c.ids[n]
	return id, ok
}

func (c *nameCache) name(id int64) (string, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	n, ok := c.names[id]
	return n, ok
}

func (c *nameCache) keep(ids map[name]int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ids == nil || len(c.ids) > maxCached {
		c.ids, c.names = map[name]int64{}, map[int64]string{}
	}
	for n, id := range ids {
		c.ids[n], c.names[id] = id, n.text
	}
}

// nameID returns the number of a name, 0 when no event was seen with it.
func (s *Store) nameID(ctx context.Context, n name) (int64, error) {
	if id, ok := s.names.id(n); ok {
		return id, nil
	}
	var id int64
	err := s.read.QueryRowContext(ctx, "SELECT id FROM names WHERE kind = $1 AND name = $2", n.kind, n.text).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err == nil {
		s.names.keep(map[name]int64{n: id})
	}
	return id, err
}

// nameOf is the reverse of nameID.
func (s *Store) nameOf(ctx context.Context, id int64) (string, error) {
	if text, ok := s.names.name(id); ok {
		return text, nil
	}
	var n name
	err := s.read.QueryRowContext(ctx, "SELECT kind, name FROM names WHERE id = $1", id).Scan(&n.kind, &n.text)
	if err == nil {
		s.names.keep(map[name]int64{n: id})
	}
	return n.text, err
}

// newNames gives numbers to names within a transaction; they go to the cache
// once it is committed.
type newNames struct {
	t   *tx
	ids map[name]int64
}

func (n newNames) id(kind NameKind, text string) (int64, error) {
	key := name{kind, text}
	if id, ok := n.t.store.names.id(key); ok {
		return id, nil
	}
	if id, ok := n.ids[key]; ok {
		return id, nil
	}
	var id int64
	err := n.t.QueryRowContext(n.t.ctx, "SELECT id FROM names WHERE kind = $1 AND name = $2", kind, text).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		if id, err = n.t.count("names", 1); err == nil {
			err = n.t.exec("INSERT INTO names (id, kind, name) VALUES ($1, $2, $3)", id, kind, text)
		}
	}
	if err == nil {
		n.ids[key] = id
	}
	return id, err
}
