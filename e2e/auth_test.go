package e2e

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// issuer is an identity provider: it has one key and signs what it is told.
type issuer struct {
	key *rsa.PrivateKey
	kid string
}

func newIssuer(t *testing.T, kid string) issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return issuer{key, kid}
}

func encodeSegment(v any) string {
	raw, ok := v.([]byte)
	if !ok {
		raw, _ = json.Marshal(v)
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// jwks is the public half as a JWK set (RFC 7517).
func (i issuer) jwks() []byte {
	set, _ := json.Marshal(obj{"keys": list{i.jwk()}})
	return set
}

func (i issuer) jwk() obj {
	return obj{
		"kty": "RSA", "use": "sig", "alg": "RS256", "kid": i.kid,
		"n": encodeSegment(i.key.N.Bytes()), "e": encodeSegment(big.NewInt(int64(i.key.E)).Bytes()),
	}
}

// claims are those of a token that is let in; a nil value takes one away.
func claims(more obj) obj {
	c := obj{
		"iss": "https://id.example.com", "aud": "ai-gateway", "sub": "u-4711", "roles": list{"llm-user"},
		"exp": time.Now().Add(time.Hour).Unix(), "iat": time.Now().Unix(),
	}
	maps.Copy(c, more)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	return c
}

// sign returns a token (RFC 7519) signed with RS256.
func (i issuer) sign(t *testing.T, c obj) string {
	t.Helper()
	return i.signAs(t, obj{"alg": "RS256", "typ": "JWT", "kid": i.kid}, c)
}

// signAs is sign with a header of one's own, whatever it says of the signature.
func (i issuer) signAs(t *testing.T, header, c obj) string {
	t.Helper()
	text := encodeSegment(header) + "." + encodeSegment(c)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, i.key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + encodeSegment(signature)
}

// unsigned is a token that says it needs no signature.
func (i issuer) unsigned(c obj) string {
	return encodeSegment(obj{"alg": "none", "typ": "JWT", "kid": i.kid}) + "." + encodeSegment(c) + "."
}

// hmacWithPublicKey signs with what everybody knows, which a validator accepts
// that believes the token's own alg.
func (i issuer) hmacWithPublicKey(c obj) string {
	text := encodeSegment(obj{"alg": "HS256", "typ": "JWT", "kid": i.kid}) + "." + encodeSegment(c)
	mac := hmac.New(sha256.New, i.jwks())
	mac.Write([]byte(text))
	return text + "." + encodeSegment(mac.Sum(nil))
}

// authGateway is the scenario with this issuer's keys, by URL or by file.
func authGateway(t *testing.T, id issuer, byFile bool, llm *remote) *shipped {
	t.Helper()
	env := map[string]string{"LLM_HOST": llm.url, "JWT_ISSUER": "https://id.example.com"}
	if byFile {
		env["JWK_FILE"] = filepath.Join(t.TempDir(), "jwks.json")
		if err := os.WriteFile(env["JWK_FILE"], id.jwks(), 0o600); err != nil {
			t.Fatal(err)
		}
	} else {
		env["JWK_URL"] = answering(t, http.StatusOK, string(id.jwks())).url + "/.well-known/jwks.json"
	}
	return &shipped{file: "scenarios/isolated-auth.json", env: env}
}

func TestIsolatedAuthentication(t *testing.T) {
	t.Parallel()
	id, stranger := newIssuer(t, "k1"), newIssuer(t, "k1")
	unknown := newIssuer(t, "k2")
	theirs := answering(t, http.StatusOK, string(stranger.jwks()))
	good := id.sign(t, claims(nil))
	parts := strings.Split(good, ".")
	for _, byFile := range []bool{false, true} {
		t.Run(map[bool]string{false: "JWK by URL", true: "JWK by file"}[byFile], func(t *testing.T) {
			t.Parallel()
			llm := provider(t, providerKeys["LLM_API_KEY"])
			s := authGateway(t, id, byFile, llm).start(t)
			for _, c := range []struct {
				name   string
				token  string
				status int
			}{
				{"no token", "", http.StatusUnauthorized},
				{"no token but text", "Bearer sesame", http.StatusUnauthorized},
				{"the provider's own key", "Bearer " + providerKeys["LLM_API_KEY"], http.StatusUnauthorized},
				{"wrong audience", "Bearer " + id.sign(t, claims(obj{"aud": "another-gateway"})), http.StatusUnauthorized},
				{"no audience", "Bearer " + id.sign(t, claims(obj{"aud": nil})), http.StatusUnauthorized},
				{"wrong issuer", "Bearer " + id.sign(t, claims(obj{"iss": "https://evil.example.com"})), http.StatusUnauthorized},
				{"no issuer", "Bearer " + id.sign(t, claims(obj{"iss": nil})), http.StatusUnauthorized},
				{"expired", "Bearer " + id.sign(t, claims(obj{"exp": time.Now().Add(-time.Hour).Unix()})), http.StatusUnauthorized},
				{"not yet valid", "Bearer " + id.sign(t, claims(obj{"nbf": time.Now().Add(time.Hour).Unix()})), http.StatusUnauthorized},
				{"alg none", "Bearer " + id.unsigned(claims(nil)), http.StatusUnauthorized},
				{"HMAC with the public key", "Bearer " + id.hmacWithPublicKey(claims(nil)), http.StatusUnauthorized},
				{"another key of the same name", "Bearer " + stranger.sign(t, claims(nil)), http.StatusUnauthorized},
				{"an unknown key", "Bearer " + unknown.sign(t, claims(nil)), http.StatusUnauthorized},
				{"a key that the token brings along", "Bearer " + stranger.signAs(t, obj{"alg": "RS256", "kid": "k1", "jwk": stranger.jwk()}, claims(nil)), http.StatusUnauthorized},
				{"keys from where the token says", "Bearer " + stranger.signAs(t, obj{"alg": "RS256", "kid": "k1", "jku": theirs.url, "x5u": theirs.url}, claims(nil)), http.StatusUnauthorized},
				{"a key's name that is a path", "Bearer " + id.signAs(t, obj{"alg": "RS256", "kid": "../k1"}, claims(nil)), http.StatusUnauthorized},
				{"no name of a key", "Bearer " + id.signAs(t, obj{"alg": "RS256"}, claims(nil)), http.StatusUnauthorized},
				{"another alg with the right key", "Bearer " + id.signAs(t, obj{"alg": "RS512", "kid": "k1"}, claims(nil)), http.StatusUnauthorized},
				{"a subject that is no text", "Bearer " + id.sign(t, claims(obj{"sub": obj{"a": 1}})), http.StatusUnauthorized},
				{"claims changed", "Bearer " + parts[0] + "." + encodeSegment(claims(obj{"sub": "root"})) + "." + parts[2], http.StatusUnauthorized},
				{"no subject", "Bearer " + id.sign(t, claims(obj{"sub": nil})), http.StatusUnauthorized},
				{"an empty subject", "Bearer " + id.sign(t, claims(obj{"sub": ""})), http.StatusUnauthorized},
				{"missing role", "Bearer " + id.sign(t, claims(obj{"roles": list{"reader"}})), http.StatusForbidden},
				{"no roles", "Bearer " + id.sign(t, claims(obj{"roles": nil})), http.StatusForbidden},
			} {
				got := s.ask(t, http.MethodPost, "/v1/chat/completions", chatRequest, "Authorization", c.token, "X-User", "root")
				if got.status != c.status {
					t.Errorf("%s: got %d, want %d", c.name, got.status, c.status)
				}
				if found := leak(got.wire(), []string{providerKeys["LLM_API_KEY"], email}); found != "" {
					t.Errorf("%s: the user got %s", c.name, found)
				}
			}
			llm.nothing(t)
			theirs.nothing(t)

			for name, header := range map[string][]string{
				"as it should be":        {"Authorization", "Bearer " + good},
				"with keys of one's own": {"Authorization", "Bearer " + good, "X-Api-Key", "sk-mine", "Cookie", "session=mine", "X-User", "root"},
				"as a cookie":            {"Cookie", "access_token=" + good},
			} {
				got := s.ask(t, http.MethodPost, "/v1/chat/completions", chatRequest, header...)
				if got.status != http.StatusOK || !strings.Contains(string(got.body), email) {
					t.Errorf("%s: the user got %s", name, got.wire())
				}
				if found := leak(got.wire(), []string{providerKeys["LLM_API_KEY"]}); found != "" {
					t.Errorf("%s: the user got %s", name, found)
				}
				arrived := llm.only(t)
				checkIsolated(t, name, arrived)
				if found := leak(arrived.wire(), []string{good, parts[2], email, "sk-mine", "session=mine", "u-4711"}); found != "" {
					t.Errorf("%s: the LLM received %s", name, found)
				}
			}
			if text := s.log.String(); !strings.Contains(text, "[USER] u-4711 calls /v1/chat/completions") || strings.Contains(text, "[USER] root") {
				t.Error("the log does not say who asked")
			}
			s.hides(t, providerKeys["LLM_API_KEY"], good, parts[2], email)
		})
	}
}

// checkIsolated: the LLM gets the gateway's key and nothing that tells who asks.
func checkIsolated(t *testing.T, name string, arrived received) {
	t.Helper()
	if got := arrived.header["Authorization"]; len(got) != 1 || got[0] != "Bearer "+providerKeys["LLM_API_KEY"] {
		t.Errorf("%s: the LLM got Authorization %q", name, got)
	}
	for _, header := range []string{"Cookie", "Proxy-Authorization", "X-Api-Key", "Api-Key", "X-Goog-Api-Key", "X-User", "Forwarded", "X-Real-Ip", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Via"} {
		if got := arrived.header[header]; got != nil {
			t.Errorf("%s: the LLM got %s %q", name, header, got)
		}
	}
}

// TestKeyIsInjectedWhateverTheClientSends: also in a gateway that was told to
// forward every header.
func TestKeyIsInjectedWhateverTheClientSends(t *testing.T) {
	t.Parallel()
	id := newIssuer(t, "k1")
	good := id.sign(t, claims(nil))
	llm := provider(t, providerKeys["LLM_API_KEY"])
	s := authGateway(t, id, true, llm)
	s.change = func(config string) string {
		return strings.Replace(config, `["Content-Type", "Accept", "Content-Encoding", "X-User"]`, `["*"]`, 1)
	}
	s.start(t)
	got := s.ask(t, http.MethodPost, "/v1/chat/completions", chatRequest,
		"Authorization", "Bearer "+good, "X-Api-Key", "sk-mine", "X-User", "root", "Cookie", "session=mine",
		"Proxy-Authorization", "Bearer sk-mine", "Api-Key", "sk-mine", "X-Goog-Api-Key", "sk-mine", "Forwarded", "for=192.0.2.7", "X-Real-Ip", "192.0.2.7")
	if got.status != http.StatusOK {
		t.Errorf("the user got %s", got.wire())
	}
	arrived := llm.only(t)
	checkIsolated(t, "all headers forwarded", arrived)
	if found := leak(arrived.wire(), []string{good, "sk-mine", "session=mine", "u-4711"}); found != "" {
		t.Errorf("the LLM received %s", found)
	}
	s.hides(t, providerKeys["LLM_API_KEY"], good)
}

// TestKeyStaysBehindWhenTheLLMFails: the answers of a provider that refuses, that
// quotes the key as some do, and that is gone.
func TestKeyStaysBehindWhenTheLLMFails(t *testing.T) {
	t.Parallel()
	id := newIssuer(t, "k1")
	key, token := providerKeys["LLM_API_KEY"], "Bearer "+id.sign(t, claims(nil))
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	gone := &remote{url: fmt.Sprintf("http://127.0.0.1:%d", port)}
	for _, c := range []struct {
		name   string
		llm    *remote
		status int
	}{
		{"it refuses the key", provider(t, "another key"), http.StatusUnauthorized},
		{"it quotes the key", answering(t, http.StatusUnauthorized, `{"error":{"message":"Incorrect API key provided: `+key+`."}}`), http.StatusUnauthorized},
		{"it is gone", gone, http.StatusInternalServerError},
		{"it fails", answering(t, http.StatusInternalServerError, `{"error":"no"}`), http.StatusInternalServerError},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := authGateway(t, id, true, c.llm).start(t)
			got := s.ask(t, http.MethodPost, "/v1/chat/completions", chatRequest, "Authorization", token)
			if got.status != c.status {
				t.Errorf("the user got %s", got.wire())
			}
			if found := leak(got.wire(), []string{key}); found != "" {
				t.Errorf("the user got %s", found)
			}
			s.hides(t, key, token, email)
		})
	}
}
