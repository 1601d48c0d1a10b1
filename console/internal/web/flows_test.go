package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/console/internal/auth"
	"github.com/krakend-redact/krakend-redact/console/internal/publish"
	"github.com/krakend-redact/krakend-redact/console/internal/store"
	"github.com/krakend-redact/krakend-redact/console/internal/webhook"
)

// The steps of somebody without scripts: write a policy, be told what is wrong
// with it, try it, save it, change it, look at the difference, assign and publish.
func TestPolicyFlow(t *testing.T) {
	onBoth(t, func(t *testing.T, c *console) {
		dir := t.TempDir()
		folder, err := publish.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = folder.Close() })
		c.server.Publisher = folder
		b := c.as(store.Editor)

		b.see("/policies/new", "Save as a new version", `name="text"`)
		wrong := `{"name":"chat","redaction_rules":[{"name":"Number","pattern":"("}]}`
		got := b.post("/policies/new", url.Values{"base": {"0"}, "do": {"save"}, "text": {wrong}})
		if got.status != http.StatusUnprocessableEntity {
			t.Fatalf("a wrong policy gets %d", got.status)
		}
		for _, want := range []string{"Rule Number", "redaction_rules[0].pattern", "is not a valid regular expression", "To mend it", "policies/chat.json", "&#34;pattern&#34;:&#34;(&#34;"} {
			if !strings.Contains(got.text, want) {
				t.Errorf("the mistake is shown without %q", want)
			}
		}
		example := `{"name":"chat","redaction_rules":[{"name":"Number","pattern":"C-[0-9]+","examples":{"match":["D-1"]}}]}`
		if got := b.post("/policies/new", url.Values{"base": {"0"}, "do": {"save"}, "text": {example}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.text, "examples") {
			t.Errorf("a policy whose example does not hold gets %d", got.status)
		}
		if got := b.post("/policies/new", url.Values{"base": {"0"}, "do": {"save"}, "text": {`{}`}}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("a policy without a name gets %d", got.status)
		}
		if policies, err := c.store.Policies(t.Context()); err != nil || len(policies) > 0 {
			t.Fatalf("%d policies were saved, %v", len(policies), err)
		}

		first := "{\r\n  \"name\": \"chat\",\r\n  \"unmask_for_user\": true,\r\n  \"redaction_rules\": [{\"name\": \"Number\", \"pattern\": \"C-[0-9]+\", \"replacement\": \"[NUMBER]\"}]\r\n}\r\n"
		got = b.post("/policies/new", url.Values{"base": {"0"}, "do": {"check"}, "text": {first}, "sample": {"about C-77 and C-78"}})
		for _, want := range []string{"Gateways take this: 1 rule", "about <mark class=\"medium\">[NUMBER_1]</mark> and <mark class=\"medium\">[NUMBER_2]</mark>", "the same text"} {
			if got.status != http.StatusOK || !strings.Contains(got.text, want) {
				t.Errorf("the check answers %d without %q", got.status, want)
			}
		}
		page := b.submit("/policies/new", url.Values{"base": {"0"}, "do": {"save"}, "text": {first}, "comment": {"begin"}})
		if !strings.Contains(page, "The new version was saved") || !strings.Contains(page, "begin") {
			t.Error("the policy's page does not say that it was saved")
		}
		version, err := c.store.PolicyVersion(t.Context(), "chat", 0)
		if err != nil || strings.Contains(version.Text, "\r") || version.Author != "the editor" || len(version.Digest) != 12 {
			t.Fatalf("saved was %+v, %v", version, err)
		}
		if got := b.post("/policies/new", url.Values{"base": {"0"}, "do": {"save"}, "text": {first}}); got.status != http.StatusConflict || !strings.Contains(got.text, "is that of another policy") {
			t.Errorf("a second policy of one name gets %d", got.status)
		}

		b.see("/policies/chat/edit", `name="base" value="1"`)
		second := strings.Replace(first, "[NUMBER]", "[CUSTOMER]", 1)
		got = b.post("/policies/chat/edit", url.Values{"base": {"1"}, "do": {"check"}, "text": {second}})
		if !strings.Contains(got.text, "What would change") || !strings.Contains(got.text, `<tr class="add"><td>`) {
			t.Error("the check does not show what would change")
		}
		b.submit("/policies/chat/edit", url.Values{"base": {"1"}, "do": {"save"}, "text": {second}})
		got = b.post("/policies/chat/edit", url.Values{"base": {"1"}, "do": {"save"}, "text": {first}})
		if got.status != http.StatusConflict || !strings.Contains(got.text, "Somebody saved another version") {
			t.Errorf("who is late gets %d", got.status)
		}
		b.see("/policies/chat/diff?from=1&to=2", `<tr class="del"><td>−</td><td>  &#34;redaction_rules&#34;: [{&#34;name&#34;: &#34;Number&#34;, &#34;pattern&#34;: &#34;C-[0-9]&#43;&#34;, &#34;replacement&#34;: &#34;[NUMBER]&#34;}]</td>`)

		page = b.submit("/proxies/assign", url.Values{"proxy": {"POST /v1/chat"}, "version": {"2 chat"}})
		for _, want := range []string{"The policy was assigned", "POST /v1/chat", "version 2", publish.ProxyFile("POST /v1/chat")} {
			if !strings.Contains(page, want) {
				t.Errorf("the page of proxies shows no %q", want)
			}
		}
		text, err := os.ReadFile(filepath.Join(dir, publish.ProxyFile("POST /v1/chat")))
		if err != nil || !strings.Contains(string(text), "[CUSTOMER]") {
			t.Errorf("gateways read %q, %v", text, err)
		}
		b.submit("/policies/chat/publish", url.Values{"number": {"1"}})
		text, err = os.ReadFile(filepath.Join(dir, "policies", "chat.json"))
		if err != nil || !strings.Contains(string(text), "[NUMBER]") {
			t.Errorf("gateways read %q, %v", text, err)
		}
		b.see("/changes", "policy.add", "proxy.assign", "policy.publish", "version 1 as policies/chat.json")
		for version, want := range map[string]int{"3 chat": http.StatusNotFound, "x": http.StatusBadRequest, "0 chat": http.StatusBadRequest, "1 other": http.StatusNotFound} {
			if got := b.post("/proxies/assign", url.Values{"proxy": {"x"}, "version": {version}}); got.status != want {
				t.Errorf("assigning %q gets %d, want %d", version, got.status, want)
			}
		}
		if page := b.submit("/proxies/assign", url.Values{"proxy": {"POST /v1/chat"}, "version": {""}}); !strings.Contains(page, "The assignment was taken back") {
			t.Error("the assignment was not taken back")
		}
	})
}

