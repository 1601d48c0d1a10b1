package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/idp"
)

// stranger is somebody who presents something, or nothing, and must not get in.
type stranger struct {
	who  string
	want int
	// change makes the token from a good one; request from the identity provider.
	change  func(good string) (string, error)
	request *idp.TokenRequest
}

var strangers = []stranger{
	{who: "no token", want: http.StatusUnauthorized, change: func(string) (string, error) { return "", nil }},
	{who: "a token for another audience", want: http.StatusUnauthorized, request: &idp.TokenRequest{Audience: []string{"another-service"}}},
	{who: "a token of another issuer", want: http.StatusUnauthorized, request: &idp.TokenRequest{Issuer: "http://another-issuer"}},
	{who: "an expired token", want: http.StatusUnauthorized, request: &idp.TokenRequest{ExpiresIn: -3600}},
	{who: "a token that nobody signed (alg none)", want: http.StatusUnauthorized, change: unsigned},
	{who: "a token signed with another key", want: http.StatusUnauthorized, change: resigned},
	{who: "a token without the role " + idp.DefaultRole, want: http.StatusForbidden, request: &idp.TokenRequest{Roles: []string{"guest"}}},
}

// tryTokens shows whom the gateway refuses.
func (d *demo) tryTokens(ctx context.Context) error {
	good, err := d.running.mint(ctx, idp.TokenRequest{})
	if err != nil {
		return err
	}
	fmt.Fprintln(d.out, "Who may not talk to the LLM:")
	var problems []string
	for _, s := range strangers {
		token := ""
		if s.request != nil {
			token, err = d.running.mint(ctx, *s.request)
		} else {
			token, err = s.change(good)
		}
		if err != nil {
			return err
		}
		e, err := converse(ctx, d.running.gateway+chatPath, token, d.running)
		if err != nil {
			return fmt.Errorf("%s: %w", s.who, err)
		}
		fmt.Fprintf(d.out, "  %-40s %s\n", s.who, e.status)
		if e.code != s.want {
			problems = append(problems, fmt.Sprintf("%s: the gateway answered %s instead of %d", s.who, e.status, s.want))
		}
		if len(e.received) > 0 {
			problems = append(problems, s.who+": the request reached the LLM")
		}
	}
	fmt.Fprintln(d.out)
	if len(problems) > 0 {
		d.alarm(problems)
		return errors.New("the gateway did not refuse as it should")
	}
	fmt.Fprint(d.out, "As it should be: none of them reached the LLM.\n\n")
	return nil
}

// unsigned keeps the claims of a good token and says that it has no signature.
func unsigned(good string) (string, error) {
	header, claims, err := open(good)
	if err != nil {
		return "", err
	}
	header["alg"] = "none"
	raw, err := json.Marshal(header)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(raw) + "." + claims + ".", nil
}

// resigned has the claims of a good token and the name of the key, but another key
// made its signature.
func resigned(good string) (string, error) {
	header, encoded, err := open(good)
	if err != nil {
		return "", err
	}
	raw, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		return "", err
	}
	var claims idp.Claims
	if err := json.Unmarshal(raw, &claims); err != nil {
		return "", err
	}
	key, err := idp.NewKey()
	if err != nil {
		return "", err
	}
	key.ID = header["kid"]
	return key.Sign(claims)
}

// open takes a token apart: its header, and its claims as they stand.
func open(token string) (header map[string]string, claims string, err error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, "", fmt.Errorf("the identity provider's token has %d parts instead of 3", len(parts))
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[0])
	if err != nil {
		return nil, "", err
	}
	err = json.Unmarshal(raw, &header)
	return header, parts[1], err
}
