package store

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/krakend-redact/krakend-redact/internal/audit"
	"github.com/krakend-redact/krakend-redact/internal/secret"
)

const hostile = `"><script>alert(1)</script>'; DROP TABLE users; --`

// trail returns the last lines of the trail as who action object before after.
func trail(t *testing.T, s *Store, n int) []string {
	t.Helper()
	var lines []string
	for _, c := range must(s.Trail(t.Context(), TrailFilter{}, Page{Limit: n}))(t).Changes {
		lines = append(lines, strings.Join([]string{c.Who, c.Action, c.Object, c.Before, c.After}, " "))
		if d := time.Since(c.Time); d < -time.Second || d > time.Minute {
			t.Errorf("a change of %s", c.Time)
		}
	}
	return lines
}

func wantTrail(t *testing.T, s *Store, want ...string) {
	t.Helper()
	if got := trail(t, s, max(1, len(want))); !reflect.DeepEqual(got, want) {
		t.Errorf("the trail is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestAlerts(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		one := alert(1)
		one.Reason, one.Rule = hostile, hostile
		two := alert(2)
		two.Type, two.Severity, two.Proxy, two.Rule = audit.AlertReload, "low", "proxy-1", ""
		must(s.Ingest(t.Context(), Batch{Alerts: []audit.Alert{one, two}}))(t)

		ok(t, s.SetAlertState(t.Context(), "ada", AlertAcknowledged, one.ID))
		ok(t, s.SetAlertState(t.Context(), "bob", AlertAcknowledged, one.ID)) // changes nothing
		ok(t, s.AddNote(t.Context(), "bob", one.ID, hostile))

		folded := one
		folded.Count, folded.Last = 5, one.Last.Add(time.Minute)
		if in := must(s.Ingest(t.Context(), Batch{Alerts: []audit.Alert{folded, one}}))(t); in.Accepted != 1 || in.Duplicates != 1 || len(in.Alerts) != 0 {
			t.Errorf("folded: %+v", in)
		}
		got, notes, err := s.Alert(t.Context(), one.ID)
		ok(t, err)
		if !reflect.DeepEqual(got.Alert, folded) || got.State != AlertAcknowledged || got.StateBy != "ada" || time.Since(got.StateAt) > time.Minute || got.Notes != 1 {
			t.Errorf("the alert is %+v", got)
		}
		if len(notes) != 1 || notes[0].Who != "bob" || notes[0].Text != hostile || time.Since(notes[0].Time) > time.Minute {
			t.Errorf("the notes are %+v", notes)
		}
		wantTrail(t, s, "bob alert.note alert/"+one.ID+"  "+digest(hostile), "ada alert.state alert/"+one.ID+" new acknowledged")

		for _, f := range []AlertFilter{
			{State: AlertAcknowledged},
			{Type: audit.AlertSeverity},
			{MinSeverity: "medium"},
			{Proxy: "proxy-0"},
			{Rule: hostile},
			{State: AlertAcknowledged, Type: audit.AlertSeverity, MinSeverity: "high", Proxy: "proxy-0", Policy: "policy-0"},
		} {
			if page := must(s.Alerts(t.Context(), f, Page{}))(t); len(page.Alerts) != 1 || page.Alerts[0].ID != one.ID {
				t.Errorf("%+v finds %d", f, len(page.Alerts))
			}
		}
		page := must(s.Alerts(t.Context(), AlertFilter{}, Page{Limit: 1}))(t)
		if page.Alerts[0].ID != two.ID || page.Older == "" || page.Newer != "" {
			t.Errorf("the first page is %+v", page)
		}
		page = must(s.Alerts(t.Context(), AlertFilter{}, Page{Limit: 1, Older: page.Older}))(t)
		if page.Alerts[0].ID != one.ID || page.Older != "" || page.Newer == "" {
			t.Errorf("the second page is %+v", page)
		}
		if counts := must(s.AlertCounts(t.Context()))(t); !reflect.DeepEqual(counts, AlertCounts{New: 1, Acknowledged: 1, NewBySeverity: map[string]int{"low": 1}}) {
			t.Errorf("the counts are %+v", counts)
		}

		if err := s.SetAlertState(t.Context(), "ada", AlertResolved, two.ID, newUUID()); !errors.Is(err, ErrNotFound) {
			t.Errorf("an unknown alert: %v", err)
		}
		if got, _, _ := s.Alert(t.Context(), two.ID); got.State != AlertNew {
			t.Errorf("one alert was set to %s although the other is not there", got.State)
		}
		if err := s.AddNote(t.Context(), "ada", newUUID(), "x"); !errors.Is(err, ErrNotFound) {
			t.Errorf("a note on an unknown alert: %v", err)
		}
	})
}

