package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/krakend-redact/krakend-redact/internal/audit"
	"github.com/krakend-redact/krakend-redact/internal/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// onBoth runs a test with an empty store of either kind.
func onBoth(t *testing.T, test func(t *testing.T, s *Store)) {
	for _, backend := range []string{"SQLite", "PostgreSQL"} {
		t.Run(backend, func(t *testing.T) {
			url := filepath.Join(t.TempDir(), "console?#%.db")
			if backend == "PostgreSQL" {
				url = pgtest.URL(t)
			}
			s, err := Open(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
			if s.Backend() != backend {
				t.Fatalf("the store is one of %s", s.Backend())
			}
			test(t, s)
		})
	}
}

// must returns the value of a call that must not fail.
func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// begin is when the events of the tests happen: a few minutes ago, at a whole hour
// or later, with milliseconds.
var begin = time.Now().UTC().Add(-time.Hour).Truncate(time.Hour).Add(7 * time.Millisecond)

func newUUID() string { return uuid.Must(uuid.NewV7()).String() }

// event returns an event that has all fields, some of them made from n.
func event(n int) audit.Event {
	id := newUUID()
	return audit.Event{
		Head:     audit.Head{Schema: audit.Schema, Kind: audit.KindEvent, ID: id, Time: begin.Add(time.Duration(n) * time.Second), Gateway: fmt.Sprintf("gateway-%d", n%2)},
		Exchange: id, RequestID: fmt.Sprintf("request-%d", n), TraceID: fmt.Sprintf("%032x", n),
		Proxy:     fmt.Sprintf("proxy-%d", n%3),
		Policy:    audit.Policy{Name: fmt.Sprintf("policy-%d", n%5), Version: "1.2", Digest: "0123456789ab", Mode: "enforce"},
		Direction: audit.DirectionRequest, Streamed: n%2 == 0, Profile: "openai-chat", Outcome: audit.OutcomeMasked,
		Rules: []audit.RuleCount{
			{Name: "email", Severity: "medium", Action: "mask", Count: 2, Placeholders: []string{"[REDACTED_EMAIL_1]", "[REDACTED_EMAIL_2]"}, More: 1},
		},
		Restored: 1, Unresolved: 2, Suppressed: 3, BytesIn: 100, BytesOut: 120, Micros: 55,
		Excerpts: []string{"my mail is [REDACTED_EMAIL_1]"}, Body: `{"prompt":"[REDACTED_EMAIL_1]"}`,
	}
}

func ingest(t *testing.T, s *Store, events ...audit.Event) []Event {
	t.Helper()
	in := must(s.Ingest(context.Background(), Batch{Events: events}))(t)
	return in.Events
}

func alert(n int) audit.Alert {
	at := begin.Add(time.Duration(n) * time.Second)
	return audit.Alert{
		Head: audit.Head{Schema: audit.Schema, Kind: audit.KindAlert, ID: newUUID(), Time: at, Gateway: "gateway-0"},
		Type: audit.AlertSeverity, Severity: "high", Rule: "password", Proxy: "proxy-0",
		Policy: audit.Policy{Name: "policy-0", Digest: "0123456789ab", Mode: "enforce"},
		First:  at, Last: at, Count: 1, Action: "mask", Exchange: newUUID(),
	}
}

func TestOpenKeepsWhatWasThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "console.db")
	first := must(Open(t.Context(), path))(t)
	ingest(t, first, event(1))
	ok(t, first.Close())
	info, err := os.Stat(path)
	ok(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the file has the mode %o", info.Mode().Perm())
	}
	second := must(Open(t.Context(), path))(t)
	defer second.Close()
	ok(t, second.Ping(t.Context()))
	if page := must(second.Events(t.Context(), EventFilter{}, Page{}))(t); len(page.Events) != 1 {
		t.Errorf("%d events are there after opening again", len(page.Events))
	}
}

func TestErrorsHoldNoPassword(t *testing.T) {
	const canary = "canary1b7e"
	for _, url := range []string{
		"postgres://u:" + canary + "@127.0.0.1:1/db", "postgres://u:%kr" + canary + "@127.0.0.1:1/db", "postgres://u:" + canary + " x@127.0.0.1:1/db",
		"postgres://127.0.0.1:1/db?sslmode=wrong&password=" + canary, "postgres://127.0.0.1:1/db?password=" + canary, "postgres://u:" + canary + "@[::1/db",
		"postgresql://u:p/" + canary + "@127.0.0.1:1/db", "postgres://u:%2" + canary,
	} {
		s, err := Open(t.Context(), url)
		if err == nil {
			_ = s.Close()
			t.Errorf("%s is opened", url)
		} else if strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestTwoConsolesMayOpenAnEmptyDatabaseAtOnce(t *testing.T) {
	url := pgtest.URL(t)
	opened := make(chan error)
	for range 2 {
		go func() {
			s, err := Open(context.Background(), url)
			if err == nil {
				err = s.Close()
			}
			opened <- err
		}()
	}
	for range 2 {
		ok(t, <-opened)
	}
}
