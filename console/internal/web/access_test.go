package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/krakend-redact/krakend-redact/console/internal/auth"
	"github.com/krakend-redact/krakend-redact/console/internal/store"
)

// Every route says whom it is for, and nobody else gets anything from it.
func TestAccessMatrix(t *testing.T) {
	c := newConsole(t, nil)
	seedData(t, c.store, c.now)
	// What is written down here is compared with what the routes say: a route
	// that opens up must be changed in both places.
	want := map[string]store.Role{
		"GET /login": anybody, "POST /login": anybody, "GET /login/oidc": anybody, "GET /login/callback": anybody,
		"POST /logout": anybody, "POST /theme": anybody,
		"GET /{$}": store.Viewer, "GET /audit": store.Viewer, "GET /audit/export": store.Viewer, "GET /audit/tail": store.Viewer,
		"GET /audit/event/{id}": store.Viewer, "GET /alerts": store.Viewer, "POST /alerts": store.Operator,
		"GET /alerts/{id}": store.Viewer, "POST /alerts/{id}": store.Operator,
		"GET /policies": store.Viewer, "GET /policies/new": store.Editor, "POST /policies/new": store.Editor,
		"GET /policies/{name}": store.Viewer, "GET /policies/{name}/edit": store.Editor, "POST /policies/{name}/edit": store.Editor,
		"GET /policies/{name}/diff": store.Editor, "POST /policies/{name}/publish": store.Editor,
		"GET /try": store.Viewer, "POST /try": store.Viewer,
		"GET /proxies": store.Viewer, "POST /proxies/assign": store.Editor, "POST /proxies/forget": store.Editor, "POST /gateways/forget": store.Editor,
		"GET /webhooks": store.Editor, "POST /webhooks": store.Editor, "GET /webhooks/{id}": store.Editor, "POST /webhooks/{id}": store.Editor,
		"POST /webhooks/{id}/delete": store.Editor, "POST /webhooks/{id}/again": store.Editor, "POST /webhooks/{id}/test": store.Editor,
		"GET /changes": store.Editor, "GET /access": store.Editor, "POST /access": store.Editor, "POST /access/change": store.Editor,
		"POST /access/ingest": store.Editor,
	}
	who := map[string]*browser{"nobody": c.browser()}
	for _, role := range roles {
		who[string(role)] = c.as(role)
	}
	for _, route := range (&Server{}).routes() {
		name := route.method + " " + route.path
		need, ok := want[name]
		if !ok || need != route.need {
			t.Errorf("%s is for %q, want %q (known: %t)", name, route.need, need, ok)
		}
		delete(want, name)
		if need == anybody || route.path == "/audit/tail" {
			continue
		}
		path := strings.NewReplacer("{$}", "", "{id}", "nothing", "{name}", "nothing").Replace(route.path)
		for person, browser := range who {
			got := browser.do(route.method, path, url.Values{})
			role := store.Role(person)
			switch {
			case person == "nobody" && route.method == http.MethodGet:
				if got.status != http.StatusSeeOther || !strings.HasPrefix(got.header.Get("Location"), "/login") {
					t.Errorf("%s: nobody gets %d, want to be sent to the login", name, got.status)
				}
			case person == "nobody":
				if got.status != http.StatusUnauthorized {
					t.Errorf("%s: nobody gets %d, want 401", name, got.status)
				}
			case !role.Allows(need):
				if got.status != http.StatusForbidden {
					t.Errorf("%s: the %s gets %d, want 403", name, person, got.status)
				}
			case got.status == http.StatusForbidden || got.status == http.StatusUnauthorized || got.status >= 500:
				t.Errorf("%s: the %s gets %d", name, person, got.status)
			}
		}
	}
	for name := range want {
		t.Errorf("there is no route %s any more", name)
	}
}

// The tail, which never ends, asks for a role as everything does.
func TestTailNeedsALogin(t *testing.T) {
	if got := newConsole(t, nil).browser().get("/audit/tail"); got.status != http.StatusSeeOther {
		t.Errorf("nobody gets %d", got.status)
	}
}