func TestPolicies(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		first := must(s.AddPolicyVersion(t.Context(), "ada", 0, PolicyVersion{Policy: "llm", Text: "{1}", Digest: "d1", Comment: hostile}))(t)
		second := must(s.AddPolicyVersion(t.Context(), "bob", 1, PolicyVersion{Policy: "llm", Text: "{2}", Digest: "d2"}))(t)
		must(s.AddPolicyVersion(t.Context(), "bob", 0, PolicyVersion{Policy: "a", Text: "{3}", Digest: "d3"}))(t)
		wantTrail(t, s, "bob policy.add policy/a/1  d3", "bob policy.add policy/llm/2 d1 d2", "ada policy.add policy/llm/1  d1")
		for _, base := range []int{0, 1, 3} {
			if _, err := s.AddPolicyVersion(t.Context(), "eve", base, PolicyVersion{Policy: "llm"}); !errors.Is(err, ErrConflict) {
				t.Errorf("made from %d: %v", base, err)
			}
		}
		if first.Number != 1 || first.Author != "ada" || second.Number != 2 {
			t.Errorf("the versions are %+v and %+v", first, second)
		}
		if got := must(s.PolicyVersion(t.Context(), "llm", 1))(t); got != first {
			t.Errorf("version 1 is %+v", got)
		}
		if got := must(s.PolicyVersion(t.Context(), "llm", 0))(t); got != second {
			t.Errorf("the newest is %+v", got)
		}
		if _, err := s.PolicyVersion(t.Context(), "llm", 3); !errors.Is(err, ErrNotFound) {
			t.Errorf("version 3: %v", err)
		}
		if _, err := s.PolicyVersions(t.Context(), "none"); !errors.Is(err, ErrNotFound) {
			t.Errorf("an unknown policy: %v", err)
		}
		first.Text, second.Text = "", ""
		if got := must(s.PolicyVersions(t.Context(), "llm"))(t); !reflect.DeepEqual(got, []PolicyVersion{second, first}) {
			t.Errorf("the versions are %+v", got)
		}

		ok(t, s.AssignPolicy(t.Context(), "ada", "chat", "llm", 1))
		ok(t, s.AssignPolicy(t.Context(), "bob", "chat", "llm", 2))
		ok(t, s.AssignPolicy(t.Context(), "bob", "another", "llm", 1))
		if err := s.AssignPolicy(t.Context(), "bob", "chat", "llm", 3); !errors.Is(err, ErrNotFound) {
			t.Errorf("a version that is not there: %v", err)
		}
		chat := must(s.Proxy(t.Context(), "chat"))(t)
		if chat.Policy != "llm" || chat.Number != 2 || chat.AssignedBy != "bob" || time.Since(chat.AssignedAt) > time.Minute {
			t.Errorf("the proxy is %+v", chat)
		}
		policies := must(s.Policies(t.Context()))(t)
		if !reflect.DeepEqual(policies[1], PolicySummary{Latest: second, Proxies: []string{"another", "chat"}}) || len(policies) != 2 {
			t.Errorf("the policies are %+v", policies)
		}
		ok(t, s.AssignPolicy(t.Context(), "ada", "chat", "", 0))
		wantTrail(t, s, "ada proxy.assign proxy/chat policy/llm/2 ", "bob proxy.assign proxy/another  policy/llm/1", "bob proxy.assign proxy/chat policy/llm/1 policy/llm/2")
		if _, err := s.Proxy(t.Context(), "none"); !errors.Is(err, ErrNotFound) {
			t.Errorf("an unknown proxy: %v", err)
		}
	})
}

