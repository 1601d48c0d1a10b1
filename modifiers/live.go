package modifiers

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/audit"
	"github.com/krakend-redact/krakend-redact/internal/detect"
	"github.com/krakend-redact/krakend-redact/internal/lurax"
	"github.com/krakend-redact/krakend-redact/internal/metrics"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/redact"
	"github.com/krakend-redact/krakend-redact/internal/watch"
)

// versionParam is where the digest of the policy's version travels, by which the
// answer is treated.
const versionParam = "\x00redact.version"

// version is one version of a policy, compiled. It does not change.
type version struct {
	policy *policy.Policy
	masker *redact.Masker // without options
	slow   []detect.SlowRule
	loaded time.Time
	// mirror compiles it for what is only shown, once.
	mirror func() (*redact.Masker, error)
}

func compileVersion(p *policy.Policy) (*version, error) {
	masker, err := redact.NewMasker(p, redact.Options{})
	if err != nil {
		return nil, err
	}
	mirror := sync.OnceValues(func() (*redact.Masker, error) { return redact.NewMirror(p) })
	return &version{policy: p, masker: masker, slow: masker.Slow(), loaded: time.Now(), mirror: mirror}, nil
}

// taker is a modifier that works by the newest version of a policy.
type taker interface {
	// prepare returns what makes a version take effect, or why it cannot.
	prepare(v *version) (take func(), err error)
}

var (
	_ taker = (*liveRequests)(nil)
	_ taker = (*liveAnswers)(nil)
)

// policies are the policies that scopes of this process work by: those that name
// the same file share what is compiled from it.
var policies policyRegistry

type policyRegistry struct {
	watcher watch.Watcher
	mu      sync.Mutex
	files   map[fileKey]*policyFile
	// inline is the last one that stood in the settings: a scope's two modifiers
	// come one after the other.
	inline *version
}

type fileKey struct {
	file  string
	every time.Duration
}

// join makes a modifier work by the policy of its settings, and by all new
// versions of it if it comes from a file that is to be watched.
func (r *policyRegistry) join(s *redactSettings, h *host, t taker) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.sources == nil {
		return r.joinInline(s.policy, t)
	}
	key := fileKey{s.policy.Source, s.reload}
	f := r.files[key]
	if f == nil {
		f = &policyFile{file: key.file, host: h, watched: key.every > 0}
	}
	if err := f.join(s.policy, t); err != nil {
		return err
	}
	if r.files[key] == nil {
		if r.files == nil {
			r.files = map[fileKey]*policyFile{}
		}
		r.files[key] = f
		if f.watched {
			r.watcher.Watch(key.every, watch.Reading{Digest: s.policy.Digest, Files: s.sources.Files}, f.read)
		}
	}
	return nil
}

func (r *policyRegistry) joinInline(p *policy.Policy, t taker) error {
	v := r.inline
	if v == nil || v.policy.Digest != p.Digest {
		var err error
		if v, err = compileVersion(p); err != nil {
			return err
		}
	}
	take, err := t.prepare(v)
	if err != nil {
		return err
	}
	r.inline = v
	take()
	return nil
}

// policyFile is a policy's file and who works by it.
type policyFile struct {
	file    string
	host    *host
	watched bool

	mu       sync.Mutex
	current  *version
	answers  []taker
	requests []*liveRequests
	// failed tells that a newer version was refused.
	failed bool
}

func (f *policyFile) join(p *policy.Policy, t taker) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.current == nil || f.watched && f.current.policy.Digest != p.Digest {
		v, err := compileVersion(p)
		if err != nil {
			return err
		}
		if err := f.publish(v); err != nil {
			return err
		}
	}
	take, err := t.prepare(f.current)
	if err != nil {
		return err
	}
	take()
	if l, onRequests := t.(*liveRequests); onRequests {
		f.requests = append(f.requests, l)
	} else {
		f.answers = append(f.answers, t)
	}
	return nil
}

// publish makes a version take effect everywhere, or nowhere.
func (f *policyFile) publish(v *version) error {
	takes := make([]func(), 0, len(f.answers)+len(f.requests))
	// Answers come first: they must find the version of their request.
	all := append([]taker(nil), f.answers...)
	for _, l := range f.requests {
		all = append(all, l)
	}
	for _, t := range all {
		take, err := t.prepare(v)
		if err != nil {
			return err
		}
		takes = append(takes, take)
	}
	f.current = v
	for _, take := range takes {
		take()
	}
	return nil
}

// read looks into the file, and into those that it names.
func (f *policyFile) read() (r watch.Reading) {
	defer func() {
		if recover() != nil {
			err := fmt.Errorf("panic at %s", panicSite())
			r = watch.Reading{Digest: "panic", Files: []string{f.file}, Take: func() { f.reload(nil, err) }}
		}
	}()
	p, sources, err := policy.LoadSources(f.file)
	return watch.Reading{Digest: sources.Digest(), Files: sources.Files, Take: func() { f.reload(p, err) }}
}

// reload makes a version take effect that the file has settled on, or tells why
// it does not.
func (f *policyFile) reload(p *policy.Policy, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer func() {
		if recover() != nil {
			f.refuse(fmt.Errorf("panic at %s", panicSite()))
		}
	}()
	if err == nil && p.Digest == f.current.policy.Digest {
		if f.failed {
			f.settled()
			f.host.Logger().Info(fmt.Sprintf("%s: %s from %s is again the version that applies", redactRequestName, policyLabel(p), f.file))
		}
		return
	}
	var v *version
	if err == nil {
		v, err = compileVersion(p)
	}
	if err == nil {
		err = f.publish(v)
	}
	if err != nil {
		f.refuse(err)
		return
	}
	f.settled()
	f.count(true)
}

