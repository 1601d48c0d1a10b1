package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func env(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

// Nothing serves others without HTTPS, and half a setting is an error that says
// what is missing.
func TestSettingsThatAreRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		args []string
		env  func(string) string
		want string
	}{
		"others without TLS":        {[]string{"--listen", "0.0.0.0:8090"}, env(), "--tls-cert"},
		"all addresses without TLS": {[]string{"--listen", ":8090"}, env(), "--tls-cert"},
		"a name without TLS":        {[]string{"--listen", "console.example.com:8090"}, env(), "--tls-cert"},
		"by the environment":        {nil, env("REDACT_CONSOLE_LISTEN", "[::]:8090"), "--tls-cert"},
		"no port":                   {[]string{"--listen", "localhost"}, env(), "--listen is not an address"},
		"a certificate alone":       {[]string{"--tls-cert", "x"}, env(), "go together"},
		"a proxy without address":   {[]string{"--behind-proxy"}, env(), "needs --public-url"},
		"an address with a path":    {[]string{"--public-url", "https://x/console"}, env(), "is not the address of a host"},
		"others without HTTPS":      {[]string{"--behind-proxy", "--public-url", "http://console.example.com"}, env(), "without encryption"},
		"an address of no web":      {[]string{"--public-url", "x"}, env(), "is not the address of a host"},
		"a provider without id":     {[]string{"--oidc-issuer", "https://x", "--public-url", "https://y"}, env(), "--oidc-client-id"},
		"a provider without way":    {[]string{"--oidc-issuer", "https://x", "--oidc-client-id", "y"}, env(), "--public-url"},
		"no secret file":            {[]string{"--oidc-issuer", "https://x", "--oidc-client-id", "y", "--public-url", "https://z", "--oidc-client-secret-file", "/none"}, env(), "--oidc-client-secret-file"},
		"a bad age in the env":      {nil, env("REDACT_CONSOLE_RETENTION_AGE", "old"), "REDACT_CONSOLE_RETENTION_AGE"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := readSettings(tt.args, tt.env, io.Discard); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want something with %q", err, tt.want)
			}
		})
	}
}

func TestSettings(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("hush\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	set, err := readSettings([]string{
		"--listen", "[::]:443", "--behind-proxy", "--public-url", "https://console.example.com/", "--retention-age", "30d", "--retention-size", "2GB",
		"--oidc-issuer", "https://id.example.com", "--oidc-client-id", "console", "--oidc-client-secret-file", secret,
	}, env("REDACT_CONSOLE_RETENTION_AGE", "1d", "REDACT_CONSOLE_OIDC_ROLE_CLAIM", "groups"), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if set.oidc.Redirect != "https://console.example.com/login/callback" || set.oidc.ClientSecret != "hush" || set.oidc.RoleClaim != "groups" {
		t.Errorf("the provider is %+v", set.oidc)
	}
	if time.Duration(set.retentionAge) != 30*day || set.retentionSize != 2e9 {
		t.Errorf("kept are %v and %v", set.retentionAge, set.retentionSize)
	}
	for text, want := range map[string]int64{"0": 0, "15": 15, "5MB": 5e6, "1TB": 1e12, "7kB": 7000, "3B": 3, "-1": -1, "1GiB": -1, "x": -1, "9999999999TB": -1} {
		var s size
		if err := s.Set(text); (err != nil) != (want < 0) || want >= 0 && int64(s) != want {
			t.Errorf("the size %q is %d, %v", text, s, err)
		}
	}
	for text, want := range map[string]time.Duration{"0": 0, "90d": 90 * day, "36h": 36 * time.Hour, "-1d": -1, "1y": -1, "99999999d": -1} {
		var a age
		if err := a.Set(text); (err != nil) != (want < 0) || want >= 0 && time.Duration(a) != want {
			t.Errorf("the age %q is %v, %v", text, a, err)
		}
	}
}

// command runs the program and returns what it says.
func command(t *testing.T, status int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	if got := run(t.Context(), args, env(), &out, &err); got != status {
		t.Fatalf("%v ends with %d, want %d: %s", args, got, status, err.String())
	}
	return out.String(), err.String()
}

