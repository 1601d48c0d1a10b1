package policy_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/policy"
)

func TestAlerts(t *testing.T) {
	p, err := policy.Parse("p.json", "p", []byte(`{
		"alerts": { "min_severity": "low", "fold": "90s", "blocked": false, "frequency": [{ "rule": "*" }, { "rule": "a", "count": 3, "window": "1h" }] },
		"redaction_rules": [{ "name": "a", "pattern": "x", "severity": "low", "alert": {} }, { "name": "b", "pattern": "y", "alert": { "count": 2, "window": "5m", "severity": "critical" } }, { "name": "c", "pattern": "z" }]
	}`))
	if err != nil {
		t.Fatal(err)
	}
	a := p.Alerts
	if !a.Given || *a.MinSeverity != "low" || *a.Fold != 90*time.Second || *a.Blocked || a.Unresolved != nil || a.Uninspectable != nil || a.Reload != nil {
		t.Errorf("%+v", a)
	}
	if want := []policy.Frequency{{Rule: "*", Count: 10, Window: time.Minute}, {Rule: "a", Count: 3, Window: time.Hour}}; !reflect.DeepEqual(a.Frequency, want) {
		t.Errorf("%+v", a.Frequency)
	}
	for i, want := range []*policy.Frequency{
		{Rule: "a", Count: 1, Window: time.Minute, Severity: policy.Low},
		{Rule: "b", Count: 2, Window: 5 * time.Minute, Severity: policy.Critical},
		nil,
	} {
		if got := p.Rules[i].Alert; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", p.Rules[i].Name, got, want)
		}
	}
	if p, err := policy.Parse("p.json", "p", []byte(`{"packs":["pii"]}`)); err != nil || !reflect.DeepEqual(p.Alerts, policy.Alerts{}) {
		t.Errorf("nothing was said, but %+v, %v", p.Alerts, err)
	}
}

func TestAlertsThatAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		`{"min_severity":"bad"}`:                      "field alerts.min_severity: is not one of low, medium, high, critical, none",
		`{"fold":"5"}`:                                `field alerts.fold: is not a duration; write one such as "90s", "5m" or "24h"`,
		`{"fold":"1ms"}`:                              "field alerts.fold: must be from 1s to 87600h0m0s",
		`{"fold":5}`:                                  "field alerts.fold: must be a string",
		`{"blocked":"no"}`:                            "field alerts.blocked: must be true or false",
		`{"frequency":[{"count":1}]}`:                 `field alerts.frequency[0].rule: is missing; name a rule, or write "*" for every rule`,
		`{"frequency":[{"rule":"a","count":0}]}`:      "field alerts.frequency[0].count: must be at least 1",
		`{"frequency":[{"rule":"*"},{"rule":"a"}]}`:   `field alerts.frequency[1].rule: names no rule of this policy; write a rule's name as it stands there, or "*" for every rule`,
		`{"frequency":[{"rule":"a","window":"10y"}]}`: "field alerts.frequency[0].window: is not a duration",
		`{"severity":"high"}`:                         "field alerts.severity: is unknown; known fields are blocked, fold, frequency, min_severity, reload, uninspectable, unresolved",
	} {
		_, err := policy.Parse("p.json", "p", []byte(`{"packs":["pii"],"alerts":`+text+`}`))
		if err == nil || !strings.HasPrefix(err.Error(), "p.json: "+want) {
			t.Errorf("%s: %v\nwant %s", text, err, want)
		}
	}
}
