package audit

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Conditions say what alerts. The zero value alerts of nothing that a request
// can cause, but of faults.
type Conditions struct {
	// MinSeverity alerts of findings from this severity on; empty for none.
	MinSeverity string
	// Fold is how long what is alike is folded into one alert.
	Fold time.Duration
	// Unresolved, Blocked, Uninspectable and Reload are types of alerts.
	Unresolved, Blocked, Uninspectable, Reload bool
	// Frequency are the rules of which many findings alert.
	Frequency []Frequency
}

// Frequency alerts of Count findings of a rule within Window.
type Frequency struct {
	// Rule is a rule's name, or "*" for each rule that none else names.
	Rule   string
	Count  int
	Window time.Duration
	// Severity is that of the alert; empty for the rule's own.
	Severity string
}

// Severities in their order.
var severities = []string{"low", "medium", "high", "critical"}

func rank(severity string) int {
	for i, s := range severities {
		if s == severity {
			return i
		}
	}
	return -1
}

// sinkFold folds alerts of lost lines.
const sinkFold = 5 * time.Minute

// maxFolds bounds how many alerts are being folded at once. What is beyond is
// folded by its type and severity alone.
const maxFolds = 1024

// Alerter makes alerts of events, and folds those that are alike. It is safe for
// concurrent use.
type Alerter struct {
	log        *Log
	conditions Conditions
	now        func() time.Time
	after      func(time.Duration, func())

	mu    sync.Mutex
	open  map[alike]*Alert
	often map[often]*window
}

// alike is what alerts have in common that are folded into one.
type alike struct{ kind, severity, rule, proxy, policy string }

// often is what findings have in common that are counted together.
type often struct {
	rule  string
	index int
}

// NewAlerter returns an alerter that writes to a log. Every alert is also told
// by the log's warn.
func NewAlerter(l *Log, c Conditions) *Alerter {
	return &Alerter{
		log: l, conditions: c, now: time.Now,
		after: func(d time.Duration, f func()) { time.AfterFunc(d, f) },
		open:  map[alike]*Alert{}, often: map[often]*window{},
	}
}

// Event alerts of what an event tells.
func (a *Alerter) Event(e *Event) {
	base := Alert{Proxy: e.Proxy, Policy: e.Policy, Exchange: e.Exchange, Action: e.Outcome, Count: 1}
	raise := func(kind, severity, reason string, count int) {
		alert := base
		alert.Type, alert.Severity, alert.Reason, alert.Count = kind, severity, reason, count
		a.raise(alert)
	}
	for _, r := range e.Rules {
		alert := base
		alert.Rule, alert.Severity, alert.Action, alert.Count = r.Name, r.Severity, r.Action, r.Count
		if e.Outcome == OutcomeTested {
			alert.Action = OutcomeTested
		}
		switch {
		case a.conditions.Blocked && r.Action == "block" && e.Outcome == OutcomeBlocked:
			alert.Type = AlertBlocked
			a.raise(alert)
		case a.conditions.MinSeverity != "" && rank(r.Severity) >= rank(a.conditions.MinSeverity):
			alert.Type = AlertSeverity
			a.raise(alert)
		}
		a.frequent(alert)
	}
	switch {
	case e.Outcome == OutcomeFailed && e.Reason == ReasonInternal:
		raise(AlertFault, "critical", e.Reason, 1)
	case e.Outcome == OutcomePassed && e.Direction == DirectionRequest && a.conditions.Uninspectable:
		raise(AlertUninspectable, "high", e.Reason, 1)
	case (e.Outcome == OutcomeRefused || e.Outcome == OutcomePassed) && a.conditions.Uninspectable:
		raise(AlertUninspectable, "medium", e.Reason, 1)
	}
	if a.conditions.Unresolved && e.Unresolved > 0 {
		raise(AlertUnresolved, "medium", "", e.Unresolved)
	}
}

// Reload alerts of a new version of a policy that was refused. reason must hold
// no value.
func (a *Alerter) Reload(proxy string, p Policy, reason string) {
	if a.conditions.Reload {
		a.raise(Alert{Type: AlertReload, Severity: "high", Proxy: proxy, Policy: p, Action: OutcomeRefused, Reason: reason, Count: 1})
	}
}