// settled says that the newest version applies.
func (f *policyFile) settled() {
	f.failed = false
	for _, l := range f.requests {
		l.refused.Store(nil)
	}
	audit.StatusChanged()
}

// count counts a reload once for everyone who wants to know.
func (f *policyFile) count(ok bool) {
	told := map[*metrics.Set]bool{nil: true}
	for _, l := range f.requests {
		if !told[l.metrics] {
			told[l.metrics] = true
			l.metrics.Reload(f.current.policy.Name, ok)
		}
	}
}

func (f *policyFile) refuse(err error) {
	f.failed = true
	for _, l := range f.requests {
		l.refuse(err.Error())
	}
	f.count(false)
	audit.StatusChanged()
	f.host.Logger().Error(fmt.Sprintf("%s: a new version of %s was refused, and %s (%s) still applies: %s",
		redactRequestName, f.file, policyLabel(f.current.policy), f.current.policy.Digest, err.Error()))
}

// scope is where a modifier stands.
type scope struct {
	extra    map[string]interface{}
	settings *redactSettings // with the policy of the start
	host     *host
	metrics  *metrics.Set // nil for none
}

func (h *host) scopeOf(extra map[string]interface{}) (scope, error) {
	s, err := readRedactSettings(extra)
	if err != nil {
		return scope{}, err
	}
	if err := s.openLog(h); err != nil {
		return scope{}, err
	}
	set, err := s.metrics.open()
	if set != nil {
		s.observe = set.Event
	}
	return scope{extra, s, h, set}, err
}

// settingsFor returns the settings with a version of the policy, if what stands
// beside them goes with it.
func (s scope) settingsFor(p *policy.Policy) (*redactSettings, error) {
	if err := checkPair(s.extra, p); err != nil {
		return nil, err
	}
	settings := *s.settings
	settings.policy = p
	return &settings, nil
}

// liveRequests masks each request by the version that is newest when it comes.
type liveRequests struct {
	scope
	passed  atomic.Int64
	current atomic.Pointer[requestRedactor]
	// refused is why a newer version than the current one was refused, nil for
	// none.
	refused atomic.Pointer[string]
}

func (l *liveRequests) modify(v interface{}) (interface{}, error) { return l.current.Load().modify(v) }

func (l *liveRequests) prepare(v *version) (take func(), err error) {
	s, err := l.settingsFor(v.policy)
	if err != nil {
		return nil, err
	}
	seen, err := newView(s, v)
	if err != nil {
		return nil, err
	}
	m := &requestRedactor{settings: s, masker: v.masker.With(s.options), host: l.host, passed: &l.passed, view: seen, loaded: v.loaded}
	return func() {
		l.current.Store(m)
		s.announce(l.host.Logger(), v.slow)
	}, nil
}

// refuse takes note of why a new version was refused, and alerts.
func (l *liveRequests) refuse(reason string) {
	l.refused.Store(&reason)
	if m := l.current.Load(); m.view != nil {
		m.view.alerts.Reload(m.settings.proxy, m.view.policy, reason)
	}
}

// source is where the policy comes from.
func (s *redactSettings) source() string {
	if s.sources == nil {
		return "inline"
	}
	return s.policy.Source
}

// liveAnswers treats each answer by the version that its request was masked by.
type liveAnswers struct {
	scope
	unread  atomic.Int64
	current atomic.Pointer[responseRedactor]
	mu      sync.Mutex
	old     []oldVersion // the newest last
}

type oldVersion struct {
	*responseRedactor
	replaced time.Time
}

// Bounds of what is kept of versions that requests may still be on their way by:
// how many, and for how long after they were replaced.
const (
	maxOld  = 8
	keepOld = time.Hour
)

func (l *liveAnswers) modify(v interface{}) (interface{}, error) {
	in, ok := v.(lurax.ResponseWrapper)
	if !ok {
		return nil, errInternal
	}
	return l.of(lurax.ParamsOf(in)[versionParam]).modify(v)
}

// of returns what treats answers by a version. Where that is gone, or no request
// came by here, the newest one decides what an answer may hold; what to restore
// is in the vault.
func (l *liveAnswers) of(digest string) *responseRedactor {
	m := l.current.Load()
	if digest == "" || m.settings.policy.Digest == digest {
		return m
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, old := range l.old {
		if old.settings.policy.Digest == digest {
			return old.responseRedactor
		}
	}
	l.host.Logger().Warning(fmt.Sprintf("%s: %s: applies to an answer whose request was masked by a version that is gone (%s)",
		redactResponseName, m.settings.label(), digest))
	return m
}

func (l *liveAnswers) prepare(v *version) (take func(), err error) {
	s, err := l.settingsFor(v.policy)
	if err != nil {
		return nil, err
	}
	s.answer.Rules = v.masker.Answers()
	// Trying a policy out refuses nothing.
	s.passOnError = s.passOnError || v.policy.Mode == policy.Test
	seen, err := newView(s, v)
	if err != nil {
		return nil, err
	}
	m := &responseRedactor{settings: s, host: l.host, unread: &l.unread, view: seen}
	return func() {
		// In this order an answer finds it in one place or the other.
		if old := l.current.Load(); old != nil {
			l.keep(old)
		}
		l.current.Store(m)
	}, nil
}

// keep keeps an old version for a while.
func (l *liveAnswers) keep(m *responseRedactor) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.old = append(l.old, oldVersion{m, time.Now()})
	if len(l.old) > maxOld {
		l.old = slices.Delete(l.old, 0, 1)
	}
	time.AfterFunc(keepOld, l.forget)
}

func (l *liveAnswers) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.old = slices.DeleteFunc(l.old, func(old oldVersion) bool { return time.Since(old.replaced) >= keepOld })
}
