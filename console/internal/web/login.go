package web

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/krakend-redact/krakend-redact/console/internal/auth"
	"github.com/krakend-redact/krakend-redact/console/internal/store"
)

// loginData is what the login page shows.
type loginData struct {
	Error, Next string
	OIDC        bool
}

func (s *Server) loginPage(w http.ResponseWriter, r *http.Request, v *visitor) error {
	next := local(r.URL.Query().Get("next"))
	if v.User != nil {
		http.Redirect(w, r, next, http.StatusSeeOther)
		return nil
	}
	s.showLogin(w, r, v, http.StatusOK, "", next)
	return nil
}

func (s *Server) showLogin(w http.ResponseWriter, r *http.Request, v *visitor, status int, message, next string) {
	s.render(w, r, &visitor{Theme: v.Theme, Zone: v.Zone}, status, "login", "Log in", loginData{Error: message, Next: next, OIDC: s.OIDC != nil})
}

// limited tells people to wait when their address has failed too often.
func (s *Server) limited(w http.ResponseWriter, r *http.Request, v *visitor, next string) bool {
	wait := s.limiter.Wait(s.address(r))
	if wait == 0 {
		return false
	}
	w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
	minutes := int(wait/time.Minute) + 1
	s.showLogin(w, r, v, http.StatusTooManyRequests, "Too many failed logins from your address. Try again in "+plural(minutes, "minute")+".", next)
	return true
}

// login takes a token.
func (s *Server) login(w http.ResponseWriter, r *http.Request, v *visitor) error {
	next := local(r.PostFormValue("next"))
	if s.limited(w, r, v, next) {
		return nil
	}
	user, err := s.Store.UserByToken(r.Context(), auth.Hash(r.PostFormValue("token")))
	if errors.Is(err, store.ErrNotFound) {
		if err := s.refused(r, "no such token"); err != nil {
			return err
		}
		s.showLogin(w, r, v, http.StatusUnauthorized, "No user has this token. It may have been replaced.", next)
		return nil
	}
	if err != nil {
		return err
	}
	return s.begin(w, r, user, "token", next)
}

// refused notes a failed login.
func (s *Server) refused(r *http.Request, why string) error {
	address := s.address(r)
	s.limiter.Fail(address)
	s.Log.Warn("a login was refused", "address", address, "why", why)
	return s.Store.AddChange(r.Context(), store.Change{Who: "nobody", Action: "login.refused", Object: "console", Detail: why + ", from " + address})
}

// begin starts a session. The one before it ends: an old id is worth nothing.
func (s *Server) begin(w http.ResponseWriter, r *http.Request, user store.User, how, next string) error {
	if old, err := r.Cookie(s.cookieName(sessionCookie)); err == nil {
		if err := s.Store.DeleteSession(r.Context(), auth.Hash(old.Value)); err != nil {
			return err
		}
	}
	secret, now := auth.NewSecret(""), s.Now()
	err := s.Store.AddSession(r.Context(), store.Session{
		Hash: auth.Hash(secret), User: user.Name, Created: now, Seen: now, Expires: now.Add(sessionMost),
	})
	if err != nil {
		return err
	}
	if err := s.Store.AddChange(r.Context(), store.Change{Who: user.Name, Action: "login", Object: "console", Detail: "by " + how + ", from " + s.address(r)}); err != nil {
		return err
	}
	s.setCookie(w, sessionCookie, secret, sessionMost)
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

func (s *Server) logout(w http.ResponseWriter, r *http.Request, v *visitor) error {
	if v.User != nil {
		if err := s.Store.DeleteSession(r.Context(), v.session); err != nil {
			return err
		}
		if err := s.Store.AddChange(r.Context(), store.Change{Who: v.User.Name, Action: "logout", Object: "console"}); err != nil {
			return err
		}
	}
	s.setCookie(w, sessionCookie, "", -1)
	http.Redirect(w, r, "/login", http.StatusSeeOther)
	return nil
}

// flowAge is how long somebody may take at the provider.
const flowAge = 10 * time.Minute

// loginOIDC sends the browser to the provider.
func (s *Server) loginOIDC(w http.ResponseWriter, r *http.Request, _ *visitor) error {
	if s.OIDC == nil {
		return store.ErrNotFound
	}
	flow, target := s.OIDC.Begin()
	text, err := json.Marshal(flow)
	if err != nil {
		return err
	}
	s.setCookie(w, flowCookie, base64.RawURLEncoding.EncodeToString(text), flowAge)
	http.Redirect(w, r, target, http.StatusSeeOther)
	return nil
}

// loginCallback takes what the provider sends the browser back with.
func (s *Server) loginCallback(w http.ResponseWriter, r *http.Request, v *visitor) error {
	if s.OIDC == nil {
		return store.ErrNotFound
	}
	if s.limited(w, r, v, "/") {
		return nil
	}
	var flow auth.Flow
	if cookie, err := r.Cookie(s.cookieName(flowCookie)); err == nil {
		if text, err := base64.RawURLEncoding.DecodeString(cookie.Value); err == nil {
			_ = json.Unmarshal(text, &flow) // what is no flow fails below
		}
	}
	s.setCookie(w, flowCookie, "", -1)
	identity, err := s.OIDC.End(r.Context(), flow, r.URL.Query().Get("state"), r.URL.Query().Get("code"))
	if err != nil {
		why := err.Error()
		if err := s.refused(r, why); err != nil {
			return err
		}
		s.showLogin(w, r, v, http.StatusUnauthorized, "You were not logged in: "+why+".", "/")
		return nil
	}
	user, err := s.userOf(r, identity)
	if err != nil {
		return err
	}
	return s.begin(w, r, user, "OpenID Connect", "/")
}

// userOf returns the user of an identity, who is made at the first login. The
// provider says at each login what the user may do.
func (s *Server) userOf(r *http.Request, identity auth.Identity) (store.User, error) {
	subject := identity.Issuer + " " + identity.Subject
	user, err := s.Store.UserBySubject(r.Context(), subject)
	if errors.Is(err, store.ErrNotFound) {
		user = store.User{Name: identity.Name, Role: identity.Role, Subject: subject}
		err = store.ErrExists
		if userName(user.Name) {
			err = s.Store.AddUser(r.Context(), "system", user, nil)
		}
		if errors.Is(err, store.ErrExists) {
			// The name is taken or cannot be one: the identity tells people apart.
			user.Name = strings.ToValidUTF8(user.Name[:min(len(user.Name), maxName/2)], "") + " (" + hex.EncodeToString(auth.Hash(subject)[:4]) + ")"
			if !userName(user.Name) {
				user.Name = "user" + user.Name[strings.LastIndex(user.Name, " ("):]
			}
			err = s.Store.AddUser(r.Context(), "system", user, nil)
		}
		return user, err
	}
	if err != nil {
		return user, err
	}
	if user.Role != identity.Role {
		user.Role = identity.Role
		return user, s.Store.SetRole(r.Context(), "system", user.Name, identity.Role)
	}
	return user, nil
}
