package audit

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// clockwork is an alerter whose time a test makes pass.
type clockwork struct {
	*Alerter
	at     time.Time
	timers []struct {
		due time.Time
		f   func()
	}
	sink *memory
	told *warnings
}

func newClockwork(c Conditions) *clockwork {
	k := &clockwork{at: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), sink: &memory{}}
	l, told := memoryLog(k.sink)
	k.told = told
	k.Alerter = NewAlerter(l, c)
	k.now = func() time.Time { return k.at }
	k.after = func(d time.Duration, f func()) {
		k.timers = append(k.timers, struct {
			due time.Time
			f   func()
		}{k.at.Add(d), f})
	}
	return k
}

func (k *clockwork) pass(d time.Duration) {
	k.at = k.at.Add(d)
	due := k.timers
	k.timers = nil
	for _, timer := range due {
		if timer.due.After(k.at) {
			k.timers = append(k.timers, timer)
		} else {
			timer.f()
		}
	}
}

// alerts tells type, severity, rule, action and count of each line.
func (k *clockwork) alerts(t *testing.T) string {
	var all []string
	for _, r := range k.sink.records(t) {
		all = append(all, strings.TrimSpace(fmt.Sprint(r["type"], " ", r["severity"], " ", r["rule"], " ", r["action"], " ", r["count"])))
	}
	return strings.ReplaceAll(strings.Join(all, "; "), "<nil>", "-")
}

func rule(name, severity, action string, count int) RuleCount {
	return RuleCount{Name: name, Severity: severity, Action: action, Count: count}
}

func TestWhatAlerts(t *testing.T) {
	all := Conditions{MinSeverity: "high", Fold: time.Minute, Unresolved: true, Blocked: true, Uninspectable: true, Reload: true}
	for name, tt := range map[string]struct {
		conditions Conditions
		event      Event
		want       string
	}{
		"a severe finding":     {all, Event{Outcome: OutcomeMasked, Rules: []RuleCount{rule("a", "medium", "mask", 1), rule("b", "critical", "mask", 3)}}, "severity critical b mask 3"},
		"in mode test":         {all, Event{Outcome: OutcomeTested, Rules: []RuleCount{rule("b", "high", "mask", 1)}}, "severity high b tested 1"},
		"no severity":          {Conditions{}, Event{Outcome: OutcomeMasked, Rules: []RuleCount{rule("b", "critical", "mask", 3)}}, ""},
		"blocked":              {all, Event{Outcome: OutcomeBlocked, Reason: "blocked", Rules: []RuleCount{rule("a", "low", "mask", 1), rule("b", "low", "block", 1)}}, "blocked low b block 1"},
		"blocked and severe":   {all, Event{Outcome: OutcomeBlocked, Reason: "blocked", Rules: []RuleCount{rule("b", "high", "block", 1)}}, "blocked high b block 1"},
		"refused":              {all, Event{Outcome: OutcomeRefused, Reason: "broken_json"}, "uninspectable medium - refused 1"},
		"passed":               {all, Event{Outcome: OutcomePassed, Direction: DirectionRequest, Reason: "broken_json"}, "uninspectable high - passed 1"},
		"an answer passed":     {all, Event{Outcome: OutcomePassed, Direction: DirectionAnswer, Reason: "x"}, "uninspectable medium - passed 1"},
		"unresolved":           {all, Event{Outcome: OutcomeRestored, Unresolved: 2}, "unresolved medium - restored 2"},
		"a fault":              {Conditions{}, Event{Outcome: OutcomeFailed, Reason: ReasonInternal}, "fault critical - failed 1"},
		"an answer broken off": {all, Event{Outcome: OutcomeFailed, Reason: ReasonBrokenOff}, ""},
		"nothing asked for":    {Conditions{}, Event{Outcome: OutcomeRefused, Unresolved: 1, Rules: []RuleCount{rule("b", "critical", "block", 1)}}, ""},
	} {
		k := newClockwork(tt.conditions)
		k.Event(&tt.event)
		if got := k.alerts(t); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
		if told := k.told.text() != ""; told != (tt.want != "") {
			t.Errorf("%s: KrakenD's log has %q", name, k.told.text())
		}
	}
}

func TestReloadAlerts(t *testing.T) {
	k := newClockwork(Conditions{Fold: time.Minute, Reload: true})
	k.Reload("chat", Policy{Name: "p"}, "p.json: is not valid JSON")
	if got, want := k.told.text(), `alert: reload, severity high, proxy "chat", policy "p", action "refused", reason "p.json: is not valid JSON", count 1`; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	k = newClockwork(Conditions{Fold: time.Minute})
	k.Reload("chat", Policy{Name: "p"}, "x")
	if got := k.told.text(); got != "" {
		t.Errorf("nobody asked, but %s", got)
	}
}

