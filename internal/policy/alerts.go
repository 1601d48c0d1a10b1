package policy

import (
	"fmt"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/strictjson"
)

// Alerts say what alerts. What is nil was not said.
type Alerts struct {
	// Given tells that something was said.
	Given bool
	// MinSeverity alerts of findings from this severity on, or of none with
	// NoSeverity. Default: High.
	MinSeverity *string
	// Fold is how long what is alike is one alert. Default: 5 minutes.
	Fold *time.Duration
	// Unresolved alerts of placeholders in an answer that nobody issued, Blocked
	// of requests that a rule blocks, Uninspectable of what cannot be inspected,
	// and Reload of new versions of a policy that are refused. Default: true.
	Unresolved, Blocked, Uninspectable, Reload *bool
	// Frequency are the rules of which many findings alert. Default: none.
	Frequency []Frequency
}

// NoSeverity is the minimum severity that no finding has.
const NoSeverity = "none"

// Frequency alerts of many findings of a rule.
type Frequency struct {
	// Rule is its name, or "*" for every rule that none else names.
	Rule string
	// Count is how many findings within Window alert.
	Count  int
	Window time.Duration
	// Severity is that of the alert; empty for the rule's own.
	Severity Severity
}

// Defaults of a frequency.
const (
	defaultCount       = 10
	defaultAlertWindow = time.Minute
)

// ReadAlerts reads the object "alerts" of a policy or of settings.
func ReadAlerts(o *strictjson.Object) Alerts {
	var a Alerts
	o = o.Object("alerts")
	if o == nil {
		return a
	}
	a.Given = true
	if o.Has("min_severity") {
		word := string(High)
		o.Choice("min_severity", &word, string(Low), string(Medium), string(High), string(Critical), NoSeverity)
		a.MinSeverity = &word
	}
	if o.Has("fold") {
		var fold time.Duration
		ReadDuration(o, "fold", &fold, time.Second)
		a.Fold = &fold
	}
	for _, condition := range []struct {
		field  string
		target **bool
	}{{"unresolved", &a.Unresolved}, {"blocked", &a.Blocked}, {"uninspectable", &a.Uninspectable}, {"reload", &a.Reload}} {
		if o.Has(condition.field) {
			*condition.target = new(bool)
			o.Bool(condition.field, *condition.target)
		}
	}
	if o.Has("frequency") {
		a.Frequency = []Frequency{}
	}
	for _, f := range o.Objects("frequency") {
		often := Frequency{Count: defaultCount, Window: defaultAlertWindow}
		f.String("rule", &often.Rule)
		if often.Rule == "" {
			f.Missing("rule", `name a rule, or write "*" for every rule`)
		}
		readOften(f, &often)
		a.Frequency = append(a.Frequency, often)
	}
	_ = o.Close() // the mistake is recorded; the outer Close returns it
	return a
}

// readOften reads how many findings alert.
func readOften(o *strictjson.Object, f *Frequency) {
	count := int64(f.Count)
	o.Int("count", &count, 1)
	f.Count = int(count)
	ReadDuration(o, "window", &f.Window, time.Second)
	_ = o.Close() // as above
}

// readAlert reads when findings of a rule alert, nil for no condition of its own.
func readAlert(o *strictjson.Object, rule *Rule) {
	alert := o.Object("alert")
	if alert == nil {
		return
	}
	f := Frequency{Rule: rule.Name, Count: 1, Window: defaultAlertWindow, Severity: rule.Severity}
	readSeverity(alert, &f.Severity)
	readOften(alert, &f)
	rule.Alert = &f
}

// maxDuration bounds durations: nobody waits for longer.
const maxDuration = 10 * 365 * 24 * time.Hour

// ReadDuration reads a text such as "90s", "5m" or "24h".
func ReadDuration(o *strictjson.Object, name string, target *time.Duration, least time.Duration) {
	if !o.Has(name) {
		return
	}
	var text string
	o.String(name, &text)
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		o.Fail(name, "is not a duration", `write one such as "90s", "5m" or "24h"`)
	case d < least || d > maxDuration:
		o.Fail(name, fmt.Sprintf("must be from %s to %s", least, maxDuration), "choose another one, or leave the field out for the default")
	default:
		*target = d
	}
}
