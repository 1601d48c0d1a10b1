package store

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
