// Package idp is an identity provider for demonstrations and tests: it publishes
// its keys as a JWK set and gives everybody whatever token they ask for.
//
// It knows no users, no passwords and no clients, and its key lives as long as
// the process. What trusts it trusts whoever can reach it: run it only where
// nobody else can.
package idp

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"net/http"
	"time"
)

const (
	// DefaultAddr is where cmd/idp listens unless told otherwise.
	DefaultAddr = "127.0.0.1:8082"

	// KeysPath is where the JWK set is, TokenPath where tokens are minted.
	KeysPath  = "/.well-known/jwks.json"
	TokenPath = "/token"

	// DefaultAudience is who tokens are for unless a request names somebody.
	DefaultAudience = "ai-gateway"

	// DefaultRole is what tokens allow unless a request says otherwise.
	DefaultRole = "llm-user"

	defaultLifetime = 5 * time.Minute
	keyBits         = 2048
	maxRequestBytes = 64 << 10
)

// Claims are what a token says. The names are those of RFC 7519, and "roles".
type Claims struct {
	Issuer   string   `json:"iss"`
	Subject  string   `json:"sub"`
	Audience []string `json:"aud"`
	Roles    []string `json:"roles"`
	Issued   int64    `json:"iat"` // seconds since 1970, as Expires
	Expires  int64    `json:"exp"`
}

// Key is a signing key with the id that tokens name it by.
type Key struct {
	ID      string
	private *rsa.PrivateKey
}

// NewKey makes a key; its id is its thumbprint (RFC 7638).
func NewKey() (*Key, error) {
	private, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, err
	}
	e, n := numbers(&private.PublicKey)
	thumbprint := sha256.Sum256([]byte(`{"e":"` + e + `","kty":"RSA","n":"` + n + `"}`))
	return &Key{ID: base64url(thumbprint[:]), private: private}, nil
}

// Sign returns the claims as a token: RS256, with the key's id in its header.
func (k *Key) Sign(claims Claims) (string, error) {
	header, err := json.Marshal(map[string]string{"alg": "RS256", "typ": "JWT", "kid": k.ID})
	if err != nil {
		return "", err
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	signed := base64url(header) + "." + base64url(payload)
	digest := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, k.private, crypto.SHA256, digest[:])
	if err != nil {
		return "", err
	}
	return signed + "." + base64url(signature), nil
}

// jwk is the public half, as RFC 7517 has it.
func (k *Key) jwk() map[string]string {
	e, n := numbers(&k.private.PublicKey)
	return map[string]string{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": k.ID, "n": n, "e": e}
}

func numbers(public *rsa.PublicKey) (e, n string) {
	return base64url(big.NewInt(int64(public.E)).Bytes()), base64url(public.N.Bytes())
}

func base64url(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// Options are the settings of a provider. The zero value is ready to use.
type Options struct {
	// Issuer is what tokens name as their issuer unless a request says
	// otherwise; "http://" and DefaultAddr if empty.
	Issuer string
	// Now tells the time; time.Now if nil.
	Now func() time.Time
}

// Server is the provider. It is safe for concurrent use.
type Server struct {
	issuer string
	now    func() time.Time
	key    *Key
	mux    *http.ServeMux
}

// New returns a provider with a key of its own.
func New(o Options) (*Server, error) {
	key, err := NewKey()
	if err != nil {
		return nil, err
	}
	s := &Server{issuer: o.Issuer, now: o.Now, key: key, mux: http.NewServeMux()}
	if s.issuer == "" {
		s.issuer = "http://" + DefaultAddr
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	s.mux.HandleFunc("GET "+KeysPath, func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]any{"keys": []any{s.key.jwk()}})
	})
	s.mux.HandleFunc("POST "+TokenPath, s.token)
	return s, nil
}

// ServeHTTP answers with keys and tokens.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// TokenRequest says what a token is to contain. What is left out gets the
// value of a good token; an empty list stays empty.
type TokenRequest struct {
	Subject  string   `json:"sub,omitempty"`
	Audience []string `json:"audience,omitzero"`
	Issuer   string   `json:"issuer,omitempty"`
	Roles    []string `json:"roles,omitzero"`
	// ExpiresIn is in seconds from now; a negative one makes an expired token.
	ExpiresIn int `json:"expires_in,omitempty"`
}

// TokenResponse is the answer, with the names of RFC 6749.
type TokenResponse struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int    `json:"expires_in"`
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	ask := TokenRequest{
		Subject: "demo-user", Audience: []string{DefaultAudience}, Issuer: s.issuer,
		Roles: []string{DefaultRole}, ExpiresIn: int(defaultLifetime.Seconds()),
	}
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequestBytes))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&ask); err != nil && !errors.Is(err, io.EOF) { // no body: a good token
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": "invalid_request", "error_description": err.Error()})
		return
	}
	now := s.now()
	token, err := s.key.Sign(Claims{
		Issuer: ask.Issuer, Subject: ask.Subject, Audience: ask.Audience, Roles: ask.Roles,
		Issued: now.Unix(), Expires: now.Add(time.Duration(ask.ExpiresIn) * time.Second).Unix(),
	})
	if err != nil {
		http.Error(w, "cannot sign", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, TokenResponse{AccessToken: token, TokenType: "Bearer", ExpiresIn: ask.ExpiresIn})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a caller that left needs no answer
}
