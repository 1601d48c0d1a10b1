package main

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/idp"
	"github.com/krakend-redact/krakend-redact/internal/mockllm"
)

// site is what stands in docker-compose.yml, with a gateway that makes one mistake.
func site(t *testing.T, mistake string) running {
	t.Helper()
	serve := func(h http.Handler) string {
		s := httptest.NewServer(h)
		t.Cleanup(s.Close)
		return s.URL
	}
	provider, err := idp.New(idp.Options{Issuer: "http://issuer"})
	if err != nil {
		t.Fatal(err)
	}
	r := running{llm: serve(mockllm.New(mockllm.Options{})), idp: serve(provider)}
	var mask, restore []string
	for i, s := range secrets {
		p := fmt.Sprintf("[REDACTED_X_%d]", i)
		mask, restore = append(mask, s, p), append(restore, p, s)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /__health", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("POST "+chatPath, func(w http.ResponseWriter, req *http.Request) {
		token := strings.TrimPrefix(req.Header.Get("Authorization"), "Bearer ")
		if status := judge(t, r.idp, token, mistake); status != http.StatusOK {
			w.WriteHeader(status)
			if mistake != "asks the LLM all the same" {
				return
			}
		}
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return
		}
		out, err := http.NewRequest("POST", r.llm+chatPath, strings.NewReader(strings.NewReplacer(mask...).Replace(string(body))))
		if err != nil {
			return
		}
		out.Header.Set("Authorization", "Bearer "+mockllm.DefaultKey)
		if mistake == "the LLM saw the user's token" {
			out.Header.Set("X-Token", token)
		}
		resp, err := http.DefaultClient.Do(out)
		if err != nil {
			return
		}
		defer resp.Body.Close()
		answer, err := io.ReadAll(resp.Body)
		if err != nil {
			return
		}
		if mistake == "the user saw the LLM's key" {
			w.Header().Set("X-Key", mockllm.DefaultKey)
		}
		_, _ = io.WriteString(w, strings.NewReplacer(restore...).Replace(string(answer)))
	})
	r.gateway = serve(mux)
	return r
}

// judge is a validator of tokens that overlooks one thing.
func judge(t *testing.T, provider, token, overlooked string) int {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		if overlooked == "no token" {
			return http.StatusOK
		}
		return http.StatusUnauthorized
	}
	read := func(part string, into any) {
		raw, err := base64.RawURLEncoding.DecodeString(part)
		if err == nil {
			err = json.Unmarshal(raw, into)
		}
		if err != nil {
			t.Error(err)
		}
	}
	var header map[string]string
	var claims idp.Claims
	read(parts[0], &header)
	read(parts[1], &claims)
	if header["alg"] == "none" {
		if overlooked == "a token that nobody signed (alg none)" {
			return http.StatusOK
		}
		return http.StatusUnauthorized
	}
	bad := func(what string, is bool) bool { return is && what != overlooked }
	switch {
	case bad("a token for another audience", !slices.Contains(claims.Audience, idp.DefaultAudience)),
		bad("a token of another issuer", claims.Issuer != "http://issuer"),
		bad("an expired token", claims.Expires < time.Now().Unix()),
		bad("a token signed with another key", !signed(t, provider, header["kid"], parts)):
		return http.StatusUnauthorized
	case bad("a token without the role llm-user", !slices.Contains(claims.Roles, idp.DefaultRole)):
		return http.StatusForbidden
	}
	return http.StatusOK
}