// What is pasted into Try it is in the answer and nowhere else.
func TestTryIt(t *testing.T) {
	onBoth(t, func(t *testing.T, c *console) {
		seedData(t, c.store, c.now)
		b := c.as(store.Viewer)
		const canary = "canary.k7q2@example.org"
		got := b.post("/try", url.Values{"policy": {"support"}, "text": {"mail " + canary + "\r\nabout <b>C-12345678</b>"}})
		for _, want := range []string{
			`mail <mark class="medium">` + canary + "</mark>", `mail <mark class="medium">[REDACTED_EMAIL_1]</mark>`,
			`&lt;b&gt;<mark class="high">[REDACTED_CUSTOMER_1]</mark>&lt;/b&gt;`, "the same text",
		} {
			if got.status != http.StatusOK || !strings.Contains(got.text, want) {
				t.Errorf("the try answers %d without %q", got.status, want)
			}
		}
		proper(t, "/try", got)
		if got := b.post("/try", url.Values{"policy": {"embeddings-trial"}, "text": {"mail " + canary}}); !strings.Contains(got.text, "protects nothing") {
			t.Error("a policy in test mode is tried without a warning")
		}
		if got := b.post("/try", url.Values{"policy": {"support"}, "text": {"about Project Atlas"}}); !strings.Contains(got.text, "A gateway would refuse this request") {
			t.Error("a try does not say that the request would be blocked")
		}
		if got := b.post("/try", url.Values{"policy": {"none"}, "text": {canary}}); got.status != http.StatusUnprocessableEntity {
			t.Errorf("a policy that is none gets %d", got.status)
		}
		if got := b.post("/try", url.Values{"policy": {"support"}, "text": {strings.Repeat(canary, 5000)}}); !strings.Contains(got.text, "could not be tried") {
			t.Errorf("a long text gets %d", got.status)
		}
		if got := b.post("/try", url.Values{"policy": {"support"}, "text": {strings.Repeat(canary, 200_000)}}); got.status != http.StatusRequestEntityTooLarge {
			t.Errorf("a text beyond all bounds gets %d", got.status)
		}
		if strings.Contains(c.log.String(), canary) {
			t.Error("the text is in the log")
		}
		for _, path := range everyPage(t, c.store) {
			if strings.Contains(c.as(store.Editor).get(path).text, canary) {
				t.Errorf("the text is on %s", path)
			}
		}
	})
}