// The first of what is alike is written at once, and at the end of the window all
// of it, under the same id.
func TestFolding(t *testing.T) {
	k := newClockwork(Conditions{Fold: time.Minute, MinSeverity: "low"})
	found := func(proxy, rules string, count int) {
		k.Event(&Event{Proxy: proxy, Exchange: "x", Outcome: OutcomeMasked, Rules: []RuleCount{rule(rules, "low", "mask", count)}})
	}
	found("a", "r", 1)
	k.pass(10 * time.Second)
	found("a", "r", 2)
	found("b", "r", 1)
	k.pass(10 * time.Second)
	found("a", "r", 3)
	k.pass(time.Minute)
	found("a", "r", 1)
	if got, want := k.alerts(t), "severity low r mask 1; severity low r mask 1; severity low r mask 6; severity low r mask 1"; got != want {
		t.Fatalf("%s\nwant %s", got, want)
	}
	r := k.sink.records(t)
	if r[0]["id"] != r[2]["id"] || r[0]["id"] == r[1]["id"] || r[0]["id"] == r[3]["id"] {
		t.Errorf("ids %v %v %v %v", r[0]["id"], r[1]["id"], r[2]["id"], r[3]["id"])
	}
	if r[2]["first"] != "2026-01-01T00:00:00Z" || r[2]["last"] != "2026-01-01T00:00:20Z" || r[2]["time"] != "2026-01-01T00:01:20Z" {
		t.Errorf("%v", r[2])
	}
	k.pass(time.Hour)
	if len(k.open) != 0 || len(k.timers) != 0 {
		t.Errorf("%d alerts and %d timers stay", len(k.open), len(k.timers))
	}
}

// What is worse is not folded into what is less so.
func TestAWorseAlertIsNotFoldedAway(t *testing.T) {
	k := newClockwork(Conditions{Fold: time.Minute, Uninspectable: true})
	k.Event(&Event{Proxy: "a", Direction: DirectionRequest, Outcome: OutcomeRefused, Reason: "x"})
	k.Event(&Event{Proxy: "a", Direction: DirectionRequest, Outcome: OutcomePassed, Reason: "x"})
	if got, want := k.alerts(t), "uninspectable medium - refused 1; uninspectable high - passed 1"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestAlertsAreBounded(t *testing.T) {
	k := newClockwork(Conditions{Fold: time.Minute, MinSeverity: "low"})
	for i := 0; i < 3*maxFolds; i++ {
		k.Event(&Event{Proxy: fmt.Sprint(i), Exchange: "x", Rules: []RuleCount{rule("r", "low", "mask", 1)}})
	}
	k.pass(time.Hour)
	r := k.sink.records(t)
	if len(r) != maxFolds+2 || r[maxFolds]["proxy"] != nil || r[len(r)-1]["count"] != float64(2*maxFolds) {
		t.Errorf("%d lines, the last %v", len(r), r[len(r)-1])
	}
}

func TestFrequency(t *testing.T) {
	k := newClockwork(Conditions{Fold: time.Second, Frequency: []Frequency{
		{Rule: "*", Count: 5, Window: 10 * time.Second},
		{Rule: "a", Count: 3, Window: 10 * time.Second, Severity: "critical"},
		{Rule: "d", Count: 50, Window: 10 * time.Second},
	}})
	found := func(name string, count int) {
		k.Event(&Event{Outcome: OutcomeMasked, Rules: []RuleCount{rule(name, "low", "mask", count)}})
	}
	for _, step := range []struct {
		wait  time.Duration
		rule  string
		count int
		want  string
	}{
		{0, "a", 2, ""},
		{8 * time.Second, "a", 1, "frequency critical a mask 3"},
		{0, "a", 2, ""},
		{12 * time.Second, "a", 2, ""},
		{100 * time.Hour, "b", 4, ""},
		{time.Second, "c", 4, ""},
		{time.Second, "b", 1, "frequency low b mask 5"},
		{time.Second, "d", 49, ""},
		{time.Second, "d", 1, "frequency low d mask 50"},
	} {
		k.pass(step.wait)
		k.sink.lines = nil
		found(step.rule, step.count)
		if got := k.alerts(t); got != step.want {
			t.Errorf("after %s %d of %s: %q, want %q", step.wait, step.count, step.rule, got, step.want)
		}
	}
}
