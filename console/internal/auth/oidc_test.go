package auth

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/krakend-redact/krakend-redact/console/internal/store"
)

// provider is an OpenID Connect provider for one login. It checks PKCE as a
// real one does.
type provider struct {
	*httptest.Server
	key       *rsa.PrivateKey
	claims    map[string]any
	challenge string
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{key: key}
	mux := http.NewServeMux()
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{
			"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token",
			"jwks_uri": p.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"},
		})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: "1", Algorithm: "RS256", Use: "sig"}}})
	})
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		if r.FormValue("code") != "good" || base64.RawURLEncoding.EncodeToString(sum[:]) != p.challenge {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		answer(w, map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": p.sign(t)})
	})
	return p
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func (p *provider) sign(t *testing.T) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: p.key, KeyID: "1"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(p.claims)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(text)
	if err != nil {
		t.Fatal(err)
	}
	compact, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return compact
}

// begin starts a login and sets up the provider to answer it.
func (p *provider) begin(t *testing.T, o *OIDC) Flow {
	t.Helper()
	flow, address := o.Begin()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	if query.Get("code_challenge_method") != "S256" || query.Get("state") != flow.State || query.Get("nonce") != flow.Nonce {
		t.Fatalf("the login begins without PKCE, state or nonce: %s", address)
	}
	p.challenge = query.Get("code_challenge")
	p.claims = map[string]any{
		"iss": p.URL, "aud": "console", "sub": "42", "name": "Ada", "nonce": flow.Nonce,
		"iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix(),
		"realm_access": map[string]any{"roles": []string{"other", "viewer", "redact-operator"}},
	}
	return flow
}

func TestOIDC(t *testing.T) {
	p := newProvider(t)
	o, err := NewOIDC(t.Context(), OIDCOptions{
		Issuer: p.URL, ClientID: "console", ClientSecret: "s", Redirect: "http://console/login/callback", RoleClaim: "realm_access.roles",
	})
	if err != nil {
		t.Fatal(err)
	}

	flow := p.begin(t, o)
	identity, err := o.End(t.Context(), flow, flow.State, "good")
	if want := (Identity{Issuer: p.URL, Subject: "42", Name: "Ada", Role: store.Operator}); err != nil || identity != want {
		t.Fatalf("logged in %+v, %v, want %+v", identity, err, want)
	}

	tests := map[string]struct {
		change func(*provider, *Flow)
		state  string
		code   string
		want   error
	}{
		"another state":    {state: "x", code: "good", want: ErrFlow},
		"no flow":          {change: func(_ *provider, f *Flow) { *f = Flow{} }, code: "good", want: ErrFlow},
		"no code":          {want: ErrRefused},
		"bad code":         {code: "bad", want: ErrRefused},
		"another verifier": {change: func(_ *provider, f *Flow) { f.Verifier = "x" }, code: "good", want: ErrRefused},
		"another nonce":    {change: func(p *provider, _ *Flow) { p.claims["nonce"] = "x" }, code: "good", want: ErrToken},
		"no nonce":         {change: func(p *provider, _ *Flow) { delete(p.claims, "nonce") }, code: "good", want: ErrToken},
		"another audience": {change: func(p *provider, _ *Flow) { p.claims["aud"] = "x" }, code: "good", want: ErrToken},
		"another issuer":   {change: func(p *provider, _ *Flow) { p.claims["iss"] = "http://x" }, code: "good", want: ErrToken},
		"expired":          {change: func(p *provider, _ *Flow) { p.claims["exp"] = time.Now().Add(-time.Hour).Unix() }, code: "good", want: ErrToken},
		"no role":          {change: func(p *provider, _ *Flow) { delete(p.claims, "realm_access") }, code: "good", want: ErrNoRole},
		"unknown role":     {change: func(p *provider, _ *Flow) { p.claims["realm_access"] = map[string]any{"roles": "admin"} }, code: "good", want: ErrNoRole},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			flow := p.begin(t, o)
			state := flow.State
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