func TestOfTwoEditorsOneLoses(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		var wg sync.WaitGroup
		errs := make(chan error, 8)
		for i := range cap(errs) {
			wg.Go(func() {
				_, err := s.AddPolicyVersion(t.Context(), fmt.Sprint(i), 0, PolicyVersion{Policy: "llm"})
				errs <- err
			})
		}
		wg.Wait()
		saved := 0
		for range cap(errs) {
			if err := <-errs; err == nil {
				saved++
			} else if !errors.Is(err, ErrConflict) {
				t.Error(err)
			}
		}
		if saved != 1 {
			t.Errorf("%d were saved", saved)
		}
	})
}

func TestUsersAndSessions(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		ok(t, s.AddUser(t.Context(), "ada", User{Name: hostile, Role: Viewer, Subject: "https://idp|1"}, []byte("hash 1")))
		ok(t, s.AddUser(t.Context(), "ada", User{Name: "bob", Role: Editor}, nil))
		ok(t, s.AddUser(t.Context(), "ada", User{Name: "carl", Role: Editor}, nil))
		for _, u := range []User{{Name: hostile}, {Name: "new", Subject: "https://idp|1"}} {
			if err := s.AddUser(t.Context(), "ada", u, nil); !errors.Is(err, ErrExists) {
				t.Errorf("%+v: %v", u, err)
			}
		}
		if err := s.AddUser(t.Context(), "ada", User{Name: "new"}, []byte("hash 1")); !errors.Is(err, ErrExists) {
			t.Errorf("a token of somebody else: %v", err)
		}
		byToken := must(s.UserByToken(t.Context(), []byte("hash 1")))(t)
		if bySubject := must(s.UserBySubject(t.Context(), "https://idp|1"))(t); byToken != bySubject || byToken.Name != hostile || !byToken.HasToken || byToken.Role != Viewer {
			t.Errorf("the user is %+v and %+v", byToken, bySubject)
		}
		for name, err := range map[string]error{
			"no token":      second(s.UserByToken(t.Context(), nil)),
			"no subject":    second(s.UserBySubject(t.Context(), "")),
			"another token": second(s.UserByToken(t.Context(), []byte("hash 2"))),
		} {
			if !errors.Is(err, ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}

		now := timeOf(time.Now().UnixMilli())
		session := Session{Hash: []byte("s1"), User: hostile, Created: now, Expires: now.Add(time.Hour), Seen: now}
		ok(t, s.AddSession(t.Context(), session))
		ok(t, s.SetRole(t.Context(), "ada", hostile, Operator))
		ok(t, s.TouchSession(t.Context(), session.Hash, now.Add(time.Minute)))
		session.Seen = now.Add(time.Minute)
		got, user, err := s.Session(t.Context(), session.Hash, now)
		ok(t, err)
		if !reflect.DeepEqual(got, session) || user.Role != Operator || !user.LastLogin.Equal(now) {
			t.Errorf("the session is %+v of %+v", got, user)
		}
		ok(t, s.AddSession(t.Context(), Session{Hash: []byte("s2"), User: "bob", Created: now, Expires: now}))
		if _, _, err := s.Session(t.Context(), []byte("s2"), now); !errors.Is(err, ErrNotFound) {
			t.Errorf("a session that has expired: %v", err)
		}
		if err := s.AddSession(t.Context(), Session{Hash: []byte("s3"), User: "none"}); !errors.Is(err, ErrNotFound) {
			t.Errorf("a session of nobody: %v", err)
		}
		ok(t, s.SetToken(t.Context(), "ada", hostile, []byte("hash 2")))
		if _, _, err := s.Session(t.Context(), session.Hash, now); !errors.Is(err, ErrNotFound) {
			t.Errorf("a session after a new token: %v", err)
		}
		if err := s.SetToken(t.Context(), "ada", "bob", []byte("hash 2")); !errors.Is(err, ErrExists) {
			t.Errorf("a token of somebody else: %v", err)
		}
		ok(t, s.SetToken(t.Context(), "ada", "carl", nil))
		wantTrail(t, s, "ada user.token user/carl  none", "ada user.token user/"+hostile+"  set", "ada user.role user/"+hostile+" viewer operator", "ada user.add user/carl  editor")

		ok(t, s.AddSession(t.Context(), session))
		ok(t, s.DeleteSession(t.Context(), session.Hash))
		ok(t, s.AddSession(t.Context(), session))
		ok(t, s.DeleteUser(t.Context(), "ada", hostile))
		if _, _, err := s.Session(t.Context(), session.Hash, now); !errors.Is(err, ErrNotFound) {
			t.Errorf("a session of a user who is gone: %v", err)
		}
		if users := must(s.Users(t.Context()))(t); len(users) != 2 || users[0].Name != "bob" || users[0].HasToken {
			t.Errorf("the users are %+v", users)
		}
		for name, err := range map[string]error{
			"user":   second(s.User(t.Context(), "none")),
			"role":   s.SetRole(t.Context(), "ada", "none", Viewer),
			"token":  s.SetToken(t.Context(), "ada", "none", []byte("x")),
			"delete": s.DeleteUser(t.Context(), "ada", "none"),
		} {
			if !errors.Is(err, ErrNotFound) {
				t.Errorf("%s of nobody: %v", name, err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestRoles(t *testing.T) {
	roles := []Role{Viewer, Operator, Editor}
	for i, have := range roles {
		for j, need := range roles {
			if have.Allows(need) != (i >= j) {
				t.Errorf("%s allows %s: %t", have, need, have.Allows(need))
			}
		}
	}
	if Role("").Allows("") || Role("admin").Allows(Viewer) || Editor.Allows("") {
		t.Error("what is no role allows something")
	}
}

func TestTrail(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		for i := range 5 {
			ok(t, s.AddChange(t.Context(), Change{Who: "ada", Action: "login", Object: fmt.Sprintf("user/%d", i), Detail: hostile}))
		}
		ok(t, s.AddChange(t.Context(), Change{Who: "bob", Action: "export", Object: "events"}))
		for _, f := range []TrailFilter{{Who: "bob"}, {Action: "export"}, {Object: "events"}} {
			if page := must(s.Trail(t.Context(), f, Page{}))(t); len(page.Changes) != 1 || page.Changes[0].Who != "bob" {
				t.Errorf("%+v finds %+v", f, page.Changes)
			}
		}
		page := must(s.Trail(t.Context(), TrailFilter{Who: "ada"}, Page{Limit: 2}))(t)
		page = must(s.Trail(t.Context(), TrailFilter{Who: "ada"}, Page{Limit: 2, Older: page.Older}))(t)
		if len(page.Changes) != 2 || page.Changes[0].Object != "user/2" || page.Changes[0].Detail != hostile || page.Older == "" || page.Newer == "" {
			t.Errorf("the second page is %+v", page)
		}
	})
}

func TestSettings(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		if v := must(s.Setting(t.Context(), "retention"))(t); v != "" {
			t.Errorf("before it was set: %q", v)
		}
		change := func(before, after string) error {
			return s.ChangeSetting(t.Context(), "retention", Change{Who: "ada", Action: "setting", Object: "setting/retention"}, func(is string) (string, error) {
				if is != before {
					return "", ErrConflict
				}
				return after, nil
			})
		}
		ok(t, change("", hostile))
		if err := change("another", "10d"); !errors.Is(err, ErrConflict) {
			t.Errorf("a change that fails: %v", err)
		}
		ok(t, change(hostile, "30d"))
		if v := must(s.Setting(t.Context(), "retention"))(t); v != "30d" {
			t.Errorf("it is %q", v)
		}
		wantTrail(t, s, "ada setting setting/retention "+digest(hostile)+" "+digest("30d"), "ada setting setting/retention  "+digest(hostile))
	})
}

func TestWebhooks(t *testing.T) {
	onBoth(t, func(t *testing.T, s *Store) {
		w := Webhook{Name: hostile, URL: secret.New("https://hooks.example:444/T0/secret-path"), Form: WebhookSlack, Key: secret.New("key"), MinSeverity: "high", Enabled: true}
		id := must(s.SaveWebhook(t.Context(), "ada", w))(t)
		off := must(s.SaveWebhook(t.Context(), "ada", Webhook{Name: "off", Form: WebhookJSON}))(t)
		got := must(s.Webhook(t.Context(), id))(t)
		if got.Host != "hooks.example:444" || got.URL.Reveal() != w.URL.Reveal() || got.Key.Reveal() != "key" || got.Form != WebhookSlack || got.MinSeverity != "high" || !got.Enabled {
			t.Errorf("the webhook is %+v", got)
		}

		low, high := alert(1), alert(2)
		low.Severity = "medium"
		must(s.Ingest(t.Context(), Batch{Alerts: []audit.Alert{low, high}}))(t)
		must(s.Ingest(t.Context(), Batch{Alerts: []audit.Alert{high}}))(t)
		if n := len(must(s.Deliveries(t.Context(), off, 9))(t)); n != 0 {
			t.Errorf("%d deliveries to the one that is off", n)
		}
		now := time.Now().Add(time.Second)
		due := must(s.ClaimDeliveries(t.Context(), now, time.Minute, 9))(t)
		if len(due) != 1 || due[0].Alert != high.ID || due[0].Webhook != id || due[0].State != DeliveryPending {
			t.Fatalf("due are %+v", due)
		}
		if again := must(s.ClaimDeliveries(t.Context(), now, time.Minute, 9))(t); len(again) != 0 {
			t.Error("it was claimed twice")
		}
		if later := must(s.ClaimDeliveries(t.Context(), now.Add(time.Minute), time.Minute, 9))(t); len(later) != 1 {
			t.Error("a claim lasts for good")
		}
		d := due[0]
		d.State, d.Attempts, d.Status, d.Error, d.Next, d.Done = DeliveryFailed, 3, 500, "answered 500", timeOf(1), timeOf(2)
		ok(t, s.UpdateDelivery(t.Context(), d))
		if got := must(s.Deliveries(t.Context(), id, 9))(t); len(got) != 1 || got[0] != d {
			t.Errorf("the deliveries are %+v, want %+v", got, d)
		}
		ok(t, s.AddDelivery(t.Context(), "ada", id, low.ID))
		if got := must(s.Deliveries(t.Context(), id, 9))(t); len(got) != 2 || got[0].Alert != low.ID {
			t.Errorf("the deliveries are %+v", got)
		}
		if err := s.AddDelivery(t.Context(), "ada", id, newUUID()); !errors.Is(err, ErrNotFound) {
			t.Errorf("an unknown alert: %v", err)
		}

		_, err := s.SaveWebhook(t.Context(), "ada", Webhook{ID: id, Name: "renamed", Form: WebhookJSON})
		ok(t, err)
		if got := must(s.Webhook(t.Context(), id))(t); got.URL.Reveal() != w.URL.Reveal() || got.Key.Reveal() != "key" || got.Name != "renamed" || got.MinSeverity != "low" || got.Enabled {
			t.Errorf("after a change, the webhook is %+v", got)
		}
		for _, line := range trail(t, s, 50) {
			if strings.Contains(line, "secret-path") || strings.Contains(line, " key") {
				t.Errorf("the trail has a secret: %s", line)
			}
		}
		ok(t, s.DeleteWebhook(t.Context(), "ada", id))
		if webhooks := must(s.Webhooks(t.Context()))(t); len(webhooks) != 1 || len(must(s.Deliveries(t.Context(), id, 9))(t)) != 0 {
			t.Errorf("the webhooks are %+v", webhooks)
		}
		for name, err := range map[string]error{
			"read":   second(s.Webhook(t.Context(), "")),
			"save":   second(s.SaveWebhook(t.Context(), "ada", Webhook{ID: "none"})),
			"delete": s.DeleteWebhook(t.Context(), "ada", id),
		} {
			if !errors.Is(err, ErrNotFound) {
				t.Errorf("%s one that is not there: %v", name, err)
			}
		}
	})
}
