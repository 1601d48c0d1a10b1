package store

import (
	"context"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/secret"
)

// WebhookForm is what a webhook is sent.
type WebhookForm string

// The forms.
const (
	// WebhookJSON is the alert as it is.
	WebhookJSON WebhookForm = "json"
	// WebhookSlack is a message as Slack and what is compatible with it take it.
	WebhookSlack WebhookForm = "slack"
)

// Webhook is where alerts are sent.
type Webhook struct {
	// ID is set by the store.
	ID   string
	Name string
	// URL is secret as well: whoever knows that of a Slack channel can write to it.
	URL secret.String
	// Host is the URL's host and port, for people.
	Host string
	Form WebhookForm
	// Key signs what is sent, empty for no signature.
	Key secret.String
	// MinSeverity is the least severity that is sent. Default: low, so all.
	MinSeverity string
	Enabled     bool
}

// Webhooks returns all webhooks, sorted by name.
func (s *Store) Webhooks(ctx context.Context) ([]Webhook, error) { return nil, errUnfinished }

// Webhook returns one. It fails with [ErrNotFound].
func (s *Store) Webhook(ctx context.Context, id string) (Webhook, error) {
	return Webhook{}, errUnfinished
}

// SaveWebhook adds a webhook when its ID is empty, else changes it; an empty URL
// or Key then leaves that as it is. It returns the ID. It fails with
// [ErrNotFound].
func (s *Store) SaveWebhook(ctx context.Context, by string, w Webhook) (id string, err error) {
	return "", errUnfinished
}

// DeleteWebhook deletes a webhook and its deliveries. It fails with [ErrNotFound].
func (s *Store) DeleteWebhook(ctx context.Context, by, id string) error { return errUnfinished }

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

// Deliveries returns the latest deliveries to a webhook, the newest first, at
// most limit.
func (s *Store) Deliveries(ctx context.Context, webhook string, limit int) ([]Delivery, error) {
	return nil, errUnfinished
}

// ClaimDeliveries returns at most limit pending deliveries that are due, and puts
// their Next off by hold: whoever has claimed them has that long, after which
// they are due again.
func (s *Store) ClaimDeliveries(ctx context.Context, now time.Time, hold time.Duration, limit int) ([]Delivery, error) {
	return nil, errUnfinished
}

// UpdateDelivery keeps what became of a try: State, Attempts, Next, Status, Error
// and Done.
func (s *Store) UpdateDelivery(ctx context.Context, d Delivery) error { return errUnfinished }

// AddDelivery makes an alert due for a webhook at once, once more if need be. It
// fails with [ErrNotFound].
func (s *Store) AddDelivery(ctx context.Context, by, webhook, alert string) error {
	return errUnfinished
}
