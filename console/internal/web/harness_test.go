package web

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/krakend-redact/krakend-redact/console/internal/store"
	"github.com/krakend-redact/krakend-redact/internal/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// console is a server with a store of its own and a user of each role.
type console struct {
	*httptest.Server
	t      *testing.T
	server *Server
	store  *store.Store
	log    *strings.Builder
	// now is the time that the pages go by.
	now time.Time
}

// onBoth runs a test with a console on either database.
func onBoth(t *testing.T, test func(t *testing.T, c *console)) {
	t.Run("SQLite", func(t *testing.T) { test(t, newConsole(t, nil)) })
	t.Run("PostgreSQL", func(t *testing.T) {
		test(t, newConsoleAt(t, pgtest.URL(t), nil))
	})
}

func newConsole(t *testing.T, change func(*Options)) *console {
	t.Helper()
	return newConsoleAt(t, filepath.Join(t.TempDir(), "console.db"), change)
}

func newConsoleAt(t *testing.T, database string, change func(*Options)) *console {
	t.Helper()
	s, err := store.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	seedUsers(t, s)
	c := &console{t: t, store: s, log: &strings.Builder{}, now: time.Now().Truncate(time.Millisecond)}
	options := Options{
		Store: s, Version: "test", Log: slog.New(slog.NewTextHandler(c.log, nil)), Now: func() time.Time { return c.now },
	}
	if change != nil {
		change(&options)
	}
	server, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	c.server = server
	c.Server = httptest.NewServer(server)
	t.Cleanup(c.Close)
	return c
}

// browser is what somebody looks at the console with: it keeps cookies and
// follows redirects only when it is told to.
type browser struct {
	*console
	t      *testing.T
	client *http.Client
	header http.Header
}

// browser returns one that nobody is logged in with.
func (c *console) browser() *browser {
	c.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		c.t.Fatal(err)
	}
	client := &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &browser{console: c, t: c.t, client: client, header: http.Header{"Accept": {"text/html"}}}
}

// as returns a browser in which a role is logged in.
func (c *console) as(role store.Role) *browser {
	c.t.Helper()
	b := c.browser()
	if got := b.post("/login", url.Values{"token": {tokenOf(role)}}); got.status != http.StatusSeeOther {
		c.t.Fatalf("the %s cannot log in: %d", role, got.status)
	}
	return b
}

// reply is an answer that has been read.
type reply struct {
	status int
	header http.Header
	text   string
}

func (b *browser) do(method, path string, form url.Values) reply {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	for name, values := range b.header {
		r.Header[name] = values
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if b.header["Sec-Fetch-Site"] == nil && b.header["Origin"] == nil {
			r.Header.Set("Sec-Fetch-Site", "same-origin")
		}
	}
	answer, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		b.t.Fatalf("%s %s: %v", method, path, err)
	}
	return reply{answer.StatusCode, answer.Header, string(text)}
}

func (b *browser) get(path string) reply { b.t.Helper(); return b.do(http.MethodGet, path, nil) }

func (b *browser) post(path string, form url.Values) reply {
	b.t.Helper()
	return b.do(http.MethodPost, path, form)
}

// see gets a page that must be there and hold some texts.
func (b *browser) see(path string, texts ...string) string {
	b.t.Helper()
	got := b.get(path)
	if got.status != http.StatusOK {
		b.t.Fatalf("%s answers %d", path, got.status)
	}
	for _, text := range texts {
		if !strings.Contains(got.text, text) {
			b.t.Errorf("%s shows no %q", path, text)
		}
	}
	return got.text
}

// submit sends a form that must lead to a page, and returns that page.
func (b *browser) submit(path string, form url.Values) string {
	b.t.Helper()
	got := b.post(path, form)
	if got.status != http.StatusSeeOther {
		b.t.Fatalf("%s answers %d, want a redirect", path, got.status)
	}
	return b.see(got.header.Get("Location"))
}
