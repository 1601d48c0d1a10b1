// Package audit tells what the gateway did: one line of JSON for each event,
// alert and status, written to sinks.
//
// It sees placeholders, counts and names, never values, and knows nothing of
// KrakenD. The console reads the same lines.
package audit

import "time"

// Kinds of records.
const (
	KindEvent  = "event"
	KindAlert  = "alert"
	KindStatus = "status"
)

// Schema is the version of the lines' format. A reader refuses lines of another.
const Schema = 1

// Head is what all records begin with.
type Head struct {
	// Schema is [Schema].
	Schema int `json:"schema"`
	// Kind is one of KindEvent, KindAlert and KindStatus.
	Kind string `json:"kind"`
	// ID is a UUIDv7 (RFC 9562). A record that arrives again has the same one; an
	// alert that is folded keeps it, and its last line counts.
	ID string `json:"id"`
	// Time is when the record was made, in UTC with milliseconds.
	Time time.Time `json:"time"`
	// Gateway names the gateway instance. Default: the host's name.
	Gateway string `json:"gateway"`
}

// Policy tells which policy applied.
type Policy struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
	// Digest are the first 12 hexadecimal digits of the SHA-256 of the policy and
	// all files it names: versions that people forgot to count differ in it.
	Digest string `json:"digest"`
	// Mode is "enforce" or "test".
	Mode string `json:"mode"`
}

// Directions of an event.
const (
	DirectionRequest = "request"
	DirectionAnswer  = "response"
)

// Outcomes of a request or an answer.
const (
	// OutcomeClean: nothing was found.
	OutcomeClean = "clean"
	// OutcomeMasked: findings were replaced, by whatever action.
	OutcomeMasked = "masked"
	// OutcomeCounted: findings were counted and left as they are (action alert).
	OutcomeCounted = "counted"
	// OutcomeRestored: placeholders of an answer were restored.
	OutcomeRestored = "restored"
	// OutcomeTested: mode test; rules say what would have been done.
	OutcomeTested = "tested"
	// OutcomeBlocked: a rule with the action block refused it.
	OutcomeBlocked = "blocked"
	// OutcomeRefused: it could not be inspected, see Reason.
	OutcomeRefused = "refused"
	// OutcomePassed: it could not be inspected and was passed on all the same,
	// because on_error is pass.
	OutcomePassed = "passed"
	// OutcomeFailed: a fault of ours, or an answer that broke off.
	OutcomeFailed = "failed"
)

// Reasons of events that are no codes of a refusal.
const (
	// ReasonInternal is a fault of ours, such as a panic.
	ReasonInternal = "internal"
	// ReasonBrokenOff is an answer that the provider did not finish.
	ReasonBrokenOff = "broken_off"
	// ReasonAbandoned is an answer that its receiver did not wait for.
	ReasonAbandoned = "abandoned"
)

// Event is what happened to one request or to one answer.
type Event struct {
	Head
	// Exchange is the same for a request and its answer: the ID of the request's
	// event, whether that was written or not; at a backend, of the endpoint's.
	Exchange string `json:"exchange"`
	// RequestID is the client's X-Request-Id, with findings masked; empty when it
	// is absent or more than an identifier.
	RequestID string `json:"request_id,omitempty"`
	// TraceID is that of the W3C traceparent, 32 hexadecimal digits.
	TraceID string `json:"trace_id,omitempty"`
	// Proxy is the name that people know the endpoint by.
	Proxy  string `json:"proxy"`
	Policy Policy `json:"policy"`
	// Direction is DirectionRequest or DirectionAnswer.
	Direction string `json:"direction"`
	// Streamed tells whether the answer came as a stream.
	Streamed bool `json:"streamed"`
	// Profile is the provider's wire format, see docs/redact.md.
	Profile string `json:"profile,omitempty"`
	// Outcome is one of the Outcome constants.
	Outcome string `json:"outcome"`
	// Reason is the code of a refusal ("body_too_large"…), else empty.
	Reason string `json:"reason,omitempty"`
	// Rules are those with findings, in the order of the policy.
	Rules []RuleCount `json:"rules"`
	// Restored, Unresolved and Suppressed count an answer's placeholders: put back,
	// of our form but not issued in this request, and kept because they stood in a
	// link.
	Restored   int `json:"restored"`
	Unresolved int `json:"unresolved"`
	Suppressed int `json:"suppressed"`
	// BytesIn and BytesOut are the sizes of the body before and after.
	BytesIn  int64 `json:"bytes_in"`
	BytesOut int64 `json:"bytes_out"`
	// Micros are the microseconds that inspection took; of a stream, without the
	// time that it was waited for.
	Micros int64 `json:"micros"`
	// Excerpts are pieces of the masked text around placeholders (include
	// "excerpt"), at most 8 of at most 240 characters.
	Excerpts []string `json:"excerpts,omitempty"`
	// Body is the whole masked body (include "body").
	Body string `json:"body,omitempty"`
}

// RuleCount is what one rule found.
type RuleCount struct {
	Name     string `json:"name"`
	Severity string `json:"severity"`
	Action   string `json:"action"`
	Count    int    `json:"count"`
	// Placeholders are those that stand for the findings, each once, at most 32;
	// More is how many were left out.
	Placeholders []string `json:"placeholders,omitempty"`
	More         int      `json:"more,omitempty"`
}

// Types of alerts.
const (
	AlertSeverity      = "severity"      // a finding of at least min_severity
	AlertFrequency     = "frequency"     // n findings of a rule in a window
	AlertUnresolved    = "unresolved"    // placeholders in an answer that nobody issued
	AlertBlocked       = "blocked"       // a request was blocked by a rule
	AlertUninspectable = "uninspectable" // a request or answer could not be inspected
	AlertReload        = "reload"        // a new version of a policy was refused
	AlertSink          = "sink"          // audit lines were dropped
	AlertFault         = "fault"         // a fault of ours
)

// Alert says that somebody should look. Repeated ones are folded: the first is
// written at once, and at the end of the window once more with all that came.
type Alert struct {
	Head
	Type     string `json:"type"`
	Severity string `json:"severity"`
	Rule     string `json:"rule,omitempty"`
	Proxy    string `json:"proxy,omitempty"`
	Policy   Policy `json:"policy"`
	// First and Last are when the first and the last of the folded ones came.
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
	// Count is how many were folded into this one, at least 1.
	Count int `json:"count"`
	// Action is what was done: a rule's action, or an outcome.
	Action string `json:"action"`
	// Reason says more where the type alone does not, such as why a policy was
	// refused; it holds no value.
	Reason string `json:"reason,omitempty"`
	// Exchange is that of the first.
	Exchange string `json:"exchange,omitempty"`
}

// Status tells that a gateway runs and which policies apply in it. It is written
// at start, after a reload and once a minute.
type Status struct {
	Head
	// Version is that of krakend-redact.
	Version string `json:"version"`
	// Started is when the gateway started.
	Started time.Time     `json:"started"`
	Proxies []ProxyStatus `json:"proxies"`
	// Dropped is how many audit lines have been lost since the start.
	Dropped int64 `json:"dropped"`
}

// ProxyStatus is the state of one protected endpoint.
type ProxyStatus struct {
	Proxy  string `json:"proxy"`
	Policy Policy `json:"policy"`
	// Source is the policy's file as the settings name it, or "inline".
	Source string `json:"source"`
	// Loaded is when this version took effect.
	Loaded time.Time `json:"loaded"`
	// ReloadError says why a newer version was refused, empty for none.
	ReloadError string `json:"reload_error,omitempty"`
}
