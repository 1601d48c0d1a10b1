package store

import (
	"context"

	"github.com/krakend-redact/krakend-redact/internal/audit"
)

// Batch is what a gateway sends at once. The records were checked before.
type Batch struct {
	Events   []audit.Event
	Alerts   []audit.Alert
	Statuses []audit.Status
}

// Ingested says what became of a batch.
type Ingested struct {
	// Accepted and Duplicates count the records that changed something and those
	// that were known already.
	Accepted, Duplicates int
	// Events are those that are new, with their Seq.
	Events []Event
	// Alerts are the ids of those that are new.
	Alerts []string
}

// Ingest keeps a batch: all of it or, when it fails, nothing. Records that come
// again change nothing. The figures of the overview and the deliveries to
// webhooks are written in the same transaction.
func (s *Store) Ingest(ctx context.Context, b Batch) (Ingested, error) {
	return Ingested{}, errUnfinished
}
