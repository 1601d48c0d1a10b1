// Package metrics counts what the gateway does, and tells Prometheus
// (https://prometheus.io) on a listener of its own.
//
// It sees names and counts, never values, and knows nothing of KrakenD. It is
// small instead of a library because a plugin cannot share modules with KrakenD,
// see docs/RATIONALE.md.
package metrics

import (
	"io"
	"runtime"
	"sync"

	"github.com/krakend-redact/krakend-redact/internal/audit"
)

// Set is what one listener tells. It is safe for concurrent use.
type Set struct {
	requests, answers, findings, issued counter
	restored, unresolved, suppressed    counter
	refused, bytesIn, bytesOut, reloads counter
	duration                            histogram
	readings                            []reading

	mu     sync.Mutex
	states []func() []audit.ProxyStatus
}

// family is a kind of family.
type family interface {
	write(w *writer)
	family() Family
}

func (t *table[S]) family() Family { return t.Family }
func (r reading) family() Family   { return r.Family }

func newSet() *Set {
	s := &Set{}
	count := func(name, help string, labels ...string) counter {
		return newCounter(Family{"krakend_redact_" + name, "counter", labels, help})
	}
	s.requests = count("requests_total", "Requests, by what became of them.", "proxy", "policy", "outcome")
	s.answers = count("answers_total", "Answers, by what became of them.", "proxy", "policy", "outcome")
	s.findings = count("findings_total", "Findings, by the rule that found them and what it does.", "proxy", "policy", "direction", "rule", "severity", "action")
	s.issued = count("placeholders_issued_total", "Placeholders that requests and answers went on with, each counted once in each of them.", "proxy", "policy", "rule")
	s.restored = count("placeholders_restored_total", "Placeholders of answers that got their values back.", "proxy", "policy")
	s.unresolved = count("placeholders_unresolved_total", "Placeholders of answers that nobody had issued.", "proxy", "policy")
	s.suppressed = count("placeholders_suppressed_total", "Placeholders that stayed because they stood in a link.", "proxy", "policy")
	s.refused = count("refused_total", "Requests and answers that were not passed on, or not to their end, by the reason's code.", "proxy", "policy", "direction", "reason")
	s.bytesIn = count("body_in_bytes_total", "Bytes of bodies before they were inspected.", "proxy", "direction")
	s.bytesOut = count("body_out_bytes_total", "Bytes of bodies after they were inspected.", "proxy", "direction")
	s.duration = newHistogram(Family{"krakend_redact_duration_seconds", "histogram", []string{"proxy", "direction"}, "Time that inspection took, without what a stream was waited for."})
	s.reloads = count("reloads_total", "New versions of policies, by whether they took effect: ok or failed.", "policy", "result")
	read := func(name, kind, help string, labels []string, read func(set func(float64, ...string))) {
		s.readings = append(s.readings, reading{Family{"krakend_redact_" + name, kind, labels, help}, read})
	}
	read("policy_info", "gauge", "1 for each policy that applies. Mode test protects nothing.", []string{"proxy", "policy", "version", "digest", "mode"}, func(set func(float64, ...string)) {
		for _, p := range s.proxies() {
			set(1, p.Proxy, p.Policy.Name, p.Policy.Version, p.Policy.Digest, p.Policy.Mode)
		}
	})
	read("reload_failed", "gauge", "1 while a policy's newest version is refused and an older one applies, else 0.", []string{"proxy", "policy"}, func(set func(float64, ...string)) {
		for _, p := range s.proxies() {
			failed := 0.0
			if p.ReloadError != "" {
				failed = 1
			}
			set(failed, p.Proxy, p.Policy.Name)
		}
	})
	ofSinks := func(name, kind, help string, value func(audit.SinkState) int64) {
		read(name, kind, help, []string{"sink"}, func(set func(float64, ...string)) {
			for sink, state := range audit.Sinks() {
				set(float64(value(state)), sink)
			}
		})
	}
	ofSinks("audit_written_total", "counter", "Lines of the audit log that sinks have taken.", func(s audit.SinkState) int64 { return s.Written })
	ofSinks("audit_dropped_total", "counter", "Lines of the audit log that were lost.", func(s audit.SinkState) int64 { return s.Dropped })
	ofSinks("audit_spool_bytes", "gauge", "Bytes that wait on disk until the console takes them.", func(s audit.SinkState) int64 { return s.Spooled })
	read("build_info", "gauge", "1, with the versions of krakend-redact and of Go.", []string{"version", "go_version"}, func(set func(float64, ...string)) {
		set(1, audit.Version, runtime.Version())
	})
	return s
}

// families returns all families in the order in which they are told.
func (s *Set) families() []family {
	all := []family{
		s.requests, s.answers, s.findings, s.issued, s.restored, s.unresolved, s.suppressed, s.refused,
		s.bytesIn, s.bytesOut, s.duration, s.reloads,
	}
	for _, r := range s.readings {
		all = append(all, r)
	}
	return all
}

// Families describes all that a set tells.
func Families() []Family {
	var all []Family
	for _, f := range newSet().families() {
		all = append(all, f.family())
	}
	return all
}

// Event counts what an event tells.
func (s *Set) Event(e *audit.Event) {
	proxy, policy := e.Proxy, e.Policy.Name
	if e.Direction == audit.DirectionAnswer {
		s.answers.add(1, proxy, policy, e.Outcome)
	} else {
		s.requests.add(1, proxy, policy, e.Outcome)
	}
	stopped := e.Outcome == audit.OutcomeRefused || e.Outcome == audit.OutcomeBlocked || e.Outcome == audit.OutcomeFailed
	for _, r := range e.Rules {
		s.findings.add(int64(r.Count), proxy, policy, e.Direction, r.Name, r.Severity, r.Action)
		if !stopped && e.Outcome != audit.OutcomeTested {
			s.issued.add(int64(len(r.Placeholders)+r.More), proxy, policy, r.Name)
		}
	}
	s.restored.add(int64(e.Restored), proxy, policy)
	s.unresolved.add(int64(e.Unresolved), proxy, policy)
	s.suppressed.add(int64(e.Suppressed), proxy, policy)
	if stopped {
		s.refused.add(1, proxy, policy, e.Direction, e.Reason)
	}
	s.bytesIn.add(e.BytesIn, proxy, e.Direction)
	s.bytesOut.add(e.BytesOut, proxy, e.Direction)
	s.duration.observe(float64(e.Micros)/1e6, proxy, e.Direction)
}

// Reload counts a new version of a policy.
func (s *Set) Reload(policy string, ok bool) {
	result := "ok"
	if !ok {
		result = "failed"
	}
	s.reloads.add(1, policy, result)
}

// Tell makes the set tell the state of proxies.
func (s *Set) Tell(state func() []audit.ProxyStatus) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.states = append(s.states, state)
}

func (s *Set) proxies() []audit.ProxyStatus {
	s.mu.Lock()
	states := s.states[:len(s.states):len(s.states)]
	s.mu.Unlock()
	var all []audit.ProxyStatus
	for _, state := range states {
		all = append(all, state()...)
	}
	return all
}

// writeTo writes all families in the text format.
func (s *Set) writeTo(out io.Writer) {
	w := &writer{out: out}
	for _, f := range s.families() {
		f.write(w)
	}
}
