package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

// TestMetrics scrapes a gateway and reads what it tells with Prometheus' own
// parser.
func TestMetrics(t *testing.T) {
	t.Parallel()
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	address := fmt.Sprintf("127.0.0.1:%d", port)
	odd := "chat \"1\" \\ new\nline"
	g := newGroup(t)
	g.hide(email, email2, card)
	at := func(proxy string, more obj) *endpoint {
		settings := obj{"proxy": proxy, "metrics": obj{"listen": address}}
		for k, v := range more {
			settings[k] = v
		}
		return g.add(route{settings: settings}, nil)
	}
	chat, trial, plain := at(odd, nil), at("trial", nil), g.add(route{}, nil)
	p := policy(rule("Mail", `[a-z.]+@[a-z.]+`, "[MAIL]"))
	p["mode"] = "test"
	trial.route.settings["policy"] = p
	g.start(t)
	chat.send(t, message{body: `["` + email + `","` + email2 + `","` + card + `"]`})
	chat.send(t, message{body: `{"broken`})
	trial.send(t, message{body: `["` + email + `"]`})
	plain.send(t, message{body: `["` + email + `"]`})

	resp, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if found := leak(string(text), []string{email, email2, card}); found != "" {
		t.Errorf("the metrics show %s", found)
	}
	if got := expfmt.ResponseFormat(resp.Header).FormatType(); got != expfmt.TypeTextPlain {
		t.Errorf("Content-Type %q", resp.Header.Get("Content-Type"))
	}
	var read expfmt.TextParser
	families, err := read.TextToMetricFamilies(strings.NewReader(string(text)))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	for _, want := range []struct {
		name   string
		labels map[string]string
		value  float64
	}{
		{"requests_total", map[string]string{"proxy": odd, "outcome": "masked"}, 1},
		{"requests_total", map[string]string{"proxy": odd, "outcome": "refused"}, 1},
		{"requests_total", map[string]string{"proxy": "trial", "outcome": "tested"}, 1},
		{"answers_total", map[string]string{"proxy": odd, "outcome": "restored"}, 1},
		{"findings_total", map[string]string{"proxy": odd, "rule": "Email Addresses", "action": "mask"}, 2},
		{"refused_total", map[string]string{"proxy": odd, "reason": "broken_json"}, 1},
		{"placeholders_restored_total", map[string]string{"proxy": odd}, 3},
		{"policy_info", map[string]string{"proxy": odd, "mode": "enforce"}, 1},
		{"policy_info", map[string]string{"proxy": "trial", "mode": "test", "version": "2.7"}, 1},
		{"duration_seconds", map[string]string{"proxy": odd, "direction": "request"}, 2},
	} {
		if got := valueOf(families["krakend_redact_"+want.name], want.labels); got != want.value {
			t.Errorf("%s %v is %v, want %v", want.name, want.labels, got, want.value)
		}
	}
	for name, f := range families {
		if f.GetHelp() == "" || f.GetType() == dto.MetricType_UNTYPED || !strings.HasPrefix(name, "krakend_redact_") {
			t.Errorf("%s: %v", name, f)
		}
	}
	if t.Failed() {
		t.Logf("%s", text)
	}
}

// valueOf returns the value of the only series that has these labels, among
// others, -1 for none or many.
func valueOf(f *dto.MetricFamily, labels map[string]string) float64 {
	value := -1.0
	for _, m := range f.GetMetric() {
		has := 0
		for _, l := range m.GetLabel() {
			if want, asked := labels[l.GetName()]; asked && want == l.GetValue() {
				has++
			}
		}
		switch {
		case has < len(labels):
			continue
		case value >= 0:
			return -1
		}
		value = m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
	}
	return value
}

// TestDeployedQueries reads the alert rules and the dashboard's queries as
// Prometheus does. internal/metrics checks the names in them.
func TestDeployedQueries(t *testing.T) {
	t.Parallel()
	const file = "../deploy/prometheus/krakend-redact.rules.yml"
	rules, errs := rulefmt.ParseFile(file)
	for _, err := range errs {
		t.Errorf("%s: %v", file, err)
	}
	if rules != nil {
		for _, r := range rules.Groups[0].Rules {
			if r.Annotations["summary"] == "" || r.Annotations["description"] == "" || r.Labels["severity"] == "" {
				t.Errorf("%s lacks a summary, a description or a severity", r.Alert.Value)
			}
		}
	}
	text, err := os.ReadFile("../deploy/grafana/krakend-redact.json")
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	interval := regexp.MustCompile(`\$__(rate_interval|range)`)
	for _, panel := range dashboard.Panels {
		if len(panel.Targets) == 0 {
			t.Errorf("%s asks for nothing", panel.Title)
		}
		for _, target := range panel.Targets {
			if _, err := parser.ParseExpr(interval.ReplaceAllString(target.Expr, "5m")); err != nil {
				t.Errorf("%s: %s: %v", panel.Title, target.Expr, err)
			}
		}
	}
}
