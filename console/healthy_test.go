package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestHealthy(t *testing.T) {
	status := http.StatusOK
	console := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/healthz" {
			t.Errorf("it asks for %s", r.URL.Path)
		}
		w.WriteHeader(status)
	}))
	ask := func(args ...string) int {
		return run(t.Context(), append([]string{"healthy"}, args...), env(), io.Discard, io.Discard)
	}
	if got := ask(console.URL + "/"); got != 0 {
		t.Errorf("one that is up: %d", got)
	}
	if status = http.StatusServiceUnavailable; ask(console.URL) != 1 {
		t.Error("one without its database is healthy")
	}
	if console.Close(); ask(console.URL) != 1 {
		t.Error("one that is down is healthy")
	}
	if ask() != 1 || ask("not an address") != 1 {
		t.Error("no address is healthy")
	}
}