func TestTokens(t *testing.T) {
	db := filepath.Join(t.TempDir(), "console.db")
	made, _ := command(t, 0, "token", "create", "--db", db, "--name", "ada", "--role", "operator")
	if !regexp.MustCompile(`^rdc_[A-Za-z0-9_-]{43}\n$`).MatchString(made) {
		t.Errorf("a token is printed as %q", made)
	}
	if _, said := command(t, 1, "token", "create", "--db", db, "--name", "ada"); !strings.Contains(said, "revoke that first") {
		t.Errorf("a second user of one name: %s", said)
	}
	if list, _ := command(t, 0, "token", "list", "--db", db); !strings.Contains(list, "ada") || !strings.Contains(list, "operator") || strings.Contains(list, strings.TrimSpace(made)) {
		t.Errorf("the list is %s", list)
	}
	command(t, 0, "token", "revoke", "--db", db, "--name", "ada")
	if _, said := command(t, 1, "token", "revoke", "--db", db, "--name", "ada"); !strings.Contains(said, "there is no user") {
		t.Errorf("revoked again: %s", said)
	}
	made, _ = command(t, 0, "ingest-token", "create", "--db", db, "--name", "eu-1")
	if !strings.HasPrefix(made, "rdi_") {
		t.Errorf("a gateway's token is printed as %q", made)
	}
	if list, _ := command(t, 0, "ingest-token", "list", "--db", db); !strings.Contains(list, "eu-1") {
		t.Errorf("the list is %s", list)
	}
	command(t, 1, "ingest-token", "create", "--db", db, "--name", "eu-1")
	command(t, 0, "ingest-token", "revoke", "--db", db, "--name", "eu-1")
	command(t, 1, "ingest-token", "revoke", "--db", db, "--name", "eu-1")
	command(t, 1, "token", "create", "--db", db, "--name", "x", "--role", "root")
	command(t, 1, "token", "create", "--db", db)
	command(t, 2, "token")
	command(t, 2, "token", "create", "--unknown")
	command(t, 2, "paint")
	command(t, 2, "serve", "now")
}

// Whoever reaches a console first from elsewhere must not become its editor.
func TestNobodyIsFirstFromElsewhere(t *testing.T) {
	_, said := command(t, 1, "--db", filepath.Join(t.TempDir(), "console.db"), "--listen", "0.0.0.0:0", "--behind-proxy", "--public-url", "https://x.example")
	if !strings.Contains(said, "token create") {
		t.Errorf("it says %s", said)
	}
}

// The first start shows a token that works, once; the console ends when it is
// told to, also while somebody watches.
func TestServe(t *testing.T) {
	db := filepath.Join(t.TempDir(), "console.db")
	start := func() (address string, stop func() string) {
		ctx, cancel := context.WithCancel(t.Context())
		out, in := io.Pipe()
		var log bytes.Buffer
		done := make(chan int, 1)
		go func() {
			done <- run(ctx, []string{"--db", db, "--listen", "127.0.0.1:0"}, env(), in, &log)
			in.Close()
		}()
		lines := bufio.NewScanner(out)
		lines.Scan()
		address = strings.TrimPrefix(lines.Text(), "redact-console: ")
		said := make(chan string, 1)
		go func() {
			for lines.Scan() {
				if found := regexp.MustCompile(`rdc_\S+`).FindString(lines.Text()); found != "" {
					said <- found
				}
			}
			close(said)
		}()
		return address, func() string {
			cancel()
			if status := <-done; status != 0 {
				t.Errorf("the console ends with %d: %s", status, log.String())
			}
			token := <-said
			if token != "" && strings.Contains(log.String(), token) {
				t.Error("the token is in the log")
			}
			return token
		}
	}
	address, stop := start()
	answer, err := http.Get(address + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("the console's health is %d", answer.StatusCode)
	}
	token := stop()
	if token == "" {
		t.Fatal("the first start shows no token")
	}

	address, stop = start()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	send := func(method, path, body string, header map[string]string) *http.Response {
		t.Helper()
		r, err := http.NewRequest(method, address+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range header {
			r.Header.Set(name, value)
		}
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	login := send(http.MethodPost, "/login", "token="+token, map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Origin": address})
	login.Body.Close()
	if login.StatusCode != http.StatusSeeOther || len(login.Cookies()) == 0 {
		t.Fatalf("the token gets %d", login.StatusCode)
	}
	if got := send(http.MethodPost, "/api/v1/ingest", "{}", map[string]string{"Content-Type": "application/x-ndjson", "Authorization": "Bearer " + token}); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("somebody's token may write lines: %d", got.StatusCode)
	}
	tail := send(http.MethodGet, "/audit/tail", "", map[string]string{"Cookie": login.Cookies()[0].String()})
	defer tail.Body.Close()
	if _, err := tail.Body.Read(make([]byte, 1)); err != nil {
		t.Fatalf("the tail: %v", err)
	}
	begun := time.Now()
	if again := stop(); again != "" {
		t.Error("the second start makes a token, too")
	}
	if took := time.Since(begun); took > shutdownGrace {
		t.Errorf("the console took %v to end", took)
	}
}