func TestAlertFlow(t *testing.T) {
	onBoth(t, func(t *testing.T, c *console) {
		seedData(t, c.store, c.now)
		b := c.as(store.Operator)
		link := regexp.MustCompile(`/alerts/[0-9a-f-]{36}`)
		page := b.see("/alerts", "New 5", "Sensitive finding", "rule Secret Password")
		path := link.FindString(page)
		page = b.submit(path, url.Values{"note": {"  Looked <at> it "}, "state": {"acknowledged"}})
		for _, want := range []string{"The alert was changed", "Looked &lt;at&gt; it", "the operator", "acknowledged", "The exchange that began it"} {
			if !strings.Contains(page, want) {
				t.Errorf("the alert shows no %q", want)
			}
		}
		var ids []string
		for _, found := range link.FindAllString(b.see("/alerts", "New 4"), -1) {
			ids = append(ids, strings.TrimPrefix(found, "/alerts/"))
		}
		page = b.submit("/alerts", url.Values{"id": ids, "state": {"resolved"}, "back": {"/alerts?state=new"}})
		if !strings.Contains(page, "The alerts were changed") || !strings.Contains(page, "New 0") {
			t.Error("the ticked alerts were not resolved")
		}
		b.see("/alerts?state=resolved&severity=high&type=frequency", "Many findings")
		for name, form := range map[string]url.Values{
			"nothing": {}, "no such state": {"state": {"gone"}}, "too long": {"note": {strings.Repeat("x", store.MaxNote+1)}},
		} {
			if got := b.post(path, form); got.status != http.StatusBadRequest {
				t.Errorf("%s gets %d", name, got.status)
			}
		}
		if got := b.post("/alerts", url.Values{"state": {"resolved"}}); got.status != http.StatusBadRequest {
			t.Errorf("nothing ticked gets %d", got.status)
		}
		if got := b.get("/alerts/none"); got.status != http.StatusNotFound {
			t.Errorf("an alert that is none gets %d", got.status)
		}
		if page := c.as(store.Viewer).see(path); strings.Contains(page, "Add the note") {
			t.Error("a viewer is offered to write notes")
		}
		c.as(store.Editor).see("/changes?action=alert.state", "the operator", "acknowledged")
	})
}

