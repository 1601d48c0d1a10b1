package web

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/krakend-redact/krakend-redact/console/internal/auth"
	"github.com/krakend-redact/krakend-redact/console/internal/store"
	"github.com/krakend-redact/krakend-redact/internal/audit"
)

// seedData fills a store with what a week of two gateways looks like.
func seedData(t testing.TB, s *store.Store, now time.Time) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	uuid.SetRand(zeros{random})
	defer uuid.SetRand(nil)
	id := func() string {
		made, err := uuid.NewV7()
		if err != nil {
			t.Fatal(err)
		}
		return made.String()
	}
	rules := []audit.RuleCount{
		{Name: "Email Addresses", Severity: "medium", Action: "mask", Placeholders: []string{"[REDACTED_EMAIL_1]", "[REDACTED_EMAIL_2]"}},
		{Name: "Secret Password", Severity: "critical", Action: "mask", Placeholders: []string{"[REDACTED_PASSWORD_1]"}},
		{Name: "Credit Card Numbers", Severity: "high", Action: "mask", Placeholders: []string{"[REDACTED_CC_1]"}},
		{Name: "Customer Number", Severity: "low", Action: "partial", Placeholders: []string{"C-****5678"}},
		{Name: "Project Atlas", Severity: "critical", Action: "block"},
		{Name: "aws_access_key", Severity: "critical", Action: "redact", Placeholders: []string{"[REDACTED_AWS_ACCESS_KEY_1]"}},
		{Name: "phone", Severity: "low", Action: "mask", Placeholders: []string{"[REDACTED_PHONE_1]"}},
	}
	excerpts := map[string]string{
		"Email Addresses":     "please write to [REDACTED_EMAIL_1] and put [REDACTED_EMAIL_2] in copy, the contract is due on Friday",
		"Secret Password":     "dont tell anyone, but my password is: [REDACTED_PASSWORD_1]",
		"Credit Card Numbers": "charge the card [REDACTED_CC_1] for the\nnext month and send the bill",
		"Customer Number":     "why is the order of C-****5678 late?",
		"aws_access_key":      "export AWS_ACCESS_KEY_ID=[REDACTED_AWS_ACCESS_KEY_1]",
		"phone":               "call me back at [REDACTED_PHONE_1]",
	}
	proxies := []struct {
		name   string
		policy audit.Policy
	}{
		{"chat", audit.Policy{Name: "llm-data-redaction", Version: "1.0", Digest: "a94a8fe5ccb1", Mode: "enforce"}},
		{"support-assistant", audit.Policy{Name: "support", Version: "3", Digest: "0beec7b5ea3f", Mode: "enforce"}},
		{"POST /v1/embeddings", audit.Policy{Name: "embeddings-trial", Version: "0.1", Digest: "62cdb7020ff9", Mode: "test"}},
	}
	var batch store.Batch
	for i := range 600 {
		at := now.Add(-time.Duration(float64(7*24*time.Hour) * random.Float64() * random.Float64())).Truncate(time.Millisecond)
		p := proxies[min(random.IntN(5), 2)]
		if i%7 == 0 {
			p = proxies[0]
		}
		rule := rules[min(random.IntN(9), len(rules)-1)]
		rule.Count = 1 + random.IntN(3)
		e := audit.Event{
			Head:      audit.Head{Schema: audit.Schema, Kind: audit.KindEvent, ID: id(), Time: at, Gateway: fmt.Sprintf("gateway-%d", 1+i%2)},
			RequestID: fmt.Sprintf("req-%05d", i), Proxy: p.name, Policy: p.policy, Direction: audit.DirectionRequest, Profile: "openai_chat",
			Outcome: audit.OutcomeMasked, Rules: []audit.RuleCount{rule}, BytesIn: 400 + int64(random.IntN(4000)), Micros: 90 + int64(random.IntN(900)),
			TraceID: "4bf92f3577b34da6a3ce929d0e0e4736",
		}
		e.BytesOut = e.BytesIn + 12
		e.Exchange = e.ID
		if text := excerpts[rule.Name]; text != "" {
			e.Excerpts = []string{text}
		}
		if i%5 == 0 {
			more := rules[(i/5)%3]
			if more.Name != rule.Name {
				more.Count = 1
				e.Rules = append(e.Rules, more)
				e.Excerpts = append(e.Excerpts, excerpts[more.Name])
			}
		}
		switch {
		case p.policy.Mode == "test":
			e.Outcome = audit.OutcomeTested
			e.Rules[0].Placeholders, e.Excerpts = nil, nil
		case rule.Action == "block":
			e.Outcome, e.Excerpts = audit.OutcomeBlocked, nil
		case i%41 == 0:
			e.Outcome, e.Reason, e.Rules, e.Excerpts = audit.OutcomeRefused, "body_too_large", nil, nil
		}
		batch.Events = append(batch.Events, e)
		if e.Outcome == audit.OutcomeMasked {
			answer := e
			answer.ID, answer.Time, answer.Direction, answer.Outcome = id(), at.Add(1400*time.Millisecond), audit.DirectionAnswer, audit.OutcomeRestored
			answer.Rules, answer.Excerpts, answer.Restored, answer.Streamed = nil, nil, 1+random.IntN(2), i%2 == 0
			if i%60 == 0 {
				answer.Unresolved = 1
			}
			batch.Events = append(batch.Events, answer)
		}
	}
	for i, kind := range []string{audit.AlertSeverity, audit.AlertFrequency, audit.AlertBlocked, audit.AlertReload, audit.AlertUnresolved, audit.AlertUninspectable, audit.AlertSink} {
		at := now.Add(-time.Duration(i*i*37) * time.Minute).Truncate(time.Millisecond)
		a := audit.Alert{
			Head: audit.Head{Schema: audit.Schema, Kind: audit.KindAlert, ID: id(), Time: at, Gateway: "gateway-1"}, Type: kind,
			Severity: []string{"critical", "high", "high", "medium", "low"}[i%5], Proxy: proxies[i%3].name, Policy: proxies[i%3].policy,
			First: at.Add(-9 * time.Minute), Last: at, Count: 1 + i*3, Action: "mask",
		}
		switch kind {
		case audit.AlertSeverity, audit.AlertFrequency:
			a.Rule, a.Exchange = "Secret Password", batch.Events[0].Exchange
		case audit.AlertBlocked:
			a.Rule, a.Action = "Project Atlas", "block"
		case audit.AlertReload:
			a.Action, a.Reason = "refused", `policies/support.json: rule "Account", field pattern: is not a regular expression; see docs/policy.md`
		}
		batch.Alerts = append(batch.Alerts, a)
	}
	for i := range 2 {
		status := audit.Status{
			Head:    audit.Head{Schema: audit.Schema, Kind: audit.KindStatus, ID: id(), Time: now.Add(-time.Duration(20+i*400) * time.Second), Gateway: fmt.Sprintf("gateway-%d", i+1)},
			Version: "1.1.0", Started: now.Add(-50 * time.Hour), Dropped: int64(i * 3),
		}
		for j, p := range proxies {
			report := audit.ProxyStatus{Proxy: p.name, Policy: p.policy, Source: "policies/" + p.policy.Name + ".json", Loaded: now.Add(-30 * time.Hour)}
			if i == 0 && j == 1 {
				report.ReloadError = `policies/support.json: rule "Account", field pattern: is not a regular expression; see docs/policy.md`
			}
			status.Proxies = append(status.Proxies, report)
		}
		batch.Statuses = append(batch.Statuses, status)
	}
	if _, err := s.Ingest(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	ctx := t.Context()
	must(s.AddNote(ctx, "the operator", batch.Alerts[0].ID, "Asked the team of the chat page: a test of theirs."))
	must(s.SetAlertState(ctx, "the operator", store.AlertAcknowledged, batch.Alerts[2].ID))
	must(s.SetAlertState(ctx, "the operator", store.AlertResolved, batch.Alerts[4].ID))
	one := `{
  "name": "support",
  "version": "3",
  "unmask_for_user": true,
  "packs": ["pii"],
  "redaction_rules": [
    { "name": "Customer Number", "pattern": "\\bC-[0-9]{8}\\b", "replacement": "[REDACTED_CUSTOMER]", "severity": "low" }
  ]
}
`
	two := `{
  "name": "support",
  "version": "4",
  "unmask_for_user": true,
  "packs": ["pii", "secrets"],
  "redaction_rules": [
    { "name": "Customer Number", "pattern": "\\bC-[0-9]{8}\\b", "replacement": "[REDACTED_CUSTOMER]", "severity": "high" }
  ],
  "deny_terms": { "terms": ["Project Atlas"], "whole_words": true, "action": "block" }
}
`
	_, err := s.AddPolicyVersion(ctx, "the editor", 0, store.PolicyVersion{Policy: "support", Text: one, Digest: "0beec7b5ea3f", Comment: "Customer numbers"})
	must(err)
	_, err = s.AddPolicyVersion(ctx, "the editor", 1, store.PolicyVersion{Policy: "support", Text: two, Digest: "d0941e68da8f", Comment: "Block the project's name"})
	must(err)
	_, err = s.AddPolicyVersion(ctx, "the editor", 0, store.PolicyVersion{Policy: "embeddings-trial", Text: `{"name":"embeddings-trial","mode":"test","packs":["default"]}`, Digest: "62cdb7020ff9"})
	must(err)
	must(s.AssignPolicy(ctx, "the editor", "support-assistant", "support", 2))
}

// seedUsers adds one user of each role.
func seedUsers(t testing.TB, s *store.Store) {
	t.Helper()
	for _, role := range roles {
		if err := s.AddUser(t.Context(), "system", store.User{Name: "the " + string(role), Role: role}, auth.Hash(tokenOf(role))); err != nil {
			t.Fatal(err)
		}
	}
}

// zeros makes ids the same in each run.
type zeros struct{ *rand.Rand }

func (z zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(z.Uint32())
	}
	return len(p), nil
}

// tokenOf is the token that the seed's user of a role logs in with.
func tokenOf(role store.Role) string { return "token-of-the-" + string(role) }
