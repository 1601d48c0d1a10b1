package main

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/console/internal/auth"
	"github.com/krakend-redact/krakend-redact/console/internal/store"
)

func TestTokensFromTheEnvironment(t *testing.T) {
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "console.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	take := func(login, ingest string) error {
		return takeGiven(t.Context(), func(name string) string {
			return map[string]string{givenLogin: login, givenIngest: ingest}[name]
		}, db)
	}
	tokens := &auth.IngestTokens{Store: db}
	authorized := func(token string) bool {
		is, err := tokens.Authorized(t.Context(), token)
		return is && err == nil
	}
	first, second := strings.Repeat("a", minToken), strings.Repeat("b", minToken)
	if err := take(first, first); err == nil || strings.Contains(err.Error(), first) {
		t.Errorf("one token for both: %v", err)
	}
	if err := take("", ""); err != nil {
		t.Fatal(err)
	}
	if users, err := db.Users(t.Context()); err != nil || len(users) != 0 {
		t.Fatalf("without tokens: %v, %v", users, err)
	}
	for range 2 { // at every start
		if err := take(first, second); err != nil {
			t.Fatal(err)
		}
	}
	if user, err := db.UserByToken(t.Context(), auth.Hash(first)); err != nil || user.Name != admin || user.Role != store.Editor {
		t.Errorf("%+v, %v", user, err)
	}
	if !authorized(second) || authorized(first) {
		t.Error("the token of gateways")
	}

	if err := take(second, first); err != nil {
		t.Fatal(err)
	}
	if _, err := db.UserByToken(t.Context(), auth.Hash(first)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the old token: %v", err)
	}
	if !authorized(first) || authorized(second) {
		t.Error("the new token of gateways")
	}
	if list, err := tokens.List(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}

	if err := db.AddUser(t.Context(), "test", store.User{Name: "ada", Role: store.Viewer}, auth.Hash(first)); err != nil {
		t.Fatal(err)
	}
	for _, login := range []string{first, "weak"} {
		if err := take(login, ""); err == nil || strings.Contains(err.Error(), login) {
			t.Errorf("%q: %v", login, err)
		}
	}
}