// A token is shown once, works, and can be taken back.
func TestAccessFlow(t *testing.T) {
	onBoth(t, func(t *testing.T, c *console) {
		b := c.as(store.Editor)
		token := func(got reply) string {
			t.Helper()
			found := regexp.MustCompile(`rd[ci]_[A-Za-z0-9_-]{43}`).FindString(got.text)
			if got.status != http.StatusOK || found == "" {
				t.Fatalf("no token is shown (%d)", got.status)
			}
			return found
		}
		made := token(b.post("/access", url.Values{"name": {"Ada"}, "role": {"operator"}}))
		if strings.Contains(b.see("/access", "Ada"), made) {
			t.Error("the token is shown again")
		}
		ada := c.browser()
		if got := ada.post("/login", url.Values{"token": {made}}); got.status != http.StatusSeeOther {
			t.Fatalf("the token does not work: %d", got.status)
		}
		if got := ada.get("/access"); got.status != http.StatusForbidden {
			t.Errorf("an operator gets %d from Access", got.status)
		}
		b.submit("/access/change", url.Values{"name": {"Ada"}, "do": {"role"}, "role": {"editor"}})
		ada.see("/access", "Add somebody")
		renewed := token(b.post("/access/change", url.Values{"name": {"Ada"}, "do": {"token"}}))
		if got := ada.get("/"); got.status != http.StatusSeeOther {
			t.Errorf("the session outlives the token: %d", got.status)
		}
		if got := ada.post("/login", url.Values{"token": {made}}); got.status != http.StatusUnauthorized {
			t.Errorf("the old token gets %d", got.status)
		}
		if got := ada.post("/login", url.Values{"token": {renewed}}); got.status != http.StatusSeeOther {
			t.Errorf("the new token gets %d", got.status)
		}
		b.submit("/access/change", url.Values{"name": {"Ada"}, "do": {"delete"}})
		if got := ada.get("/"); got.status != http.StatusSeeOther {
			t.Errorf("the session outlives the user: %d", got.status)
		}
		for name, form := range map[string]url.Values{
			"own role": {"name": {"the editor"}, "do": {"role"}, "role": {"viewer"}}, "oneself": {"name": {"the editor"}, "do": {"delete"}},
			"no such role": {"name": {"the viewer"}, "do": {"role"}, "role": {"admin"}}, "nothing": {"name": {"the viewer"}},
		} {
			if got := b.post("/access/change", form); got.status != http.StatusBadRequest {
				t.Errorf("changing %s gets %d", name, got.status)
			}
		}
		for _, form := range []url.Values{{"name": {""}, "role": {"viewer"}}, {"name": {"a\nb"}, "role": {"viewer"}}, {"name": {"x"}, "role": {"root"}}, {"name": {"System"}, "role": {"viewer"}}} {
			if got := b.post("/access", form); got.status != http.StatusBadRequest {
				t.Errorf("adding %v gets %d", form, got.status)
			}
		}
		if got := b.post("/access", url.Values{"name": {"the viewer"}, "role": {"viewer"}}); got.status != http.StatusConflict {
			t.Errorf("a name that is taken gets %d", got.status)
		}

		ingest := token(b.post("/access/ingest", url.Values{"name": {"eu-1"}, "do": {"add"}}))
		tokens := &auth.IngestTokens{Store: c.store}
		if !tokens.Authorized(t.Context(), ingest) {
			t.Error("the gateway's token does not work")
		}
		if got := c.browser().post("/login", url.Values{"token": {ingest}}); got.status != http.StatusUnauthorized {
			t.Errorf("somebody logs in with a gateway's token: %d", got.status)
		}
		if strings.Contains(b.see("/access", "eu-1"), ingest) {
			t.Error("the gateway's token is shown again")
		}
		b.submit("/access/ingest", url.Values{"name": {"eu-1"}, "do": {"revoke"}})
		if tokens.Authorized(t.Context(), ingest) {
			t.Error("the gateway's token still works")
		}
		if strings.Contains(b.see("/changes", "user.add", "ingest-token.add", "ingest-token.revoke"), strings.TrimPrefix(ingest, auth.IngestPrefix)) {
			t.Error("the trail has a token")
		}
	})
}

