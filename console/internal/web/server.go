// Package web is the console's pages: rendered on the server, complete without
// scripts, better with them.
//
// Every page needs a role, every change is checked to come from a page of ours,
// and what it changes stands in the trail of package store. Values never reach
// it, with one exception: what somebody pastes into Try it is shown in the
// answer to that very request and nowhere else.
package web

import (
	"context"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/krakend-redact/krakend-redact/console/internal/auth"
	"github.com/krakend-redact/krakend-redact/console/internal/ingest"
	"github.com/krakend-redact/krakend-redact/console/internal/publish"
	"github.com/krakend-redact/krakend-redact/console/internal/store"
	"github.com/krakend-redact/krakend-redact/console/internal/webhook"
)

// Options are what the pages work with.
type Options struct {
	Store *store.Store
	// OIDC logs people in; nil for tokens only.
	OIDC *auth.OIDC
	// PublicURL is how browsers reach the console, "" for directly. Cookies are
	// kept to HTTPS when it begins with https or TLS is set.
	PublicURL *url.URL
	TLS       bool
	// BehindProxy takes the client's address from the last X-Forwarded-For.
	BehindProxy bool
	// Ingest takes what gateways send; it has an authentication of its own.
	Ingest http.Handler
	// Live tells of what Ingest takes in; nil for nothing.
	Live *ingest.Live
	// Publisher writes policies where gateways read them; nil for nowhere.
	Publisher *publish.Folder
	// Webhooks sends test alerts; nil for none.
	Webhooks *webhook.Sender
	// Version is that of the console.
	Version string
	Log     *slog.Logger
	// Now tells the time; time.Now if nil.
	Now func() time.Time
}

// Server serves the pages. It is safe for concurrent use.
type Server struct {
	Options
	limiter      *auth.Limiter
	ingestTokens *auth.IngestTokens
	origin       *http.CrossOriginProtection
	templates    map[string]*template.Template
	handler      http.Handler
	// tails counts those who watch the log.
	tails atomic.Int64
}

// Limits on logins and sessions.
const (
	loginFailures = 10
	loginWindow   = 15 * time.Minute
	sessionIdle   = 2 * time.Hour
	sessionMost   = 12 * time.Hour
	touchEvery    = time.Minute
	// maxForm bounds what a form may send, in bytes. A policy with long lists is
	// the largest.
	maxForm = 2 << 20
)

// New returns a server.
func New(o Options) (*Server, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Server{
		Options:      o,
		ingestTokens: &auth.IngestTokens{Store: o.Store},
		limiter:      &auth.Limiter{Most: loginFailures, Window: loginWindow, Now: o.Now},
		origin:       http.NewCrossOriginProtection(),
	}
	if o.PublicURL != nil {
		if err := s.origin.AddTrustedOrigin(o.PublicURL.Scheme + "://" + o.PublicURL.Host); err != nil {
			return nil, err
		}
	}
	var err error
	if s.templates, err = parseTemplates(); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	for _, route := range s.routes() {
		mux.Handle(route.method+" "+route.path, s.page(route))
	}
	mux.Handle("GET /static/", http.HandlerFunc(serveStatic))
	mux.HandleFunc("GET /healthz", s.health)
	mux.Handle("/", s.page(route{need: anybody, handle: func(http.ResponseWriter, *http.Request, *visitor) error {
		return store.ErrNotFound
	}}))
	pages := s.guard(mux)
	if o.Ingest == nil {
		s.handler = pages
		return s, nil
	}
	outer := http.NewServeMux()
	outer.Handle(ingest.Path, o.Ingest)
	outer.Handle("/", pages)
	s.handler = outer
	return s, nil
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// anybody is the role of routes that need none.
const anybody store.Role = ""

// route is one page or one change, and who may have it.
type route struct {
	method, path string
	need         store.Role
	handle       handler
}

// handler answers a request. An error that it returns before it has written
// anything becomes a page.
type handler func(w http.ResponseWriter, r *http.Request, v *visitor) error

func (s *Server) routes() []route {
	return []route{
		{"GET", "/login", anybody, s.loginPage},
		{"POST", "/login", anybody, s.login},
		{"GET", "/login/oidc", anybody, s.loginOIDC},
		{"GET", "/login/callback", anybody, s.loginCallback},
		{"POST", "/logout", anybody, s.logout},
		{"POST", "/theme", anybody, s.setTheme},

		{"GET", "/{$}", store.Viewer, s.overview},

		{"GET", "/audit", store.Viewer, s.auditPage},
		{"GET", "/audit/export", store.Viewer, s.exportAudit},
		{"GET", "/audit/tail", store.Viewer, s.tailAudit},
		{"GET", "/audit/event/{id}", store.Viewer, s.eventPage},

		{"GET", "/alerts", store.Viewer, s.alertsPage},
		{"POST", "/alerts", store.Operator, s.setAlerts},
		{"GET", "/alerts/{id}", store.Viewer, s.alertPage},
		{"POST", "/alerts/{id}", store.Operator, s.changeAlert},

		{"GET", "/policies", store.Viewer, s.policiesPage},
		{"GET", "/policies/new", store.Editor, s.newPolicyPage},
		{"POST", "/policies/new", store.Editor, s.savePolicy},
		{"GET", "/policies/{name}", store.Viewer, s.policyPage},
		{"GET", "/policies/{name}/edit", store.Editor, s.editPolicyPage},
		{"POST", "/policies/{name}/edit", store.Editor, s.savePolicy},
		{"GET", "/policies/{name}/diff", store.Editor, s.diffPolicy},
		{"POST", "/policies/{name}/publish", store.Editor, s.publishPolicy},

		{"GET", "/try", store.Viewer, s.tryPage},
		{"POST", "/try", store.Viewer, s.tryPolicy},

		{"GET", "/proxies", store.Viewer, s.proxiesPage},
		{"POST", "/proxies/assign", store.Editor, s.assignPolicy},
		{"POST", "/proxies/forget", store.Editor, s.forgetProxy},
		{"POST", "/gateways/forget", store.Editor, s.forgetGateway},

		{"GET", "/webhooks", store.Editor, s.webhooksPage},
		{"POST", "/webhooks", store.Editor, s.saveWebhook},
		{"GET", "/webhooks/{id}", store.Editor, s.webhookPage},
		{"POST", "/webhooks/{id}", store.Editor, s.saveWebhook},
		{"POST", "/webhooks/{id}/delete", store.Editor, s.deleteWebhook},
		{"POST", "/webhooks/{id}/again", store.Editor, s.deliverAgain},
		{"POST", "/webhooks/{id}/test", store.Editor, s.testWebhook},

		{"GET", "/changes", store.Editor, s.changesPage},

		{"GET", "/access", store.Editor, s.accessPage},
		{"POST", "/access", store.Editor, s.addUser},
		{"POST", "/access/change", store.Editor, s.changeUser},
		{"POST", "/access/ingest", store.Editor, s.changeIngestToken},
	}
}

// health tells whether the console can work, and nothing else.
func (s *Server) health(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if s.Store.Ping(ctx) != nil {
		http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}
