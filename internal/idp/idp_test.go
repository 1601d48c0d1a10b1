package idp_test

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/idp"
)

const now = 1_800_000_000

func newServer(t *testing.T) *httptest.Server {
	t.Helper()
	s, err := idp.New(idp.Options{Issuer: "https://issuer.example", Now: func() time.Time { return time.Unix(now, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return server
}

func post(t *testing.T, url, body string) (int, []byte) {
	t.Helper()
	resp, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, raw
}

func unbase64(t *testing.T, s string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// verify checks the token with nothing but the published key.
func verify(t *testing.T, url, token string) idp.Claims {
	t.Helper()
	resp, err := http.Get(url + idp.KeysPath)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var set struct{ Keys []map[string]string }
	if err := json.NewDecoder(resp.Body).Decode(&set); err != nil || len(set.Keys) != 1 {
		t.Fatalf("keys %v, error %v", set, err)
	}
	jwk := set.Keys[0]
	if jwk["kty"] != "RSA" || jwk["alg"] != "RS256" || jwk["use"] != "sig" || len(jwk) != 6 {
		t.Errorf("JWK %v", jwk)
	}

	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("token has %d parts", len(parts))
	}
	var header map[string]string
	if err := json.Unmarshal(unbase64(t, parts[0]), &header); err != nil {
		t.Fatal(err)
	}
	if want := map[string]string{"alg": "RS256", "typ": "JWT", "kid": jwk["kid"]}; !reflect.DeepEqual(header, want) {
		t.Errorf("header %v, want %v", header, want)
	}
	key := rsa.PublicKey{
		N: new(big.Int).SetBytes(unbase64(t, jwk["n"])),
		E: int(new(big.Int).SetBytes(unbase64(t, jwk["e"])).Int64()),
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPKCS1v15(&key, crypto.SHA256, digest[:], unbase64(t, parts[2])); err != nil {
		t.Error(err)
	}
	var claims idp.Claims
	decoder := json.NewDecoder(bytes.NewReader(unbase64(t, parts[1])))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

func TestTokens(t *testing.T) {
	server := newServer(t)
	usual := idp.Claims{
		Issuer: "https://issuer.example", Subject: "demo-user", Audience: []string{"ai-gateway"},
		Roles: []string{"llm-user"}, Issued: now, Expires: now + 300,
	}
	for _, tc := range []struct {
		name, body string
		change     func(*idp.Claims)
	}{
		{"defaults", "", nil},
		{"defaults of an object", "{}", nil},
		{"everything", `{"sub": "eve", "audience": ["a", "b"], "issuer": "https://other", "roles": ["x"], "expires_in": 60}`, func(c *idp.Claims) {
			c.Subject, c.Audience, c.Issuer, c.Roles, c.Expires = "eve", []string{"a", "b"}, "https://other", []string{"x"}, now+60
		}},
		{"no roles", `{"roles": []}`, func(c *idp.Claims) { c.Roles = []string{} }},
		{"expired", `{"expires_in": -60}`, func(c *idp.Claims) { c.Expires = now - 60 }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			status, raw := post(t, server.URL+idp.TokenPath, tc.body)
			var answer idp.TokenResponse
			if err := json.Unmarshal(raw, &answer); err != nil || status != http.StatusOK {
				t.Fatalf("status %d, %s", status, raw)
			}
			want := usual
			if tc.change != nil {
				tc.change(&want)
			}
			if got := verify(t, server.URL, answer.AccessToken); !reflect.DeepEqual(got, want) {
				t.Errorf("claims %+v, want %+v", got, want)
			}
			if answer.TokenType != "Bearer" || int64(answer.ExpiresIn) != want.Expires-want.Issued {
				t.Errorf("answer %+v", answer)
			}
		})
	}
}

// What a TokenRequest leaves out is not the same as what it leaves empty.
func TestTokenRequest(t *testing.T) {
	for want, ask := range map[string]idp.TokenRequest{
		`{}`: {},
		`{"audience":[],"roles":[],"expires_in":-1}`: {Audience: []string{}, Roles: []string{}, ExpiresIn: -1},
	} {
		got, err := json.Marshal(ask)
		if err != nil || string(got) != want {
			t.Errorf("%s, %v; want %s", got, err, want)
		}
	}
}

func TestRefuses(t *testing.T) {
	server := newServer(t)
	for name, body := range map[string]string{
		"unknown field": `{"role": "llm-user"}`,
		"wrong type":    `{"roles": "llm-user"}`,
		"no JSON":       `sub=eve`,
		"too large":     `{"sub": "` + strings.Repeat("x", 64<<10) + `"}`,
	} {
		if status, raw := post(t, server.URL+idp.TokenPath, body); status != http.StatusBadRequest || !bytes.Contains(raw, []byte("invalid_request")) {
			t.Errorf("%s: status %d, %s", name, status, raw)
		}
	}
	if status, _ := post(t, server.URL+"/tokens", "{}"); status != http.StatusNotFound {
		t.Errorf("unknown path: status %d", status)
	}
}

func TestKeysDiffer(t *testing.T) {
	a, err := idp.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	b, err := idp.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	if a.ID == b.ID || len(a.ID) != 43 {
		t.Errorf("ids %q and %q", a.ID, b.ID)
	}
}
