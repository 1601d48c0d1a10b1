package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// start runs mockllm on a free port and returns its URL and a function that
// stops it and returns the exit status.
func start(t *testing.T, env map[string]string, args ...string) (url string, stop func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	status := make(chan int, 1)
	go func() {
		status <- run(ctx, append([]string{"-addr", "127.0.0.1:0"}, args...), func(k string) string { return env[k] }, in, io.Discard)
		in.Close()
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	url = regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(line)
	if url == "" {
		t.Fatalf("no address in %q", line)
	}
	return url, func() int {
		cancel()
		select {
		case s := <-status:
			return s
		case <-time.After(10 * time.Second):
			t.Fatal("does not stop")
			return -1
		}
	}
}

func TestServesUntilStopped(t *testing.T) {
	for _, tc := range []struct {
		name, key string
		env       map[string]string
		args      []string
	}{
		{"default key", "sk-mock", nil, nil},
		{"key from the environment", "sk-env", map[string]string{"MOCKLLM_KEY": "sk-env"}, nil},
		{"flag before environment", "sk-flag", map[string]string{"MOCKLLM_KEY": "sk-env"}, []string{"-key", "sk-flag"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			url, stop := start(t, tc.env, tc.args...)
			for key, want := range map[string]int{tc.key: http.StatusOK, tc.key + "x": http.StatusUnauthorized} {
				req, err := http.NewRequest("GET", url+"/v1/models", nil)
				if err != nil {
					t.Fatal(err)
				}
				req.Header.Set("Authorization", "Bearer "+key)
				resp, err := http.DefaultClient.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				if resp.StatusCode != want {
					t.Errorf("key %q: status %d, want %d", key, resp.StatusCode, want)
				}
			}
			if status := stop(); status != 0 {
				t.Errorf("exit status %d", status)
			}
			if resp, err := http.Get(url + "/healthz"); err == nil {
				resp.Body.Close()
				t.Error("still answers after it was stopped")
			}
		})
	}
}

func TestScript(t *testing.T) {
	url, stop := start(t, nil, "-script", "brief", "-script", "spelling=lower")
	defer stop()
	resp, err := http.Post(url+"/api/generate", "application/json", strings.NewReader(`{"model":"x","prompt":"hello [A_1]","stream":false}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || !strings.Contains(string(body), `"response":"hello [a_1]"`) {
		t.Errorf("it answers %q, %v", body, err)
	}
}

func TestRefusesToStart(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, tc := range []struct {
		name   string
		args   []string
		status int
		want   string // the whole of stderr; empty: anything
	}{
		{"port in use", []string{"-addr", taken.Addr().String()}, 1, "mockllm: " + taken.Addr().String() + " is already in use; choose another address with -addr\n"},
		{"bad address", []string{"-addr", "nonsense"}, 1, "mockllm: listen tcp: address nonsense: missing port in address\n"},
		{"unknown flag", []string{"-nonsense"}, 2, ""},
		{"script without sense", []string{"-script", "cut=x"}, 2, ""},
		{"argument", []string{"nonsense"}, 2, "mockllm: unexpected argument \"nonsense\"\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var stderr bytes.Buffer
			status := run(t.Context(), tc.args, func(string) string { return "" }, io.Discard, &stderr)
			if status != tc.status || (tc.want != "" && stderr.String() != tc.want) {
				t.Errorf("exit status %d, stderr %q; want %d, %q", status, &stderr, tc.status, tc.want)
			}
		})
	}
}

func TestHelpHidesTheKey(t *testing.T) {
	var stderr bytes.Buffer
	status := run(t.Context(), []string{"-help"}, func(string) string { return "sk-hidden" }, io.Discard, &stderr)
	if status != 0 || !strings.Contains(stderr.String(), "MOCKLLM_KEY") {
		t.Errorf("exit status %d, help %q", status, &stderr)
	}
	if strings.Contains(stderr.String(), "sk-hidden") {
		t.Errorf("help shows the key: %q", &stderr)
	}
}
