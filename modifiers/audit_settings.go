package modifiers

import (
	"errors"
	"os"
	"sync"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/audit"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/strictjson"
)

// What an event holds of the masked texts.
const (
	includeNone    = "none"
	includeExcerpt = "excerpt"
	includeBody    = "body"
)

// auditSettings are the settings under "audit" and "alerts".
type auditSettings struct {
	// on tells that one of the two is there.
	on    bool
	sinks audit.Settings
	// all writes a line for requests without findings, too. Default: false.
	all bool
	// include says what of the masked texts is in a line. Default: excerpt, and
	// none where nothing is written.
	include string
	// refuseOnFull refuses requests whose line is lost. Default: pass them.
	refuseOnFull bool
	alerts       policy.Alerts
	// names are the default names of proxies that have been seen.
	names proxyNames
}

// Defaults of the settings of sinks.
const (
	defaultFileBytes  = 100 << 20
	defaultFileAge    = 24 * time.Hour
	defaultKeep       = 7
	defaultSpoolBytes = 256 << 20
)

// minFileBytes and minSpoolBytes are the smallest bounds, in bytes: a line with
// excerpts has a few thousand.
const (
	minFileBytes  = 64 << 10
	minSpoolBytes = 1 << 20
)

// readAudit reads the settings under "audit" and "alerts". Nothing is opened yet.
func readAudit(o *strictjson.Object) *auditSettings {
	s := &auditSettings{include: includeNone}
	if a := o.Object("audit"); a != nil {
		s.on, s.include = true, includeExcerpt
		s.readSinks(a)
		_ = a.Close() // the mistake is recorded; the settings' own Close returns it
	}
	s.on = o.Has("alerts") || s.on
	s.alerts = policy.ReadAlerts(o)
	return s
}

func (s *auditSettings) readSinks(o *strictjson.Object) {
	onFull := "pass"
	s.sinks.Gateway, _ = os.Hostname()
	o.String("gateway", &s.sinks.Gateway)
	if s.sinks.Gateway == "" {
		o.Fail("gateway", "is empty", "name this gateway: the host has no name either")
	}
	o.Bool("all", &s.all)
	o.Choice("include", &s.include, includeExcerpt, includeNone, includeBody)
	o.Choice("on_full", &onFull, "pass", "refuse")
	s.refuseOnFull = onFull == "refuse"
	o.Bool("stdout", &s.sinks.Stdout)
	if f := o.Object("file"); f != nil {
		s.sinks.File = readFileSink(f)
	}
	if c := o.Object("console"); c != nil {
		s.sinks.Console = readConsoleSink(c)
	}
	if s.sinks.File == nil && !s.sinks.Stdout && s.sinks.Console == nil {
		o.Fail("", "names no sink, so nothing would be written", `add "file", "stdout" or "console", or remove "audit"`)
	}
}

func readFileSink(o *strictjson.Object) *audit.FileSettings {
	f := &audit.FileSettings{MaxBytes: defaultFileBytes, MaxAge: defaultFileAge}
	keep := int64(defaultKeep)
	o.String("path", &f.Path)
	if f.Path == "" {
		o.Missing("path", `name the file to append to, such as "/var/log/krakend-redact/audit.jsonl"`)
	}
	o.Int("max_bytes", &f.MaxBytes, minFileBytes)
	policy.ReadDuration(o, "max_age", &f.MaxAge, time.Minute)
	o.Int("keep", &keep, 0)
	f.Keep = int(keep)
	_ = o.Close() // as above
	return f
}

func readConsoleSink(o *strictjson.Object) *audit.ConsoleSettings {
	c := &audit.ConsoleSettings{SpoolBytes: defaultSpoolBytes}
	o.String("url", &c.URL)
	o.String("token_env", &c.TokenEnv)
	o.String("token_file", &c.TokenFile)
	o.String("spool", &c.Spool)
	o.Int("spool_bytes", &c.SpoolBytes, minSpoolBytes)
	for field, given := range map[string]string{"token_env": c.TokenEnv, "token_file": c.TokenFile} {
		if o.Has(field) && given == "" {
			o.Fail(field, "is empty", "name what holds the console's ingestion token")
		}
	}
	switch {
	case c.URL == "":
		o.Missing("url", "name the address of the console")
	case !audit.IsConsoleURL(c.URL):
		o.Fail("url", "is not the address of a console", `write one such as "https://console.example.com:8300", without user, password and query`)
	case (c.TokenEnv == "") == (c.TokenFile == ""):
		o.Fail("token_env", "and token_file: one of them must be there", "name the variable or the file that holds the console's ingestion token")
	case c.Spool == "":
		o.Missing("spool", "name a folder of this gateway's own, in which lines wait while the console is away")
	}
	_ = o.Close() // as above
	return c
}

// maxProxyNames bounds how many default names of proxies are told apart, and
// maxProxyName how many bytes one has; otherProxy is the name of all others: a
// path may hold anything.
const (
	maxProxyNames = 256
	maxProxyName  = 256
	otherProxy    = "other"
)

// proxyNames are the default names of proxies. Only names in which rules found
// nothing are kept, so that nothing outlives its request.
type proxyNames struct {
	mu   sync.Mutex
	seen map[string]bool
}

// known tells whether a name has been seen before.
func (n *proxyNames) known(name string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.seen[name]
}

// add takes a name on, if there is room for it, and returns what to call it.
func (n *proxyNames) add(name string) (called string, isNew bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case n.seen[name]:
		return name, false
	case len(n.seen) >= maxProxyNames:
		return otherProxy, false
	case n.seen == nil:
		n.seen = map[string]bool{}
	}
	n.seen[name] = true
	return name, true
}

func (n *proxyNames) all() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return sortedNames(n.seen)
}

// openLog opens what audit lines and alerts are written to.
func (s *redactSettings) openLog(h *host) error {
	var err error
	s.log, err = audit.Open(s.audit.sinks, func(text string) { h.Logger().Warning(redactRequestName + ": " + text) })
	if wrong := (*audit.SettingError)(nil); errors.As(err, &wrong) {
		return &strictjson.Error{File: settingsPlace, Field: "redact.audit." + wrong.Field, Reason: wrong.Reason, Remedy: wrong.Remedy}
	}
	return err
}

// status tells by which policy the scope works, under all of its names.
func (l *liveRequests) status() []audit.ProxyStatus {
	m := l.current.Load()
	names := []string{m.settings.proxy}
	if m.settings.proxy == "" {
		names = m.settings.audit.names.all()
	}
	return l.statusOf(m, names)
}

// named is the same for those who want to see a scope before its first request,
// too.
func (l *liveRequests) named() []audit.ProxyStatus {
	if all := l.status(); len(all) > 0 {
		return all
	}
	return l.statusOf(l.current.Load(), []string{""})
}

func (l *liveRequests) statusOf(m *requestRedactor, names []string) []audit.ProxyStatus {
	status := audit.ProxyStatus{Policy: policyOf(m.settings.policy), Source: m.settings.source(), Loaded: m.loaded}
	if refused := l.refused.Load(); refused != nil {
		status.ReloadError = *refused
	}
	all := make([]audit.ProxyStatus, len(names))
	for i, name := range names {
		all[i] = status
		all[i].Proxy = name
	}
	return all
}
