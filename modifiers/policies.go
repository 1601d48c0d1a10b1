package modifiers

import (
	"fmt"
	"sync"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/audit"
	"github.com/krakend-redact/krakend-redact/internal/detect"
	"github.com/krakend-redact/krakend-redact/internal/metrics"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/redact"
	"github.com/krakend-redact/krakend-redact/internal/watch"
)

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