// sink alerts of lost lines.
func (a *Alerter) sink(lines int, reason string) {
	a.raise(Alert{Type: AlertSink, Severity: "high", Action: "dropped", Reason: reason, Count: lines})
}

// frequent alerts when the findings of a rule have become many.
func (a *Alerter) frequent(alert Alert) {
	named := slices.ContainsFunc(a.conditions.Frequency, func(f Frequency) bool { return f.Rule == alert.Rule })
	for i, f := range a.conditions.Frequency {
		if f.Rule != alert.Rule && (f.Rule != "*" || named) {
			continue
		}
		a.mu.Lock()
		key := often{alert.Rule, i}
		w := a.often[key]
		if w == nil {
			w = &window{}
			a.often[key] = w
		}
		count := w.add(a.now(), f.Window, alert.Count)
		if count >= f.Count {
			*w = window{} // it takes as many again
		}
		a.mu.Unlock()
		if count < f.Count {
			continue
		}
		alert.Type, alert.Count = AlertFrequency, count
		if f.Severity != "" {
			alert.Severity = f.Severity
		}
		alert.Reason = fmt.Sprintf("%d findings or more within %s", f.Count, f.Window)
		a.raise(alert)
	}
}

// raise writes an alert, or folds it into one that is alike.
func (a *Alerter) raise(alert Alert) {
	now := stamp(a.now())
	key := alike{alert.Type, alert.Severity, alert.Rule, alert.Proxy, alert.Policy.Name}
	a.mu.Lock()
	open := a.open[key]
	if open == nil && len(a.open) >= maxFolds {
		key = alike{kind: alert.Type, severity: alert.Severity}
		alert.Rule, alert.Proxy, alert.Exchange = "", "", ""
		open = a.open[key]
	}
	if open != nil {
		open.Count += alert.Count
		open.Last = now
		a.mu.Unlock()
		return
	}
	alert.Head = a.log.head(KindAlert, NewID(now), now)
	alert.First, alert.Last = now, now
	folded := alert
	a.open[key] = &folded
	a.mu.Unlock()
	a.after(a.conditions.Fold, func() { a.close(key, alert.Count) })
	a.tell(alert)
}

// close ends the folding of an alert, and writes it again when more have come.
func (a *Alerter) close(key alike, told int) {
	a.mu.Lock()
	alert := *a.open[key]
	delete(a.open, key)
	a.mu.Unlock()
	if alert.Count > told {
		alert.Time = stamp(a.now())
		a.tell(alert)
	}
}

func (a *Alerter) tell(alert Alert) {
	var b strings.Builder
	fmt.Fprintf(&b, "alert: %s, severity %s", alert.Type, alert.Severity)
	for _, part := range []struct{ name, value string }{
		{"rule", alert.Rule}, {"proxy", alert.Proxy}, {"policy", alert.Policy.Name}, {"action", alert.Action}, {"reason", alert.Reason},
	} {
		if part.value != "" {
			fmt.Fprintf(&b, ", %s %q", part.name, part.value)
		}
	}
	fmt.Fprintf(&b, ", count %d", alert.Count)
	a.log.warn(b.String())
	_ = a.log.write(&alert)
}

// window counts findings in the last while, to a tenth of it.
type window struct {
	slots [10]int
	last  int64 // the number of the last slot
}

// add adds findings and returns how many there are in the window.
func (w *window) add(now time.Time, size time.Duration, findings int) int {
	slot := now.UnixNano() / int64(max(size/time.Duration(len(w.slots)), 1))
	n := int64(len(w.slots))
	if slot-w.last >= n {
		w.slots = [10]int{}
	}
	for at := max(w.last, slot-n) + 1; at <= slot; at++ {
		w.slots[at%n] = 0
	}
	w.last = slot
	w.slots[slot%n] += findings
	sum := 0
	for _, n := range w.slots {
		sum += n
	}
	return sum
}
