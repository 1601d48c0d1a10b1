package modifiers

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/lurax"
	"github.com/krakend-redact/krakend-redact/internal/metrics"
	"github.com/krakend-redact/krakend-redact/internal/policy"
)

// versionParam is where the digest of the policy's version travels, by which the
// answer is treated: of each scope that the request came by, one after the other.
const versionParam = "\x00redact.version"

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

// of returns what treats answers by the last of the versions that this scope
// knows. Where that is gone, or no request came by here, the newest one decides
// what an answer may hold; what to restore is in the vault.
func (l *liveAnswers) of(digests string) *responseRedactor {
	m := l.current.Load()
	if digests == m.settings.policy.Digest {
		return m
	}
	all := strings.Fields(digests)
	for i := len(all) - 1; i >= 0; i-- {
		if known := l.version(m, all[i]); known != nil {
			return known
		}
	}
	if len(all) > 0 {
		l.host.Logger().Warning(fmt.Sprintf("%s: %s: applies to an answer whose request was masked by a version that is gone (%s)",
			redactResponseName, m.settings.label(), digests))
	}
	return m
}

// version returns the current version or an old one by its digest, nil for none.
func (l *liveAnswers) version(current *responseRedactor, digest string) *responseRedactor {
	if current.settings.policy.Digest == digest {
		return current
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, old := range l.old {
		if old.settings.policy.Digest == digest {
			return old.responseRedactor
		}
	}
	return nil
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
	s.answer.Done = m.logAnswer
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
