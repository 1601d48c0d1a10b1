package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/krakend-redact/krakend-redact/console/internal/auth"
	"github.com/krakend-redact/krakend-redact/console/internal/store"
	"github.com/krakend-redact/krakend-redact/console/internal/web"
)

// Times that the server grants.
const (
	shutdownGrace = 10 * time.Second
	expireEvery   = 10 * time.Minute
	// keptLong is for what stays after events are gone: figures and the trail.
	keptLong = 2 * 365 * day
)

// serve serves the console until ctx ends.
func serve(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	set, err := readSettings(args, getenv, stderr)
	if err != nil {
		return err
	}
	handler := slog.NewJSONHandler(stderr, nil)
	log := slog.New(handler)
	db, err := open(ctx, set.db)
	if err != nil {
		return err
	}
	defer db.Close()

	var provider *auth.OIDC
	if set.oidc.Issuer != "" {
		if provider, err = auth.NewOIDC(ctx, set.oidc); err != nil {
			return err
		}
	}
	if err := takeGiven(ctx, getenv, db); err != nil {
		return err
	}
	first, err := firstToken(ctx, set, db)
	if err != nil {
		return err
	}

	// Long answers, such as the live tail, end with this context.
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	parts, err := newParts(running, set, db, log)
	if err != nil {
		return err
	}
	pages, err := web.New(web.Options{
		Store: db, OIDC: provider, PublicURL: set.public, TLS: set.tlsCert != "", BehindProxy: set.behindProxy,
		Ingest: parts.ingest, Live: parts.live, Publisher: parts.publisher, Webhooks: parts.webhooks, Version: version(), Log: log,
	})
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: pages, ErrorLog: slog.NewLogLogger(handler, slog.LevelWarn),
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute,
		BaseContext: func(net.Listener) context.Context { return running },
		TLSConfig:   &tls.Config{MinVersion: tls.VersionTLS12},
	}
	ln, err := net.Listen("tcp", set.listen)
	if err != nil {
		return err
	}
	go expire(running, db, set, log)
	announce(stdout, set, ln.Addr(), first)
	log.Info("the console is up", "address", ln.Addr().String(), "database", db.Backend(), "version", version())

	failed := make(chan error, 1)
	go func() {
		if set.tlsCert != "" {
			failed <- server.ServeTLS(ln, set.tlsCert, set.tlsKey)
		} else {
			failed <- server.Serve(ln)
		}
	}()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	log.Info("the console goes down")
	stop()
	grace, cancel := context.WithTimeout(context.Background(), shutdownGrace)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		_ = server.Close() // what is left has had its time
	}
	return nil
}

// firstToken makes a user where nobody could log in, and returns its token. From
// other machines nobody may be the first: whoever comes first would be an editor.
func firstToken(ctx context.Context, set *settings, db *store.Store) (string, error) {
	users, err := db.Users(ctx)
	if err != nil || len(users) > 0 || set.oidc.Issuer != "" {
		return "", err
	}
	if local, err := isLocal(set.listen); err != nil || !local {
		return "", errors.Join(err, fmt.Errorf("nobody could log in, so --listen %s is refused: run redact-console token create --name you --role editor with the same --db first, set %s, or set up --oidc-issuer", set.listen, givenLogin))
	}
	token := auth.NewSecret(auth.LoginPrefix)
	return token, db.AddUser(ctx, "system", store.User{Name: "admin", Role: store.Editor}, auth.Hash(token))
}

// announce tells people where the console is, and the first of them how to get in.
func announce(stdout io.Writer, set *settings, addr net.Addr, first string) {
	address := "http://" + addr.String()
	switch {
	case set.public != nil:
		address = set.public.String()
	case set.tlsCert != "":
		address = "https://" + addr.String()
	}
	fmt.Fprintf(stdout, "redact-console: %s\n", address)
	if first != "" {
		fmt.Fprintf(stdout, "redact-console: log in with this token; it is not shown again:\n\n    %s\n\n", first)
	}
}

// expire deletes what has been kept long enough, now and from time to time.
func expire(ctx context.Context, db *store.Store, set *settings, log *slog.Logger) {
	keep := store.Retention{
		MaxAge: time.Duration(set.retentionAge), MaxBytes: int64(set.retentionSize), AlertAge: time.Duration(set.retentionAge),
		ChartAge: keptLong, TrailAge: keptLong,
	}
	for {
		gone, err := db.Expire(ctx, keep, time.Now())
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			log.Warn("old data could not be deleted", "error", err.Error())
		case gone != (store.Expired{}):
			log.Info("old data was deleted", "events", gone.Events, "alerts", gone.Alerts, "changes", gone.Changes, "sessions", gone.Sessions)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(expireEvery):
		}
	}
}
