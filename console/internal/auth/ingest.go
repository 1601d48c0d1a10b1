package auth

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/krakend-redact/krakend-redact/console/internal/store"
)

// IngestToken is a token that gateways send their lines with.
type IngestToken struct {
	Name    string    `json:"name"`
	Created time.Time `json:"created"`
	Hash    []byte    `json:"hash"`
}

// IngestTokens are the tokens for ingestion. They may write lines and nothing
// else, and no other token may. It is safe for concurrent use.
type IngestTokens struct{ Store *store.Store }

// ingestSetting is where the tokens are kept. The trail has its digests only.
const ingestSetting = "ingest-tokens"

// List returns all tokens, the oldest first.
func (i *IngestTokens) List(ctx context.Context) ([]IngestToken, error) {
	text, err := i.Store.Setting(ctx, ingestSetting)
	if err != nil {
		return nil, err
	}
	return tokensIn(text)
}

func tokensIn(text string) ([]IngestToken, error) {
	if text == "" {
		return nil, nil
	}
	var tokens []IngestToken
	if err := json.Unmarshal([]byte(text), &tokens); err != nil {
		return nil, fmt.Errorf("the setting %s cannot be read: %w", ingestSetting, err)
	}
	return tokens, nil
}

// Add makes a token and returns it; only its hash is kept. It fails with
// [store.ErrExists].
func (i *IngestTokens) Add(ctx context.Context, by, name string, now time.Time) (string, error) {
	secret := NewSecret(IngestPrefix)
	return secret, i.change(ctx, by, "ingest-token.add", name, func(tokens []IngestToken) ([]IngestToken, error) {
		if slices.ContainsFunc(tokens, named(name)) {
			return nil, store.ErrExists
		}
		return append(tokens, IngestToken{Name: name, Created: now.UTC().Truncate(time.Second), Hash: Hash(secret)}), nil
	})
}

// Set makes a secret that somebody else has chosen the token of that name, in place
// of the one before it.
func (i *IngestTokens) Set(ctx context.Context, by, name, secret string, now time.Time) error {
	if known, err := i.Authorized(ctx, secret); known || err != nil {
		return err
	}
	return i.change(ctx, by, "ingest-token.set", name, func(tokens []IngestToken) ([]IngestToken, error) {
		tokens = slices.DeleteFunc(tokens, named(name))
		return append(tokens, IngestToken{Name: name, Created: now.UTC().Truncate(time.Second), Hash: Hash(secret)}), nil
	})
}

// Revoke takes a token back at once. It fails with [store.ErrNotFound].
func (i *IngestTokens) Revoke(ctx context.Context, by, name string) error {
	return i.change(ctx, by, "ingest-token.revoke", name, func(tokens []IngestToken) ([]IngestToken, error) {
		if !slices.ContainsFunc(tokens, named(name)) {
			return nil, store.ErrNotFound
		}
		return slices.DeleteFunc(tokens, named(name)), nil
	})
}

func named(name string) func(IngestToken) bool {
	return func(token IngestToken) bool { return token.Name == name }
}

func (i *IngestTokens) change(ctx context.Context, by, action, name string, change func([]IngestToken) ([]IngestToken, error)) error {
	line := store.Change{Who: by, Action: action, Object: "ingest-token/" + name}
	return i.Store.ChangeSetting(ctx, ingestSetting, line, func(before string) (string, error) {
		tokens, err := tokensIn(before)
		if err != nil {
			return "", err
		}
		if tokens, err = change(tokens); err != nil {
			return "", err
		}
		text, err := json.Marshal(tokens)
		return string(text), err
	})
}

// Authorized tells whether a token is one for ingestion. It fails where the
// database cannot tell; then nobody is.
func (i *IngestTokens) Authorized(ctx context.Context, secret string) (bool, error) {
	tokens, err := i.List(ctx)
	if err != nil {
		return false, err
	}
	hash, found := Hash(secret), 0
	for _, token := range tokens {
		found |= subtle.ConstantTimeCompare(token.Hash, hash)
	}
	return found == 1, nil
}
