package web

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/krakend-redact/krakend-redact/console/internal/auth"
	"github.com/krakend-redact/krakend-redact/console/internal/store"
)

// contentPolicy lets a page load what the console itself serves and nothing
// else; no script or style stands in a page.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// guard is around everything but ingestion: headers, and changes from pages of
// ours only.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("Cache-Control", "no-store")
		if s.secure() {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if !s.forUs(r) {
			http.Error(w, "This console is not known by this name: give it with --public-url.", http.StatusMisdirectedRequest)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		next.ServeHTTP(w, r)
	})
}

// forUs tells whether a request asks for a host that the console is. A page of
// somebody else can have its own name lead to 127.0.0.1, and is then of the same
// origin as what answers there; only the name tells. An address is no such name,
// and with TLS, or a proxy in between, the name would have no certificate.
func (s *Server) forUs(r *http.Request) bool {
	if s.TLS || s.BehindProxy || s.PublicURL != nil && strings.EqualFold(r.Host, s.PublicURL.Host) {
		return true
	}
	host := (&url.URL{Host: r.Host}).Hostname()
	_, err := netip.ParseAddr(host)
	return err == nil || strings.EqualFold(host, "localhost")
}

// secure tells whether browsers reach the console by HTTPS.
func (s *Server) secure() bool {
	return s.TLS || s.PublicURL != nil && s.PublicURL.Scheme == "https"
}

// fromOurPage tells whether a change comes from a page of ours. Every browser
// since 2020 says with a form where it comes from, in Sec-Fetch-Site or Origin.
// What says neither is no browser and is refused, which is more than the standard
// library asks for; that, and SameSite cookies, leave nothing for a token in
// each form to do.
func (s *Server) fromOurPage(r *http.Request) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return true
	}
	said := r.Header.Get("Sec-Fetch-Site") != "" || r.Header.Get("Origin") != ""
	return said && s.origin.Check(r) == nil
}

// visitor is who sends a request.
type visitor struct {
	// User is nil while nobody is logged in.
	User    *store.User
	session []byte
	Theme   string
	Zone    *time.Location
}

// may tells whether the visitor has a role.
func (v *visitor) may(need store.Role) bool {
	return need == anybody || v.User != nil && v.User.Role.Allows(need)
}

// page answers one route: it finds out who asks, whether that is allowed, and
// makes pages of errors.
func (s *Server) page(route route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visitor{Theme: theme(r), Zone: zone(r)}
		defer func() {
			if fault := recover(); fault != nil {
				if fault == http.ErrAbortHandler {
					panic(fault)
				}
				s.Log.Error("a page failed", "stack", string(debug.Stack()))
				s.fail(w, r, v, errors.New("panic"))
			}
		}()
		if err := s.identify(r, v); err != nil {
			s.fail(w, r, v, err)
			return
		}
		switch {
		case !s.fromOurPage(r):
			s.fail(w, r, v, refuse(http.StatusForbidden, "This change did not come from a page of this console."))
		case route.need != anybody && v.User == nil:
			s.askToLogIn(w, r, v)
		case !v.may(route.need):
			s.fail(w, r, v, refuse(http.StatusForbidden, "This needs the role "+string(route.need)+"; you have the role "+string(v.User.Role)+"."))
		default:
			// A form that is cut off is none.
			err := r.ParseForm()
			switch {
			case errors.As(err, new(*http.MaxBytesError)):
			case err != nil || !isText(r):
				err = refuse(http.StatusBadRequest, "The form or the address cannot be read.")
			default:
				err = route.handle(w, r, v)
			}
			if err != nil {
				s.fail(w, r, v, err)
			}
		}
	})
}

// isText tells whether all that was sent is text. What is none PostgreSQL refuses,
// even to look for, and SQLite would keep.
func isText(r *http.Request) bool {
	is := func(text string) bool { return utf8.ValidString(text) && !strings.Contains(text, "\x00") }
	for name, values := range r.Form {
		if !is(name) || slices.ContainsFunc(values, func(value string) bool { return !is(value) }) {
			return false
		}
	}
	return is(r.URL.Path)
}

// askToLogIn sends people to the login and back, and refuses programs.
func (s *Server) askToLogIn(w http.ResponseWriter, r *http.Request, v *visitor) {
	if r.Method != http.MethodGet || !strings.Contains(r.Header.Get("Accept"), "text/html") {
		s.fail(w, r, v, refuse(http.StatusUnauthorized, "Log in first."))
		return
	}
	target := "/login"
	if r.URL.Path != "/" {
		target += "?next=" + url.QueryEscape(r.URL.RequestURI())
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
}

// identify finds the session that the request belongs to.
func (s *Server) identify(r *http.Request, v *visitor) error {
	cookie, err := r.Cookie(s.cookieName(sessionCookie))
	if err != nil {
		return nil // nobody is logged in
	}
	hash, now := auth.Hash(cookie.Value), s.Now()
	session, user, err := s.Store.Session(r.Context(), hash, now)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if now.Sub(session.Seen) > sessionIdle {
		return s.Store.DeleteSession(r.Context(), hash)
	}
	if now.Sub(session.Seen) > touchEvery {
		if err := s.Store.TouchSession(r.Context(), hash, now); err != nil {
			return err
		}
	}
	v.User, v.session = &user, hash
	return nil
}

// Names of cookies.
const (
	sessionCookie = "session"
	flowCookie    = "login"
)

// cookieName puts the prefix before a name that keeps other hosts and plain HTTP
// from setting it.
func (s *Server) cookieName(name string) string {
	if s.secure() {
		return "__Host-" + name
	}
	return name
}

// setCookie sets a cookie that scripts cannot read. An age below 0 deletes it.
func (s *Server) setCookie(w http.ResponseWriter, name, value string, age time.Duration) {
	seconds := int(age / time.Second)
	if age < 0 {
		seconds = -1
	}
	http.SetCookie(w, &http.Cookie{
		Name: s.cookieName(name), Value: value, Path: "/", MaxAge: seconds,
		HttpOnly: true, Secure: s.secure(), SameSite: http.SameSiteLaxMode,
	})
}

// address is the client's address, for the limit on logins.
func (s *Server) address(r *http.Request) string {
	if s.BehindProxy {
		all := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		last := strings.TrimSpace(all[len(all)-1])
		if with, err := netip.ParseAddrPort(last); err == nil { // some proxies say the port, too
			last = with.Addr().String()
		}
		if _, err := netip.ParseAddr(last); err == nil {
			return last
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// local returns where to go within the console, "/" for anything else.
func local(target string) string {
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil ||
		!strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") || strings.ContainsAny(target, "\\\t\r\n") {
		return "/"
	}
	return u.RequestURI()
}