func signed(t *testing.T, provider, id string, parts []string) bool {
	raw, err := ask(t.Context(), http.MethodGet, provider+idp.KeysPath, nil, http.StatusOK)
	if err != nil {
		t.Error(err)
		return false
	}
	var set struct{ Keys []struct{ Kid, N string } }
	if err := json.Unmarshal(raw, &set); err != nil || len(set.Keys) != 1 || set.Keys[0].Kid != id {
		t.Errorf("key %s is not in %s", id, raw)
		return false
	}
	n, err := base64.RawURLEncoding.DecodeString(set.Keys[0].N)
	if err != nil {
		t.Error(err)
		return false
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		t.Error(err)
		return false
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	return rsa.VerifyPKCS1v15(&rsa.PublicKey{N: new(big.Int).SetBytes(n), E: 65537}, crypto.SHA256, digest[:], signature) == nil
}

func (r running) args() []string {
	return []string{"-gateway", r.gateway, "-llm", r.llm, "-idp", r.idp}
}

func TestRunningGateway(t *testing.T) {
	tr := newTrial(t, "")
	if status := tr.d.run(t.Context(), site(t, "").args()); status != 0 {
		t.Fatalf("exit status %d: %s%s", status, &tr.out, &tr.err)
	}
	out := tr.out.String()
	for _, want := range []string{
		"Authorization: Bearer eyJ", "a token, no API key", "Bearer sk-mock", "[REDACTED_X_3]", "the user got all of them back",
		"an expired token                         401 Unauthorized", "403 Forbidden", "none of them reached the LLM",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
}

func TestRunningGatewayMakesAMistake(t *testing.T) {
	mistakes := []string{"the LLM saw the user's token", "the user saw the LLM's key", "asks the LLM all the same"}
	for _, s := range strangers {
		mistakes = append(mistakes, s.who)
	}
	for _, mistake := range mistakes {
		t.Run(mistake, func(t *testing.T) {
			tr := newTrial(t, "")
			status := tr.d.run(t.Context(), site(t, mistake).args())
			out := tr.out.String()
			_, alarm, _ := strings.Cut(out, "NOT AS IT SHOULD BE")
			want := mistake
			if mistake == "asks the LLM all the same" {
				want = "no token: the request reached the LLM"
			}
			if status != 1 || !strings.Contains(alarm, want) || strings.Contains(out, "none of them reached") {
				t.Errorf("exit status %d\n%s%s", status, out, &tr.err)
			}
		})
	}
}

func TestRunningNothing(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for _, tc := range []struct {
		name   string
		args   []string
		status int
		want   string
	}{
		{"no gateway", []string{"-patience", "200ms", "-gateway", gone.URL, "-llm", gone.URL, "-idp", gone.URL}, 1, "the gateway does not answer after 200ms"},
		{"gateway alone", []string{"-gateway", gone.URL}, 2, "-gateway needs -llm and -idp"},
		{"LLM alone", []string{"-llm", gone.URL}, 2, "-llm needs -gateway"},
		{"token from nowhere", []string{"-token"}, 2, "-token needs -idp"},
		{"token from nobody", []string{"-token", "-idp", gone.URL}, 1, "connection refused"},
		{"not healthy", []string{"-healthy", gone.URL}, 1, "connection refused"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tr := newTrial(t, "")
			if status := tr.d.run(t.Context(), tc.args); status != tc.status || !strings.Contains(tr.err.String(), tc.want) {
				t.Errorf("exit status %d, %s", status, &tr.err)
			}
		})
	}
}

func TestHealthyAndToken(t *testing.T) {
	s := site(t, "")
	tr := newTrial(t, "")
	if status := tr.d.run(t.Context(), []string{"-healthy", s.gateway + "/__health"}); status != 0 || tr.out.String() != "" {
		t.Errorf("healthy: exit status %d, %s%s", status, &tr.out, &tr.err)
	}
	if status := tr.d.run(t.Context(), []string{"-healthy", s.gateway + "/nothing"}); status != 1 {
		t.Errorf("404: exit status %d", status)
	}
	tr = newTrial(t, "")
	if status := tr.d.run(t.Context(), []string{"-token", "-idp", s.idp}); status != 0 || strings.Count(tr.out.String(), ".") != 2 {
		t.Errorf("token: exit status %d, %q%s", status, &tr.out, &tr.err)
	}
}