// The address and the key of a webhook go in and never come out.
func TestWebhookFlow(t *testing.T) {
	onBoth(t, func(t *testing.T, c *console) {
		seedData(t, c.store, c.now)
		status := http.StatusOK
		receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		defer receiver.Close()
		c.server.Webhooks = webhook.New(webhook.Options{Store: c.store, AllowPrivate: true, Log: c.server.Log})
		b := c.as(store.Editor)
		const key = "key-kept-to-itself"
		form := url.Values{"name": {"Chat"}, "url": {receiver.URL + "/secret-path"}, "form": {"slack"}, "severity": {"high"}, "key": {key}, "enabled": {"yes"}}
		got := b.post("/webhooks", form)
		if got.status != http.StatusSeeOther {
			t.Fatalf("a new webhook gets %d", got.status)
		}
		path, _, _ := strings.Cut(got.header.Get("Location"), "?")
		page := b.see(path, "Chat", strings.TrimPrefix(receiver.URL, "http://"))
		for _, secret := range []string{"secret-path", key} {
			if strings.Contains(page+b.see("/webhooks")+b.see("/changes")+c.log.String(), secret) {
				t.Errorf("%s comes out again", secret)
			}
		}
		if page := b.submit(path+"/test", nil); !strings.Contains(page, "The test alert arrived") {
			t.Error("the test does not say that it arrived")
		}
		status = http.StatusInternalServerError
		if got := b.post(path+"/test", nil); got.status != http.StatusBadGateway || strings.Contains(got.text, "secret-path") {
			t.Errorf("a test that fails gets %d", got.status)
		}
		form.Set("url", "")
		form.Del("key")
		form.Del("enabled")
		b.submit(path, form)
		hook, err := c.store.Webhook(t.Context(), strings.TrimPrefix(path, "/webhooks/"))
		if err != nil || hook.Enabled || hook.Key.Reveal() != key || !strings.HasSuffix(hook.URL.Reveal(), "/secret-path") {
			t.Errorf("an empty address or key was taken for a new one (%v)", err)
		}
		alerts, err := c.store.Alerts(t.Context(), store.AlertFilter{}, store.Page{})
		if err != nil {
			t.Fatal(err)
		}
		b.submit(path+"/again", url.Values{"alert": {alerts.Alerts[0].ID}})
		b.see(path, "pending")
		for name, change := range map[string]url.Values{
			"no address": {"url": {""}}, "a bad address": {"url": {"ftp://x"}}, "a password": {"url": {"https://a:b@example.org"}},
			"no form": {"form": {"mail"}}, "no severity": {"severity": {"worst"}}, "no name": {"name": {""}},
		} {
			form := url.Values{"name": {"x"}, "url": {"https://example.org"}, "form": {"json"}, "severity": {"low"}}
			for field, value := range change {
				form[field] = value
			}
			if got := b.post("/webhooks", form); got.status != http.StatusBadRequest {
				t.Errorf("%s gets %d", name, got.status)
			}
		}
		b.submit(path+"/delete", nil)
		if got := b.get(path); got.status != http.StatusNotFound {
			t.Errorf("a webhook that was deleted gets %d", got.status)
		}
	})
}

func TestForget(t *testing.T) {
	c := newConsole(t, nil)
	seedData(t, c.store, c.now)
	b := c.as(store.Editor)
	if page := b.submit("/proxies/forget", url.Values{"proxy": {"POST /v1/embeddings"}}); strings.Contains(page, "not protected") {
		t.Error("the proxy in test mode was not forgotten")
	}
	if page := b.submit("/gateways/forget", url.Values{"gateway": {"gateway-2"}}); strings.Contains(page, "gateway-2") {
		t.Error("the gateway was not forgotten")
	}
	if got := b.post("/proxies/forget", url.Values{"proxy": {"none"}}); got.status != http.StatusNotFound {
		t.Errorf("a proxy that is none gets %d", got.status)
	}
}

// The choice of colours needs no script, holds for everybody and goes back to
// where it was made.
func TestTheme(t *testing.T) {
	c := newConsole(t, nil)
	b := c.browser()
	got := b.post("/theme", url.Values{"theme": {"dark"}, "back": {"/login?next=/audit"}})
	if got.status != http.StatusSeeOther || got.header.Get("Location") != "/login?next=/audit" {
		t.Fatalf("the choice leads to %q", got.header.Get("Location"))
	}
	b.see("/login", `data-theme="dark"`)
	b.post("/theme", url.Values{"theme": {"auto"}})
	if strings.Contains(b.see("/login"), "data-theme") {
		t.Error("the choice was not taken back")
	}
	if got := b.post("/theme", url.Values{"theme": {"dark"}, "back": {"//evil.example"}}); got.header.Get("Location") != "/" {
		t.Errorf("the choice leads to %q", got.header.Get("Location"))
	}
}

func TestStaticFilesMayBeKept(t *testing.T) {
	b := newConsole(t, nil).browser()
	got := b.get(asset("console.css"))
	if got.status != http.StatusOK || !strings.Contains(got.header.Get("Cache-Control"), "immutable") || !strings.HasPrefix(got.header.Get("Content-Type"), "text/css") {
		t.Errorf("the style sheet answers %d, %v", got.status, got.header)
	}
	if got := b.get("/static/console.js?v=other"); got.status != http.StatusOK || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("another version may be kept: %q", got.header.Get("Cache-Control"))
	}
	for _, path := range []string{"/static/", "/static/../server.go", "/static/nothing"} {
		if got := b.get(path); got.status == http.StatusOK {
			t.Errorf("%s answers %d", path, got.status)
		}
	}
	if got := b.get("/healthz"); got.status != http.StatusOK || got.text != "ok\n" {
		t.Errorf("the console's health is %d", got.status)
	}
}
