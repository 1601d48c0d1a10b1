package main

import (
	"context"
	"log/slog"
	"net/http"
	"strings"

	"github.com/krakend-redact/krakend-redact/console/internal/auth"
	"github.com/krakend-redact/krakend-redact/console/internal/ingest"
	"github.com/krakend-redact/krakend-redact/console/internal/publish"
	"github.com/krakend-redact/krakend-redact/console/internal/store"
	"github.com/krakend-redact/krakend-redact/console/internal/webhook"
)

// parts are what the console does beside its pages.
type parts struct {
	ingest    http.Handler
	live      *ingest.Live
	publisher *publish.Folder
	webhooks  *webhook.Sender
}

// newParts starts them; they end with the context.
func newParts(ctx context.Context, set *settings, db *store.Store, log *slog.Logger) (parts, error) {
	var p parts
	if set.publish != "" {
		var err error
		if p.publisher, err = publish.Open(set.publish); err != nil {
			return p, err
		}
	}
	address := ""
	if set.public != nil {
		address = strings.TrimSuffix(set.public.String(), "/")
	}
	p.webhooks = webhook.New(webhook.Options{Store: db, AllowPrivate: set.webhookPrivate, URL: address, Log: log})
	tokens := &auth.IngestTokens{Store: db}
	p.live = new(ingest.Live)
	p.ingest = ingest.New(ingest.Options{Store: db, Authorized: tokens.Authorized, Live: p.live, Alerted: p.webhooks.Wake, Log: log})
	go p.webhooks.Run(ctx)
	return p, nil
}
