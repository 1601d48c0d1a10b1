package modifiers

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// freeAddress returns an address that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func scrape(t *testing.T, address string) string {
	t.Helper()
	resp, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return read(t, resp.Body)
}

// Without an audit log, all that happens at an endpoint is counted.
func TestMetrics(t *testing.T) {
	address := freeAddress(t)
	p := mails("MAIL", rulesOfAnswers("alpha"))
	p["redaction_rules"] = append(p["redaction_rules"].([]any), object{"name": "Weapons", "pattern": "bomb", "action": "block", "severity": "critical"})
	l := goLive(t, p)
	at := object{"metrics": object{"listen": address}, "proxy": "chat", "max_body_bytes": 200}
	onRequest, onResponse := l.scope(at, redactRequestName, redactResponseName)
	// A second scope shares the listener.
	otherRequest, _ := l.scope(object{"metrics": object{"listen": address}, "proxy": "other endpoint"}, redactRequestName, redactResponseName)

	request := modifyRequest(t, onRequest, jsonRequest(`["a@x.io","b@x.io","a@x.io"]`))
	if got := l.answer(onResponse, request, `["[MAIL_1] [MAIL_2] [MAIL_7] alpha"]`); got != `["a@x.io b@x.io [MAIL_7] [GONE_1]"]` {
		t.Errorf("answer %s", got)
	}
	for _, body := range []string{`["` + strings.Repeat("x", 300) + `"]`, `["bomb c@x.io"]`, `{`} {
		if _, err := onRequest(jsonRequest(body)); err == nil {
			t.Errorf("%s was not refused", body)
		}
	}
	stream := modifyResponse(t, onResponse, &response{
		request: request, headers: map[string][]string{"Content-Type": {"text/event-stream"}},
		io: strings.NewReader("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"[MAIL_1]\"}}]}\n\n"),
	}).Io()
	if _, err := stream.(io.WriterTo).WriteTo(io.Discard); err != nil {
		t.Fatal(err)
	}
	modifyRequest(t, otherRequest, jsonRequest(`["nothing"]`))
	l.writeText("{")
	l.look()
	has := func(text string, wanted ...string) {
		t.Helper()
		for _, want := range wanted {
			if !strings.Contains(text, "\nkrakend_redact_"+want+"\n") {
				t.Errorf("%s is missing in\n%s", want, text)
			}
		}
	}
	const chat = `{proxy="chat",policy="mails"`
	text := scrape(t, address)
	has(text,
		`requests_total`+chat+`,outcome="masked"} 1`, `requests_total`+chat+`,outcome="refused"} 2`, `requests_total`+chat+`,outcome="blocked"} 1`,
		`requests_total{proxy="other endpoint",policy="mails",outcome="clean"} 1`,
		`answers_total`+chat+`,outcome="masked"} 1`, `answers_total`+chat+`,outcome="restored"} 1`,
		`findings_total`+chat+`,direction="request",rule="Email MAIL",severity="medium",action="mask"} 4`,
		`findings_total`+chat+`,direction="request",rule="Weapons",severity="critical",action="block"} 1`,
		`findings_total`+chat+`,direction="response",rule="answers alpha",severity="medium",action="mask"} 1`,
		`placeholders_restored_total`+chat+`} 3`, `placeholders_unresolved_total`+chat+`} 1`,
		`refused_total`+chat+`,direction="request",reason="body_too_large"} 1`, `refused_total`+chat+`,direction="request",reason="broken_json"} 1`,
		`refused_total`+chat+`,direction="request",reason="blocked"} 1`,
		`duration_seconds_count{proxy="chat",direction="request"} 4`, `duration_seconds_count{proxy="chat",direction="response"} 2`,
		`placeholders_issued_total`+chat+`,rule="Email MAIL"} 2`,
		`reloads_total{policy="mails",result="failed"} 1`, `reload_failed`+chat+`} 1`,
	)
	has(strings.ReplaceAll(text, l.digest(), "DIGEST"), `policy_info{proxy="chat",policy="mails",version="MAIL",digest="DIGEST",mode="enforce"} 1`)
	l.write(mails("TRIAL", object{"mode": "test"}))
	l.look()
	text = strings.ReplaceAll(scrape(t, address), l.digest(), "DIGEST")
	has(text,
		`policy_info{proxy="chat",policy="mails",version="TRIAL",digest="DIGEST",mode="test"} 1`,
		`reloads_total{policy="mails",result="ok"} 1`, `reload_failed`+chat+`} 0`)
	if strings.Count(text, "\nkrakend_redact_policy_info{") != 2 || strings.Contains(text, "x.io") {
		t.Errorf("metrics\n%s", text)
	}
}

func (l *live) digest() string {
	return policies.files[fileKey{l.file, 3600e9}].current.policy.Digest
}

// A scope that nobody has named yet is told, and named by its first request.
func TestMetricsOfAScopeWithoutAName(t *testing.T) {
	address := freeAddress(t)
	l := goLive(t, mails("MAIL", nil))
	onRequest, _ := l.scope(object{"metrics": object{"listen": address}}, redactRequestName, redactResponseName)
	if text := scrape(t, address); !strings.Contains(text, `policy_info{proxy="",policy="mails",version="MAIL"`) {
		t.Errorf("metrics\n%s", text)
	}
	in := jsonRequest(`["x"]`)
	in.path = "/v1/a@x.io"
	modifyRequest(t, onRequest, in)
	text := scrape(t, address)
	if !strings.Contains(text, `requests_total{proxy="POST /v1/[MAIL_1]",policy="mails",outcome="`) || strings.Contains(text, `policy_info{proxy=""`) || strings.Contains(text, "x.io") {
		t.Errorf("metrics\n%s", text)
	}
}

func TestMetricsThatCannotBeTold(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	settings := object{"policy": testPolicy(), "metrics": object{"listen": taken.Addr().String()}}
	for _, name := range []string{redactRequestName, redactResponseName} {
		_, log, codes := start(name, object{"name": []any{redactRequestName, redactResponseName}, "redact": settings})
		if len(codes) != 1 || !strings.Contains(log.text(), "field metrics.listen: cannot be listened on: address already in use; free the address") {
			t.Errorf("%s: exits %v, log %s", name, codes, log.text())
		}
	}
}
