package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/net/html"

	"github.com/krakend-redact/krakend-redact/console/internal/auth"
	"github.com/krakend-redact/krakend-redact/console/internal/store"
	"github.com/krakend-redact/krakend-redact/internal/audit"
	"github.com/krakend-redact/krakend-redact/internal/secret"
)

// everyPage are the addresses of all pages that a store's data leads to.
func everyPage(t *testing.T, s *store.Store) []string {
	t.Helper()
	ctx := t.Context()
	paths := []string{
		"/", "/?span=7d", "/audit", "/alerts", "/alerts?state=all", "/policies", "/policies/new", "/try", "/proxies",
		"/webhooks", "/changes", "/access", "/nothing-here",
	}
	events, err := s.Events(ctx, store.EventFilter{}, store.Page{Limit: store.MaxPage})
	if err != nil {
		t.Fatal(err)
	}
	for _, event := range events.Events[:min(5, len(events.Events))] {
		paths = append(paths, "/audit/event/"+event.ID)
	}
	alerts, err := s.Alerts(ctx, store.AlertFilter{}, store.Page{})
	if err != nil {
		t.Fatal(err)
	}
	for _, alert := range alerts.Alerts {
		paths = append(paths, "/alerts/"+alert.ID)
	}
	policies, err := s.Policies(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, policy := range policies {
		path := "/policies/" + url.PathEscape(policy.Latest.Policy)
		paths = append(paths, path, path+"/edit", path+"/diff", "/try?policy="+url.QueryEscape(policy.Latest.Policy))
	}
	webhooks, err := s.Webhooks(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, webhook := range webhooks {
		paths = append(paths, "/webhooks/"+webhook.ID)
	}
	return paths
}

// proper checks that a page runs nothing and loads nothing but what the console
// serves, and that people and readers find their way in it.
func proper(t *testing.T, path string, got reply) {
	t.Helper()
	if policy := got.header.Get("Content-Security-Policy"); policy != contentPolicy || strings.Contains(policy, "unsafe") {
		t.Errorf("%s has the policy %q", path, policy)
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"} {
		if got.header.Get(name) != want {
			t.Errorf("%s has %s: %q", path, name, got.header.Get(name))
		}
	}
	doc, err := html.Parse(strings.NewReader(got.text))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	ids, labels, fields := map[string]int{}, map[string]bool{}, map[string]bool{}
	var headings, mains int
	for node := range doc.Descendants() {
		if node.Type != html.ElementNode {
			continue
		}
		attributes := map[string]string{}
		for _, a := range node.Attr {
			attributes[a.Key] = a.Val
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcdoc" {
				t.Errorf("%s: <%s> has the attribute %s", path, node.Data, a.Key)
			}
			if slices.Contains([]string{"href", "src", "action", "formaction"}, a.Key) && !regexp.MustCompile(`^(/[^/\\]|/$|#|\?)`).MatchString(a.Val) {
				t.Errorf("%s: <%s> leads to %q", path, node.Data, a.Val)
			}
		}
		switch node.Data {
		case "script":
			if attributes["src"] == "" || node.FirstChild != nil {
				t.Errorf("%s has a script of its own", path)
			}
		case "style", "iframe", "object", "embed", "base", "meta[http-equiv]":
			t.Errorf("%s has a <%s>", path, node.Data)
		case "img":
			t.Errorf("%s has a picture", path)
		case "h1":
			headings++
		case "main":
			mains++
		case "label":
			labels[attributes["for"]] = true
		case "input", "select", "textarea":
			if kind := attributes["type"]; kind != "hidden" && kind != "checkbox" {
				fields[attributes["id"]] = true
			}
		case "svg":
			if attributes["aria-hidden"] == "" && attributes["aria-labelledby"] == "" {
				t.Errorf("%s has a drawing that nobody can read", path)
			}
		case "form":
			if method := attributes["method"]; method != "get" && method != "post" {
				t.Errorf("%s has a form with the method %q", path, method)
			}
		}
		if id, ok := attributes["id"]; ok {
			if ids[id]++; ids[id] > 1 {
				t.Errorf("%s has the id %q twice", path, id)
			}
		}
	}
	if headings != 1 || mains != 1 {
		t.Errorf("%s has %d h1 and %d main, want one of each", path, headings, mains)
	}
	for id := range fields {
		if id == "" || !labels[id] {
			t.Errorf("%s has a field %q without a label", path, id)
		}
	}
}

func TestEveryPage(t *testing.T) {
	onBoth(t, func(t *testing.T, c *console) {
		seedData(t, c.store, c.now)
		for _, role := range roles {
			b := c.as(role)
			for _, path := range everyPage(t, c.store) {
				got := b.get(path)
				if got.status >= 500 || role == store.Editor && got.status != http.StatusOK && path != "/nothing-here" {
					t.Errorf("%s answers the %s with %d", path, role, got.status)
				}
				proper(t, path, got)
				if !strings.Contains(got.text, "not protected") {
					t.Errorf("%s does not say that a proxy is in test mode", path)
				}
			}
		}
		proper(t, "/login", c.browser().get("/login"))
	})
}

// A new console says what to do on each page.
func TestEmptyPages(t *testing.T) {
	c := newConsole(t, nil)
	b := c.as(store.Editor)
	for _, path := range everyPage(t, c.store) {
		got := b.get(path)
		if got.status != http.StatusOK && path != "/nothing-here" {
			t.Errorf("%s answers %d", path, got.status)
		}
		proper(t, path, got)
	}
	b.see("/", "No gateway has reported yet", "token_file")
	b.see("/audit", "The log is empty", "token_file")
	b.see("/alerts", "No alerts here")
	b.see("/policies", "Write the first one")
	b.see("/proxies", "No proxy has been reported")
	b.see("/webhooks", "No webhook yet")
}

// payload is what would run or break out if a page took it for its own, with a
// mark for each field to find it by.
func payload(field string) string {
	return `'"><script>alert('` + field + `')</script><img src=x onerror=alert(1)>{{.}}` + "\u2028" + `<svg/onload=alert(1)>javascript:alert(1)`
}

// Nothing that gateways or people write is taken for a part of a page.
func TestPayloadsStayTexts(t *testing.T) {
	onBoth(t, func(t *testing.T, c *console) {
		ctx := context.Background()
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		policy := audit.Policy{Name: payload("policy"), Version: payload("version"), Digest: payload("digest"), Mode: "test"}
		id := uuid.Must(uuid.NewV7()).String()
		event := audit.Event{
			Head:     audit.Head{Schema: audit.Schema, Kind: audit.KindEvent, ID: id, Time: c.now, Gateway: payload("gateway")},
			Exchange: id, RequestID: payload("request"), TraceID: payload("trace"), Proxy: payload("proxy"), Policy: policy, Direction: audit.DirectionRequest,
			Profile: payload("profile"), Outcome: payload("outcome"), Reason: payload("reason"),
			Rules:    []audit.RuleCount{{Name: payload("rule"), Severity: payload("severity"), Action: payload("action"), Count: 1, Placeholders: []string{payload("placeholder")}}},
			Excerpts: []string{"before " + payload("placeholder") + payload("excerpt")}, Body: payload("body"),
		}
		answer := event
		answer.ID, answer.Direction = uuid.Must(uuid.NewV7()).String(), audit.DirectionAnswer
		alert := audit.Alert{
			Head: audit.Head{Schema: audit.Schema, Kind: audit.KindAlert, ID: uuid.Must(uuid.NewV7()).String(), Time: c.now, Gateway: payload("gateway")},
			Type: payload("type"), Severity: payload("severity"), Rule: payload("rule"), Proxy: payload("proxy"), Policy: policy,
			First: c.now, Last: c.now, Count: 1, Action: payload("action"), Reason: payload("reason"), Exchange: id,
		}
		status := audit.Status{
			Head:    audit.Head{Schema: audit.Schema, Kind: audit.KindStatus, ID: uuid.Must(uuid.NewV7()).String(), Time: c.now, Gateway: payload("gateway")},
			Version: payload("gateway version"), Started: c.now,
			Proxies: []audit.ProxyStatus{{Proxy: payload("proxy"), Policy: policy, Source: payload("source"), Loaded: c.now, ReloadError: payload("reload")}},
		}
		_, err := c.store.Ingest(ctx, store.Batch{Events: []audit.Event{event, answer}, Alerts: []audit.Alert{alert}, Statuses: []audit.Status{status}})
		must(err)
		must(c.store.AddUser(ctx, payload("by"), store.User{Name: payload("user"), Role: store.Editor, Subject: payload("subject")}, auth.Hash("x")))
		must(c.store.AddNote(ctx, payload("user"), alert.ID, payload("note")))
		must(c.store.SetAlertState(ctx, payload("user"), store.AlertAcknowledged, alert.ID))
		_, err = c.store.SaveWebhook(ctx, payload("user"), store.Webhook{
			Name: payload("webhook"), URL: secret.New("https://x"), Form: store.WebhookJSON, MinSeverity: "low", Enabled: true,
		})
		must(err)
		text := `{"name":` + strconv.Quote("policy") + `,"version":"` + "<script>alert(1)</script>" + `"}`
		_, err = c.store.AddPolicyVersion(ctx, payload("user"), 0, store.PolicyVersion{Policy: payload("kept"), Text: text, Digest: "d", Comment: payload("comment")})
		must(err)
		_, err = c.store.AddPolicyVersion(ctx, payload("user"), 1, store.PolicyVersion{Policy: payload("kept"), Text: text + payload("text"), Digest: "e", Comment: payload("comment")})
		must(err)
		must(c.store.AssignPolicy(ctx, payload("user"), payload("proxy"), payload("kept"), 2))
		must(c.store.AddChange(ctx, store.Change{Who: payload("who"), Action: payload("did"), Object: payload("object"), Before: payload("before"), After: payload("after"), Detail: payload("detail")}))

		seen := map[string]bool{}
		b := c.as(store.Editor)
		look := func(path string, got reply) {
			t.Helper()
			if got.status != http.StatusOK && path != "/nothing-here" {
				t.Errorf("%s answers %d", path, got.status)
			}
			proper(t, path, got)
			doc, err := html.Parse(strings.NewReader(got.text))
			must(err)
			for node := range doc.Descendants() {
				texts := []string{node.Data}
				for _, a := range node.Attr {
					texts = append(texts, a.Val)
				}
				for _, text := range texts {
					for _, found := range regexp.MustCompile(`alert\('([a-z ]+)'\)`).FindAllStringSubmatch(text, -1) {
						seen[found[1]] = true
					}
				}
				if node.Type == html.ElementNode && node.Data == "svg" && len(node.Attr) > 0 && strings.HasPrefix(node.Attr[0].Key, "onload") {
					t.Errorf("%s has a drawing of somebody else", path)
				}
			}
		}
		for _, path := range everyPage(t, c.store) {
			look(path, b.get(path))
		}
		// What is in the address reaches pages, too.
		query := url.QueryEscape(payload("address"))
		for _, path := range []string{
			"/audit?placeholder=" + query + "&request=" + query + "&proxy=" + query + "&rule=" + query, "/?proxy=" + query, "/alerts?proxy=" + query + "&type=" + query,
			"/changes?who=" + query + "&action=" + query + "&object=" + query, "/audit?done=" + query, "/?span=" + query,
		} {
			look(path, b.get(path))
		}
		look("/login", c.browser().get("/login?next=/"+query))
		for _, field := range []string{
			"policy", "version", "digest", "gateway", "request", "trace", "proxy", "profile", "outcome", "reason", "rule", "severity", "action", "placeholder",
			"excerpt", "body", "type", "source", "reload", "user", "note", "webhook", "kept", "comment", "text", "who", "did",
			"object", "before", "after", "detail", "address",
		} {
			if !seen[field] {
				t.Errorf("no page shows the field %q, so the test proves nothing for it", field)
			}
		}
	})
}

// Rows of the live tail are as safe as those of the page, and one line each.
func TestTail(t *testing.T) {
	onBoth(t, func(t *testing.T, c *console) {
		b := c.as(store.Viewer)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL+"/audit/tail?outcome=masked", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := b.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if got := answer.Header.Get("Content-Type"); got != "text/event-stream" {
			t.Fatalf("the tail is %q", got)
		}
		var events []audit.Event
		for _, proxy := range []string{"left out", "line\nend</tr>data: x"} {
			id := uuid.Must(uuid.NewV7()).String()
			outcome := audit.OutcomeMasked
			if proxy == "left out" {
				outcome = audit.OutcomeBlocked
			}
			events = append(events, audit.Event{
				Head:     audit.Head{Schema: audit.Schema, Kind: audit.KindEvent, ID: id, Time: c.now, Gateway: "g"},
				Exchange: id, Proxy: proxy, Policy: audit.Policy{Name: "p", Digest: "d", Mode: "enforce"}, Direction: audit.DirectionRequest, Outcome: outcome, Rules: []audit.RuleCount{},
			})
		}
		if _, err := c.store.Ingest(ctx, store.Batch{Events: events}); err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		for buffer := make([]byte, 4096); !strings.Contains(text.String(), "event: row") || !strings.HasSuffix(text.String(), "\n\n"); {
			n, err := answer.Body.Read(buffer)
			text.Write(buffer[:n])
			if err != nil {
				t.Fatalf("the tail ended with %v after %q", err, text.String())
			}
		}
		got := strings.TrimPrefix(text.String(), ": hello\n\n")
		lines := strings.Split(strings.TrimSpace(got), "\n")
		if len(lines) != 3 || !strings.HasPrefix(lines[0], "id: ") || lines[1] != "event: row" || !strings.HasPrefix(lines[2], "data: <tr id=") {
			t.Errorf("an event is %q", got)
		}
		if strings.Contains(got, "left out") || !strings.Contains(got, "line end&lt;/tr&gt;data: x") {
			t.Errorf("the row is %q", got)
		}
	})
}

// A fault is a page with a number; the log has more under it, and no value.
func TestFaults(t *testing.T) {
	c := newConsole(t, nil)
	b := c.as(store.Viewer)
	if err := c.store.Close(); err != nil {
		t.Fatal(err)
	}
	got := b.get("/audit?placeholder=canary-k7q2")
	proper(t, "a fault", got)
	number := regexp.MustCompile(`<code>([0-9a-f-]{36})</code>`).FindStringSubmatch(got.text)
	if got.status != http.StatusInternalServerError || number == nil || !strings.Contains(c.log.String(), number[1]) {
		t.Errorf("a fault answers %d, and the log has %s", got.status, c.log)
	}
	if strings.Contains(c.log.String(), "canary-k7q2") {
		t.Error("the log has what was looked for")
	}
	if got := b.get("/healthz"); got.status != http.StatusServiceUnavailable {
		t.Errorf("without its database the console's health is %d", got.status)
	}
}

// A panic is a fault like others, and its value goes nowhere.
func TestPanics(t *testing.T) {
	c := newConsole(t, nil)
	page := c.server.guard(c.server.page(route{need: anybody, handle: func(http.ResponseWriter, *http.Request, *visitor) error {
		panic("canary-k7q2")
	}}))
	answer := httptest.NewRecorder()
	page.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "http://localhost/", nil))
	if answer.Code != http.StatusInternalServerError || !strings.Contains(c.log.String(), "a page failed") {
		t.Errorf("a panic answers %d", answer.Code)
	}
	if strings.Contains(answer.Body.String()+c.log.String(), "canary-k7q2") {
		t.Error("the value of a panic comes out")
	}
}
