package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/krakend-redact/krakend-redact/console/internal/auth"
	"github.com/krakend-redact/krakend-redact/console/internal/store"
)

// The environment may hold tokens, for installations that are described by files:
// what people log in with for the first time, and what gateways send with.
const (
	givenLogin  = "REDACT_CONSOLE_LOGIN_TOKEN"
	givenIngest = "REDACT_CONSOLE_INGEST_TOKEN"
	// admin is the user that the first token belongs to.
	admin = "admin"
	// fromEnvironment is the name of the token of gateways, and who stands in the
	// trail for both.
	fromEnvironment = "environment"
	// minToken is the fewest characters of a token that somebody has chosen: only
	// its hash is kept, and a fast one, see [auth.Hash].
	minToken = 32
)

// takeGiven makes the tokens in the environment valid, and those invalid that stood
// there before.
func takeGiven(ctx context.Context, getenv func(string) string, db *store.Store) error {
	for _, name := range []string{givenLogin, givenIngest} {
		if token := getenv(name); token != "" && len(token) < minToken {
			return fmt.Errorf("%s is too short: make one of at least %d random characters, such as with: openssl rand -hex 32", name, minToken)
		}
	}
	if token := getenv(givenLogin); token != "" && token == getenv(givenIngest) {
		return fmt.Errorf("%s and %s are the same: whoever reads a gateway's settings could log in; give each its own", givenLogin, givenIngest)
	}
	if token := getenv(givenLogin); token != "" {
		if err := giveLogin(ctx, db, auth.Hash(token)); err != nil {
			return fmt.Errorf("%s: %w", givenLogin, err)
		}
	}
	if token := getenv(givenIngest); token != "" {
		tokens := &auth.IngestTokens{Store: db}
		if err := tokens.Set(ctx, fromEnvironment, fromEnvironment, token, time.Now()); err != nil {
			return fmt.Errorf("%s: %w", givenIngest, err)
		}
	}
	return nil
}

func giveLogin(ctx context.Context, db *store.Store, hash []byte) error {
	owner, err := db.UserByToken(ctx, hash)
	switch {
	case err == nil && owner.Name == admin:
		return nil
	case err == nil:
		return errors.New("it is the token of another user: choose another one")
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	err = db.AddUser(ctx, fromEnvironment, store.User{Name: admin, Role: store.Editor}, hash)
	if errors.Is(err, store.ErrExists) {
		return db.SetToken(ctx, fromEnvironment, admin, hash)
	}
	return err
}
