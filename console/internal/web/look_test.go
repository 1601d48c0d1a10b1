package web

import (
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/krakend-redact/krakend-redact/console/internal/store"
)

func TestLook(t *testing.T) {
	addr := os.Getenv("LOOK")
	if addr == "" {
		t.Skip()
	}
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "db"))
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("EMPTY") == "" {
		seed(t, s, time.Now())
	} else {
		seedUsers(t, s)
	}
	server, err := New(Options{Store: s, Version: "1.1.0", Log: slog.New(slog.NewTextHandler(os.Stderr, nil))})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	http.Serve(ln, server)
}
