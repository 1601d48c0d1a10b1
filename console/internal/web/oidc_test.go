package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/console/internal/auth"
	"github.com/krakend-redact/krakend-redact/console/internal/auth/oidctest"
	"github.com/krakend-redact/krakend-redact/console/internal/store"
)

// Somebody logs in at a provider: the user is made at the first login, and has
// the role that the provider says at each.
func TestLoginByOIDC(t *testing.T) {
	onBoth(t, func(t *testing.T, c *console) {
		provider := oidctest.New(t)
		var err error
		c.server.OIDC, err = auth.NewOIDC(t.Context(), auth.OIDCOptions{
			Issuer: provider.URL, ClientID: "console", Redirect: c.URL + "/login/callback", RoleClaim: "realm_access.roles",
		})
		if err != nil {
			t.Fatal(err)
		}
		b := c.browser()
		b.see("/login", "Log in with your organisation")
		begin := func() string {
			t.Helper()
			got := b.get("/login/oidc")
			if got.status != http.StatusSeeOther || !strings.HasPrefix(got.header.Get("Location"), provider.URL+"/authorize?") {
				t.Fatalf("the login leads to %q", got.header.Get("Location"))
			}
			return provider.Begin(t, got.header.Get("Location"))
		}
		back := func(state string) reply {
			t.Helper()
			return b.get("/login/callback?code=good&state=" + url.QueryEscape(state))
		}

		state := begin()
		if got := back(state); got.status != http.StatusSeeOther || got.header.Get("Location") != "/" {
			t.Fatalf("the way back gets %d", got.status)
		}
		b.see("/", "Ada", "operator")
		if got := back(state); got.status != http.StatusUnauthorized {
			t.Errorf("the way back works twice: %d", got.status)
		}
		state = begin()
		provider.Claims["realm_access"] = map[string]any{"roles": "editor"}
		back(state)
		b.see("/access", "OpenID Connect")

		// Another person of the same name is another user.
		state = begin()
		provider.Claims["sub"], provider.Claims["name"] = "43", "the editor"
		back(state)
		b.see("/", "the editor (", "operator")
		if user, err := c.store.User(t.Context(), "the editor"); err != nil || user.Role != store.Editor || user.Subject != "" {
			t.Errorf("the user of that name is now %+v, %v", user, err)
		}

		// Nobody takes a name that stands for no person, or that nobody can read.
		for i, name := range []string{"system", "a\x00b", strings.Repeat("ö", 300), " x"} {
			state = begin()
			provider.Claims["sub"], provider.Claims["name"] = "odd-"+strconv.Itoa(i), name
			if got := back(state); got.status != http.StatusSeeOther {
				t.Errorf("somebody called %q gets %d", name, got.status)
			}
		}
		users, err := c.store.Users(t.Context())
		if err != nil || len(users) != len(roles)+6 {
			t.Errorf("there are %d users, %v", len(users), err)
		}
		for _, user := range users {
			if !userName(user.Name) {
				t.Errorf("a user is called %q", user.Name)
			}
		}

		// Who did not begin here, or has no role, does not get in.
		other := c.browser()
		other.t = t
		if got := other.get("/login/callback?code=good&state=" + url.QueryEscape(begin())); got.status != http.StatusUnauthorized {
			t.Errorf("a login that another browser began gets %d", got.status)
		}
		state = begin()
		delete(provider.Claims, "realm_access")
		b.post("/logout", nil)
		if got := back(state); got.status != http.StatusUnauthorized || !strings.Contains(got.text, "gave no role") {
			t.Errorf("somebody without a role gets %d", got.status)
		}
		if got := b.get("/"); got.status != http.StatusSeeOther {
			t.Errorf("and then sees the overview: %d", got.status)
		}
	})
}

func TestNoOIDC(t *testing.T) {
	b := newConsole(t, nil).browser()
	for _, path := range []string{"/login/oidc", "/login/callback?code=x&state=y"} {
		if got := b.get(path); got.status != http.StatusNotFound {
			t.Errorf("%s answers %d", path, got.status)
		}
	}
}
