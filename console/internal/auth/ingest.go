package auth

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
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
type IngestTokens struct {
	Store *store.Store

	changing sync.Mutex
}

// ingestSetting is where the tokens are kept. The trail has its digests only.
const ingestSetting = "ingest-tokens"

// List returns all tokens, the oldest first.
func (i *IngestTokens) List(ctx context.Context) ([]IngestToken, error) {
	text, err := i.Store.Setting(ctx, ingestSetting)
	if err != nil || text == "" {
		return nil, err
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
	if i.Authorized(ctx, secret) {
		return nil
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
	i.changing.Lock()
	defer i.changing.Unlock()
	tokens, err := i.List(ctx)
	if err != nil {
		return err
	}
	if tokens, err = change(tokens); err != nil {
		return err
	}
	text, err := json.Marshal(tokens)
	if err != nil {
		return err
	}
	if err := i.Store.SetSetting(ctx, by, ingestSetting, string(text)); err != nil {
		return err
	}
	return i.Store.AddChange(ctx, store.Change{Who: by, Action: action, Object: "ingest-token/" + name})
}

// Authorized tells whether a token is one for ingestion. A fault of the database
// allows nobody.
func (i *IngestTokens) Authorized(ctx context.Context, secret string) bool {
	tokens, err := i.List(ctx)
	if err != nil {
		return false
	}
	hash, found := Hash(secret), 0
	for _, token := range tokens {
		found |= subtle.ConstantTimeCompare(token.Hash, hash)
	}
	return found == 1
}
