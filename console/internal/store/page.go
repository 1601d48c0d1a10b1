package store

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Cursor is a place in a list that is sorted by time. It is short, fit for a
// URL, and holds nothing that must be kept from whoever may see the list. The
// zero value is the newest end.
type Cursor string

// Page says which part of a list is wanted. Lists run from the newest to the
// oldest in either direction of paging.
type Page struct {
	// Older wants what comes after this place in the list, so older than it.
	Older Cursor
	// Newer wants what comes right before this place. At most one of the two is
	// set; none is the first page.
	Newer Cursor
	// Limit is how many are wanted, from 1 to [MaxPage]. Default: 50.
	Limit int
}

// MaxPage is the largest page.
const MaxPage = 500

// Around says where the pages beside the one that was returned begin. Empty:
// there is none.
type Around struct {
	// Newer goes into [Page.Newer] and Older into [Page.Older].
	Newer, Older Cursor
}

func cursorOf(ord int64) Cursor { return Cursor(strconv.FormatInt(ord, 36)) }

func (c Cursor) ord() (int64, error) {
	ord, err := strconv.ParseInt(string(c), 36, 64)
	if err != nil || ord < 0 {
		return 0, ErrCursor
	}
	return ord, nil
}

func (p Page) limit() int {
	if p.Limit == 0 {
		return 50
	}
	return max(1, min(p.Limit, MaxPage))
}

// conditions are those of a query, with its arguments.
type conditions struct {
	terms []string
	args  []any
}

// add adds a condition, in which each ? stands for the next of values.
func (c *conditions) add(term string, values ...any) {
	for _, v := range values {
		c.args = append(c.args, v)
		term = strings.Replace(term, "?", "$"+strconv.Itoa(len(c.args)), 1)
	}
	c.terms = append(c.terms, term)
}

// equal adds a condition on a column unless the value is empty.
func (c *conditions) equal(column, value string) {
	if value != "" {
		c.add(column+" = ?", value)
	}
}

func (c *conditions) where() string {
	if len(c.terms) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(c.terms, " AND ")
}

// page adds what a page asks for and returns the end of the query: conditions,
// order and limit, which is one more than the page so that it shows whether more
// follows.
func (c *conditions) page(ord string, p Page) (string, error) {
	order := "DESC"
	switch {
	case p.Newer != "":
		at, err := p.Newer.ord()
		if err != nil {
			return "", err
		}
		c.add(ord+" > ?", at)
		order = "ASC"
	case p.Older != "":
		at, err := p.Older.ord()
		if err != nil {
			return "", err
		}
		c.add(ord+" < ?", at)
	}
	return fmt.Sprintf("%s ORDER BY %s %s LIMIT %d", c.where(), ord, order, p.limit()+1), nil
}

// finish puts what a query of [conditions.page] returned in the order of the
// list and says what is around it.
func finish[T any](p Page, list []T, cursor func(*T) Cursor) ([]T, Around) {
	more := len(list) > p.limit()
	if more {
		list = list[:p.limit()]
	}
	if len(list) == 0 {
		return nil, Around{Newer: p.Older, Older: p.Newer}
	}
	hasNewer, hasOlder := p.Older != "", more
	if p.Newer != "" {
		slices.Reverse(list)
		hasNewer, hasOlder = more, true
	}
	var around Around
	if hasNewer {
		around.Newer = cursor(&list[0])
	}
	if hasOlder {
		around.Older = cursor(&list[len(list)-1])
	}
	return list, around
}
