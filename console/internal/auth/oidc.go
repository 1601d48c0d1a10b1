// Package auth tells who somebody is: tokens, an OpenID Connect provider, session
// cookies and the limit on failed logins. What somebody may do is a role of
// package store.
//
// It keeps no secret: the store has hashes only. It knows nothing of pages.
package auth

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/krakend-redact/krakend-redact/console/internal/store"
)

// OIDCOptions say how people log in at an OpenID Connect provider.
type OIDCOptions struct {
	Issuer, ClientID, ClientSecret string
	// Redirect is the console's own address that the provider sends people to.
	Redirect string
	// RoleClaim is the claim of the ID token with the roles, a text or a list;
	// dots lead into objects, as in realm_access.roles.
	RoleClaim string
	// Scopes are asked for beside openid.
	Scopes []string
}

// OIDC logs people in by the code flow with PKCE. It is safe for concurrent use.
type OIDC struct {
	config    oauth2.Config
	verifier  *oidc.IDTokenVerifier
	roleClaim []string
}

// Identity is who the provider says that somebody is.
type Identity struct {
	// Subject is unique at the issuer and stays the same; Name is for people.
	Issuer, Subject, Name string
	Role                  store.Role
}

// Flow is one attempt to log in. It travels in a cookie: the browser that began
// is the one that may end.
type Flow struct {
	State    string `json:"state"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"`
}

// Reasons why nobody was logged in. They hold nothing of what was sent.
var (
	ErrFlow    = errors.New("this login was not begun in this browser, or took too long")
	ErrRefused = errors.New("the provider refused the login")
	ErrToken   = errors.New("the provider's answer could not be verified")
	ErrNoRole  = errors.New("the provider gave no role of this console")
)

// NewOIDC asks the provider for its settings.
func NewOIDC(ctx context.Context, o OIDCOptions) (*OIDC, error) {
	provider, err := oidc.NewProvider(ctx, o.Issuer)
	if err != nil {
		return nil, fmt.Errorf("the OpenID Connect provider %s: %w", o.Issuer, err)
	}
	return &OIDC{
		config: oauth2.Config{
			ClientID: o.ClientID, ClientSecret: o.ClientSecret, RedirectURL: o.Redirect,
			Endpoint: provider.Endpoint(), Scopes: append([]string{oidc.ScopeOpenID}, o.Scopes...),
		},
		verifier:  provider.Verifier(&oidc.Config{ClientID: o.ClientID}),
		roleClaim: strings.Split(o.RoleClaim, "."),
	}, nil
}

// Begin returns a new attempt and where to send the browser.
func (o *OIDC) Begin() (Flow, string) {
	flow := Flow{State: NewSecret(""), Nonce: NewSecret(""), Verifier: oauth2.GenerateVerifier()}
	return flow, o.config.AuthCodeURL(flow.State, oidc.Nonce(flow.Nonce), oauth2.S256ChallengeOption(flow.Verifier))
}

// End takes what the provider sent the browser back with.
func (o *OIDC) End(ctx context.Context, flow Flow, state, code string) (Identity, error) {
	if flow.State == "" || subtle.ConstantTimeCompare([]byte(flow.State), []byte(state)) != 1 {
		return Identity{}, ErrFlow
	}
	if code == "" {
		return Identity{}, ErrRefused
	}
	token, err := o.config.Exchange(ctx, code, oauth2.VerifierOption(flow.Verifier))
	if err != nil {
		return Identity{}, ErrRefused
	}
	raw, _ := token.Extra("id_token").(string)
	idToken, err := o.verifier.Verify(ctx, raw)
	if err != nil || subtle.ConstantTimeCompare([]byte(idToken.Nonce), []byte(flow.Nonce)) != 1 {
		return Identity{}, ErrToken
	}
	var claims struct {
		Name     string `json:"name"`
		Username string `json:"preferred_username"`
		Email    string `json:"email"`
	}
	var all map[string]json.RawMessage
	if idToken.Claims(&claims) != nil || idToken.Claims(&all) != nil {
		return Identity{}, ErrToken
	}
	role := highest(all, o.roleClaim)
	if role == "" {
		return Identity{}, ErrNoRole
	}
	identity := Identity{Issuer: idToken.Issuer, Subject: idToken.Subject, Role: role}
	for _, name := range []string{claims.Name, claims.Username, claims.Email, idToken.Subject} {
		if identity.Name = strings.TrimSpace(name); identity.Name != "" {
			break
		}
	}
	return identity, nil
}

// rolePrefix may stand before a role in a claim, where one list of roles serves
// many programs.
const rolePrefix = "redact-"

// highest returns the highest role at a path of the claims, empty for none.
func highest(claims map[string]json.RawMessage, path []string) store.Role {
	raw := claims[path[0]]
	for _, name := range path[1:] {
		var inner map[string]json.RawMessage
		if json.Unmarshal(raw, &inner) != nil {
			return ""
		}
		raw = inner[name]
	}
	var names []string
	var one string
	if json.Unmarshal(raw, &one) == nil {
		names = []string{one}
	} else if json.Unmarshal(raw, &names) != nil {
		return ""
	}
	var best store.Role
	for _, name := range names {
		if role := store.Role(strings.TrimPrefix(name, rolePrefix)); role.Allows(store.Viewer) && !best.Allows(role) {
			best = role
		}
	}
	return best
}