// What policies look for is for editors: a pattern may be the very secret.
func TestOnlyEditorsSeePatterns(t *testing.T) {
	c := newConsole(t, nil)
	seedData(t, c.store, c.now)
	const pattern, term = "C-[0-9]{8}", "Project Atlas\x22" // the term as it stands in the policy's text
	for _, role := range roles {
		page := c.as(role).see("/policies/support", "Customer Number", "deny_terms")
		if got := strings.Contains(page, pattern); got != (role == store.Editor) {
			t.Errorf("the %s sees the pattern: %t", role, got)
		}
		if strings.Contains(page, term) {
			t.Errorf("the %s sees a term as it stands in the text", role)
		}
	}
}

func TestChangesComeFromOurPagesOnly(t *testing.T) {
	c := newConsole(t, nil)
	form := url.Values{"name": {"x"}, "role": {"editor"}}
	for name, header := range map[string]http.Header{
		"another site":           {"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}},
		"a sibling":              {"Sec-Fetch-Site": {"same-site"}, "Origin": {"https://sibling.example"}},
		"only an origin":         {"Origin": {"https://evil.example"}},
		"an origin of nobody":    {"Origin": {"null"}},
		"neither":                {"Sec-Fetch-Site": {}, "User-Agent": {"old"}},
		"another site, no token": {"Sec-Fetch-Site": {"cross-site"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := c.as(store.Editor)
			b.t, b.header = t, header
			if got := b.post("/access", form); got.status != http.StatusForbidden {
				t.Errorf("a change from %s gets %d, want 403", name, got.status)
			}
			if _, err := c.store.User(t.Context(), "x"); err == nil {
				t.Fatal("the change was made")
			}
		})
	}
	for name, header := range map[string]http.Header{
		"our page":            {"Sec-Fetch-Site": {"same-origin"}, "Origin": {c.URL}},
		"our page, old":       {"Origin": {c.URL}},
		"typed by the viewer": {"Sec-Fetch-Site": {"none"}},
	} {
		b := c.as(store.Editor)
		b.header = header
		if got := b.post("/access", url.Values{"name": {name}, "role": {"viewer"}}); got.status != http.StatusOK {
			t.Errorf("a change from %s gets %d", name, got.status)
		}
	}
}

// Behind a proxy the console's own name is not what browsers know it by.
func TestPublicURLIsOurs(t *testing.T) {
	public, err := url.Parse("https://console.example.com")
	if err != nil {
		t.Fatal(err)
	}
	c := newConsole(t, func(o *Options) { o.PublicURL = public })
	b := c.browser()
	b.header = http.Header{"Origin": {"https://console.example.com"}}
	got := b.post("/login", url.Values{"token": {tokenOf(store.Viewer)}})
	if got.status != http.StatusSeeOther {
		t.Fatalf("a login from the public address gets %d", got.status)
	}
	cookie := got.header.Get("Set-Cookie")
	for _, want := range []string{"__Host-session=", "HttpOnly", "Secure", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("the cookie is no %s", want)
		}
	}
	if strings.Contains(cookie, "Domain") {
		t.Error("the cookie goes to other hosts")
	}
	if got.header.Get("Strict-Transport-Security") == "" {
		t.Error("browsers may come back without HTTPS")
	}
}

func TestCookieWithoutHTTPS(t *testing.T) {
	c := newConsole(t, nil)
	cookie := c.browser().post("/login", url.Values{"token": {tokenOf(store.Viewer)}}).header.Get("Set-Cookie")
	if !strings.HasPrefix(cookie, "session=") || !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") || strings.Contains(cookie, "Secure") {
		t.Errorf("the cookie has the settings %q", cookie[strings.Index(cookie, ";"):])
	}
}

func TestSessionsEnd(t *testing.T) {
	onBoth(t, func(t *testing.T, c *console) {
		for name, end := range map[string]func(*browser){
			"idle":   func(*browser) { c.now = c.now.Add(sessionIdle + time.Second) },
			"logout": func(b *browser) { b.post("/logout", nil) },
			"new token": func(*browser) {
				_ = c.store.SetToken(t.Context(), "test", "the viewer", auth.Hash(tokenOf(store.Viewer)+"x"))
			},
			"user is gone": func(*browser) { _ = c.store.DeleteUser(t.Context(), "test", "the editor") },
		} {
			t.Run(name, func(t *testing.T) {
				role := map[string]store.Role{"new token": store.Viewer, "user is gone": store.Editor}[name]
				if role == "" {
					role = store.Operator
				}
				b := c.as(role)
				b.t = t
				b.see("/")
				kept := b.client.Jar.Cookies(mustParse(t, c.URL))
				end(b)
				b.client.Jar.SetCookies(mustParse(t, c.URL), kept)
				if got := b.get("/"); got.status != http.StatusSeeOther {
					t.Errorf("the session goes on: %d", got.status)
				}
			})
		}
	})
}

