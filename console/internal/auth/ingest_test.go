package auth

import (
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/krakend-redact/krakend-redact/console/internal/store"
)

func TestIngestTokens(t *testing.T) {
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "console.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tokens := &IngestTokens{Store: s}
	authorized := func(secret string) bool {
		t.Helper()
		is, err := tokens.Authorized(t.Context(), secret)
		if err != nil {
			t.Fatal(err)
		}
		return is
	}
	if authorized("") {
		t.Error("without any token, the empty one is let in")
	}
	one, err := tokens.Add(t.Context(), "ada", "eu", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	two, err := tokens.Add(t.Context(), "ada", "us", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tokens.Add(t.Context(), "ada", "eu", time.Now()); !errors.Is(err, store.ErrExists) {
		t.Errorf("a second token of one name: %v", err)
	}
	for secret, want := range map[string]bool{one: true, two: true, "": false, one + "x": false, string(Hash(one)): false} {
		if got := authorized(secret); got != want {
			t.Errorf("a token is let in: %t, want %t", got, want)
		}
	}
	if err := tokens.Revoke(t.Context(), "ada", "eu"); err != nil {
		t.Fatal(err)
	}
	if err := tokens.Revoke(t.Context(), "ada", "eu"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("revoked again: %v", err)
	}
	if authorized(one) || !authorized(two) {
		t.Error("the wrong token was revoked")
	}
	kept, err := s.Setting(t.Context(), ingestSetting)
	if err != nil || strings.Contains(kept, strings.TrimPrefix(two, IngestPrefix)) {
		t.Errorf("the token itself is kept (%v)", err)
	}
	trail, err := s.Trail(t.Context(), store.TrailFilter{Action: "ingest-token.revoke", Who: "ada", Object: "ingest-token/eu"}, store.Page{})
	if err != nil || len(trail.Changes) != 1 {
		t.Errorf("the trail has %d lines of it, %v", len(trail.Changes), err)
	}
}

// Whoever makes and revokes tokens at the same time, on another console or on the
// command line, loses nothing of it: a token that was revoked must not come back.
func TestIngestTokensOfSeveralConsoles(t *testing.T) {
	url := filepath.Join(t.TempDir(), "console.db")
	var changing sync.WaitGroup
	for range 2 {
		s, err := store.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		tokens := &IngestTokens{Store: s}
		changing.Go(func() {
			for range 20 {
				name := NewSecret("")
				if _, err := tokens.Add(t.Context(), "ada", name, time.Now()); err != nil {
					t.Error(err)
				}
				if err := tokens.Revoke(t.Context(), "ada", name); err != nil {
					t.Error(err)
				}
			}
		})
		defer func() {
			if list, err := tokens.List(t.Context()); err != nil || len(list) != 0 {
				t.Errorf("%d tokens are left, %v", len(list), err)
			}
		}()
	}
	changing.Wait()
}

// A database that is away is not a wrong token: a gateway keeps its lines either
// way, but people look for the fault in another place.
func TestIngestTokensWithoutTheDatabase(t *testing.T) {
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "console.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if is, err := (&IngestTokens{Store: s}).Authorized(t.Context(), "x"); is || err == nil {
		t.Errorf("%t, %v", is, err)
	}
}
