package store

import (
	"context"
	"database/sql"
	"time"
)

// DeliveryState is how far a delivery is.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryPending   DeliveryState = "pending"
	DeliveryDelivered DeliveryState = "delivered"
	DeliveryFailed    DeliveryState = "failed" // for good
)

// Delivery is one alert on its way to one webhook.
type Delivery struct {
	ID      string
	Webhook string
	Alert   string
	State   DeliveryState
	// Attempts counts the tries so far.
	Attempts int
	// Next is when it is tried again, while it is pending.
	Next time.Time
	// Status is the HTTP status of the last try, 0 for no answer.
	Status int
	// Error says in our words why the last try failed.
	Error   string
	Created time.Time
	// Done is when it was delivered or given up.
	Done time.Time
}

const deliveryColumns = "id, webhook, alert, state, attempts, next, status, error, created, done"

func deliveriesOf(rows *sql.Rows, err error) ([]Delivery, error) {
	var deliveries []Delivery
	err = each(rows, err, func(scan func(...any) error) error {
		var d Delivery
		var alert []byte
		var next, created, done int64
		err := scan(&d.ID, &d.Webhook, &alert, &d.State, &d.Attempts, &next, &d.Status, &d.Error, &created, &done)
		d.Alert, d.Next, d.Created, d.Done = idOf(alert), timeOf(next), timeOf(created), timeOf(done)
		deliveries = append(deliveries, d)
		return err
	})
	return deliveries, err
}

// Deliveries returns the latest deliveries to a webhook, the newest first, at
// most limit.
func (s *Store) Deliveries(ctx context.Context, webhook string, limit int) ([]Delivery, error) {
	return deliveriesOf(s.read.QueryContext(ctx, "SELECT "+deliveryColumns+" FROM deliveries WHERE webhook = $1 ORDER BY id DESC LIMIT $2", webhook, limit))
}

// ClaimDeliveries returns at most limit pending deliveries that are due, and puts
// their Next off by hold: whoever has claimed them has that long, after which
// they are due again.
func (s *Store) ClaimDeliveries(ctx context.Context, now time.Time, hold time.Duration, limit int) (claimed []Delivery, err error) {
	err = s.update(ctx, func(t *tx) error {
		// The conditions stand twice because PostgreSQL looks at them again once
		// another console has let go of a row.
		claimed, err = deliveriesOf(t.QueryContext(ctx, `UPDATE deliveries SET next = $1 WHERE state = 'pending' AND next <= $2
			AND id IN (SELECT id FROM deliveries WHERE state = 'pending' AND next <= $2 ORDER BY next LIMIT $3) RETURNING `+deliveryColumns,
			millis(now.Add(hold)), millis(now), limit))
		return err
	})
	return claimed, err
}

// UpdateDelivery keeps what became of a try: State, Attempts, Next, Status, Error
// and Done.
func (s *Store) UpdateDelivery(ctx context.Context, d Delivery) error {
	return s.update(ctx, func(t *tx) error {
		return t.exec("UPDATE deliveries SET state = $1, attempts = $2, next = $3, status = $4, error = $5, done = $6 WHERE id = $7",
			d.State, d.Attempts, millis(d.Next), d.Status, d.Error, millis(d.Done), d.ID)
	})
}

// AddDelivery makes an alert due for a webhook at once, once more if need be. It
// fails with [ErrNotFound].
func (s *Store) AddDelivery(ctx context.Context, by, webhook, alert string) error {
	return s.change(ctx, by, func(t *tx) (Change, error) {
		found, err := t.exists("SELECT 1 FROM alerts, webhooks WHERE alerts.id = $1 AND webhooks.id = $2", keyOf(alert), webhook)
		if err != nil || !found {
			return Change{}, notFound(err)
		}
		return Change{Action: "webhook.send", Object: "webhook/" + webhook, Detail: "alert/" + alert}, t.addDelivery(webhook, keyOf(alert))
	})
}

func (t *tx) addDelivery(webhook string, alert []byte) error {
	id, err := newID()
	if err != nil {
		return err
	}
	now := time.Now().UnixMilli()
	return t.exec(`INSERT INTO deliveries (id, webhook, alert, state, attempts, next, status, error, created, done)
		VALUES ($1, $2, $3, 'pending', 0, $4, 0, '', $4, 0)`, id, webhook, alert, now)
}