func mustParse(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// However much is done in it, a session ends.
func TestSessionsEndInAnyCase(t *testing.T) {
	c := newConsole(t, nil)
	b := c.as(store.Viewer)
	for c.now = c.now.Add(time.Hour); ; c.now = c.now.Add(time.Hour) {
		got := b.get("/")
		if got.status == http.StatusSeeOther {
			break
		}
		if got.status != http.StatusOK {
			t.Fatalf("the overview answers %d", got.status)
		}
		if time.Until(c.now) > 2*sessionMost {
			t.Fatal("the session goes on")
		}
	}
	if lasted := time.Until(c.now); lasted < sessionMost-time.Hour {
		t.Errorf("the session ended after %v", lasted)
	}
}

// A new login has a new session, and the old one is over.
func TestLoginChangesTheSession(t *testing.T) {
	c := newConsole(t, nil)
	b := c.as(store.Viewer)
	before := b.client.Jar.Cookies(mustParse(t, c.URL))
	b.post("/login", url.Values{"token": {tokenOf(store.Operator)}})
	other := c.browser()
	other.client.Jar.SetCookies(mustParse(t, c.URL), before)
	if got := other.get("/"); got.status != http.StatusSeeOther {
		t.Errorf("the session before the login still works: %d", got.status)
	}
}

func TestLoginIsLimited(t *testing.T) {
	c := newConsole(t, nil)
	b := c.browser()
	for range loginFailures {
		if got := b.post("/login", url.Values{"token": {"wrong"}}); got.status != http.StatusUnauthorized {
			t.Fatalf("a wrong token gets %d", got.status)
		}
	}
	got := b.post("/login", url.Values{"token": {tokenOf(store.Viewer)}})
	if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") == "" {
		t.Errorf("one failure too many gets %d, want 429 with Retry-After", got.status)
	}
	c.now = c.now.Add(loginWindow)
	if got := b.post("/login", url.Values{"token": {tokenOf(store.Viewer)}}); got.status != http.StatusSeeOther {
		t.Errorf("after the wait, the login gets %d", got.status)
	}
	if strings.Contains(c.log.String(), "wrong\"") || strings.Contains(c.log.String(), tokenOf(store.Viewer)) {
		t.Error("a token is in the log")
	}
	c.as(store.Editor).see("/changes", "login.refused", "no such token")
}

func TestLoginGoesOnWithinTheConsole(t *testing.T) {
	c := newConsole(t, nil)
	for next, want := range map[string]string{
		"/audit?rule=x": "/audit?rule=x", "": "/", "https://evil.example/": "/", "//evil.example": "/", `/\evil.example`: "/",
		"/\t/evil.example": "/", "javascript:alert(1)": "/", "http:/evil.example": "/", "/%2F/evil.example": "/",
	} {
		got := c.browser().post("/login", url.Values{"token": {tokenOf(store.Viewer)}, "next": {next}})
		if to := got.header.Get("Location"); to != want {
			t.Errorf("after the login with next=%q people land at %q, want %q", next, to, want)
		}
	}
}

// Who is behind a proxy is who the proxy says, not who the client says.
func TestAddressBehindAProxy(t *testing.T) {
	for name, tt := range map[string]struct {
		behind bool
		said   string
		want   string
	}{
		"direct":         {false, "192.0.2.9", "192.0.2.1"},
		"behind a proxy": {true, "198.51.100.7, 192.0.2.9", "192.0.2.9"},
		"no header":      {true, "", "192.0.2.1"},
	} {
		t.Run(name, func(t *testing.T) {
			s := &Server{Options: Options{BehindProxy: tt.behind}}
			r := &http.Request{RemoteAddr: "192.0.2.1:1234", Header: http.Header{}}
			if tt.said != "" {
				r.Header.Set("X-Forwarded-For", tt.said)
			}
			if got := s.address(r); got != tt.want {
				t.Errorf("the address is %s, want %s", got, tt.want)
			}
		})
	}
}
