package auth

import (
	"errors"
	"testing"
	"time"

	"github.com/krakend-redact/krakend-redact/console/internal/auth/oidctest"
	"github.com/krakend-redact/krakend-redact/console/internal/store"
)

func TestOIDC(t *testing.T) {
	p := oidctest.New(t)
	o, err := NewOIDC(t.Context(), OIDCOptions{
		Issuer: p.URL, ClientID: "console", ClientSecret: "s", Redirect: "http://console/login/callback", RoleClaim: "realm_access.roles",
	})
	if err != nil {
		t.Fatal(err)
	}

	flow, address := o.Begin()
	p.Begin(t, address)
	identity, err := o.End(t.Context(), flow, flow.State, "good")
	if want := (Identity{Issuer: p.URL, Subject: "42", Name: "Ada", Role: store.Operator}); err != nil || identity != want {
		t.Fatalf("logged in %+v, %v, want %+v", identity, err, want)
	}

	tests := map[string]struct {
		change func(*oidctest.Provider, *Flow)
		state  string
		code   string
		want   error
	}{
		"another state":    {state: "x", code: "good", want: ErrFlow},
		"no flow":          {change: func(_ *oidctest.Provider, f *Flow) { *f = Flow{} }, code: "good", want: ErrFlow},
		"no code":          {want: ErrRefused},
		"bad code":         {code: "bad", want: ErrRefused},
		"another verifier": {change: func(_ *oidctest.Provider, f *Flow) { f.Verifier = "x" }, code: "good", want: ErrRefused},
		"another nonce":    {change: func(p *oidctest.Provider, _ *Flow) { p.Claims["nonce"] = "x" }, code: "good", want: ErrToken},
		"no nonce":         {change: func(p *oidctest.Provider, _ *Flow) { delete(p.Claims, "nonce") }, code: "good", want: ErrToken},
		"another audience": {change: func(p *oidctest.Provider, _ *Flow) { p.Claims["aud"] = "x" }, code: "good", want: ErrToken},
		"another issuer":   {change: func(p *oidctest.Provider, _ *Flow) { p.Claims["iss"] = "http://x" }, code: "good", want: ErrToken},
		"expired":          {change: func(p *oidctest.Provider, _ *Flow) { p.Claims["exp"] = time.Now().Add(-time.Hour).Unix() }, code: "good", want: ErrToken},
		"no role":          {change: func(p *oidctest.Provider, _ *Flow) { delete(p.Claims, "realm_access") }, code: "good", want: ErrNoRole},
		"unknown role":     {change: func(p *oidctest.Provider, _ *Flow) { p.Claims["realm_access"] = map[string]any{"roles": "admin"} }, code: "good", want: ErrNoRole},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			flow, address := o.Begin()
			state := p.Begin(t, address)
			if tt.state != "" {
				state = tt.state
			}
			if tt.change != nil {
				tt.change(p, &flow)
			}
			if identity, err := o.End(t.Context(), flow, state, tt.code); !errors.Is(err, tt.want) || identity != (Identity{}) {
				t.Errorf("got %+v, %v, want %v", identity, err, tt.want)
			}
		})
	}
}
