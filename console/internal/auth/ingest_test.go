package auth

import (
	"errors"
	"path/filepath"
	"strings"
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
	if tokens.Authorized(t.Context(), "") {
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
		if got := tokens.Authorized(t.Context(), secret); got != want {
			t.Errorf("a token is let in: %t, want %t", got, want)
		}
	}
	if err := tokens.Revoke(t.Context(), "ada", "eu"); err != nil {
		t.Fatal(err)
	}
	if err := tokens.Revoke(t.Context(), "ada", "eu"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("revoked again: %v", err)
	}
	if tokens.Authorized(t.Context(), one) || !tokens.Authorized(t.Context(), two) {
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
