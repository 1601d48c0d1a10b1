package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

func TestServesUntilStopped(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out, in := io.Pipe()
	status := make(chan int, 1)
	go func() {
		status <- run(ctx, []string{"-addr", "127.0.0.1:0", "-issuer", "http://idp:8082"}, in, io.Discard)
		in.Close()
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(line, "for demonstrations only") {
		t.Errorf("%q does not warn", line)
	}
	url := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(line)
	for _, path := range []string{"/healthz", "/.well-known/jwks.json"} {
		resp, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", path, resp.Status)
		}
	}
	stop()
	if s := <-status; s != 0 {
		t.Errorf("exit status %d", s)
	}
}

func TestBadArguments(t *testing.T) {
	for _, tc := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"token"}, 2, `unexpected argument "token"`},
		{[]string{"-port", "1"}, 2, "flag provided but not defined"},
		{[]string{"-addr", "nowhere"}, 1, "idp: listen tcp"},
		{[]string{"-help"}, 0, "whoever reaches it gets any token"},
	} {
		var stderr bytes.Buffer
		if status := run(t.Context(), tc.args, io.Discard, &stderr); status != tc.status || !strings.Contains(stderr.String(), tc.want) {
			t.Errorf("%v: exit status %d, %s", tc.args, status, &stderr)
		}
	}
}
