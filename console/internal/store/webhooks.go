package store

import (
	"context"
	"net/url"

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
func (s *Store) Webhooks(ctx context.Context) ([]Webhook, error) { return s.webhooks(ctx, "") }

// Webhook returns one. It fails with [ErrNotFound].
func (s *Store) Webhook(ctx context.Context, id string) (Webhook, error) {
	webhooks, err := s.webhooks(ctx, id)
	if err != nil || len(webhooks) == 0 || id == "" {
		return Webhook{}, notFound(err)
	}
	return webhooks[0], nil
}

// webhooks returns the one with an id, or all.
func (s *Store) webhooks(ctx context.Context, only string) ([]Webhook, error) {
	var c conditions
	c.equal("id", only)
	var webhooks []Webhook
	rows, err := s.read.QueryContext(ctx, "SELECT id, name, url, form, sign_key, min_severity, enabled FROM webhooks"+c.where()+" ORDER BY name, id", c.args...)
	err = each(rows, err, func(scan func(...any) error) error {
		var w Webhook
		var target, key string
		var level, enabled int
		if err := scan(&w.ID, &w.Name, &target, &w.Form, &key, &level, &enabled); err != nil {
			return err
		}
		w.URL, w.Key, w.Enabled = secret.New(target), secret.New(key), enabled == 1
		w.MinSeverity = severities[max(level, 1)-1]
		if u, err := url.Parse(target); err == nil {
			w.Host = u.Host
		}
		webhooks = append(webhooks, w)
		return nil
	})
	return webhooks, err
}

// SaveWebhook adds a webhook when its ID is empty, else changes it; an empty URL
// or Key then leaves that as it is. It returns the ID. It fails with
// [ErrNotFound].
func (s *Store) SaveWebhook(ctx context.Context, by string, w Webhook) (id string, err error) {
	level := max(levelOf(w.MinSeverity), 1)
	enabled := 0
	if w.Enabled {
		enabled = 1
	}
	action := "webhook.change"
	if w.ID == "" {
		action = "webhook.add"
		if w.ID, err = newID(); err != nil {
			return "", err
		}
	}
	err = s.change(ctx, by, func(t *tx) (Change, error) {
		c := Change{Action: action, Object: "webhook/" + w.ID, Detail: w.Name}
		if action == "webhook.add" {
			return c, t.exec("INSERT INTO webhooks (id, name, url, form, sign_key, min_severity, enabled) VALUES ($1, $2, $3, $4, $5, $6, $7)",
				w.ID, w.Name, w.URL.Reveal(), w.Form, w.Key.Reveal(), level, enabled)
		}
		return c, t.execOne(`UPDATE webhooks SET name = $1, form = $2, min_severity = $3, enabled = $4,
			url = CASE WHEN $5 = '' THEN url ELSE $5 END, sign_key = CASE WHEN $6 = '' THEN sign_key ELSE $6 END WHERE id = $7`,
			w.Name, w.Form, level, enabled, w.URL.Reveal(), w.Key.Reveal(), w.ID)
	})
	return w.ID, err
}

// DeleteWebhook deletes a webhook and its deliveries. It fails with [ErrNotFound].
func (s *Store) DeleteWebhook(ctx context.Context, by, id string) error {
	return s.change(ctx, by, func(t *tx) (Change, error) {
		if err := t.execOne("DELETE FROM webhooks WHERE id = $1", id); err != nil {
			return Change{}, err
		}
		return Change{Action: "webhook.delete", Object: "webhook/" + id}, t.exec("DELETE FROM deliveries WHERE webhook = $1", id)
	})
}
