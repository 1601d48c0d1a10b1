package browser

import (
	"os"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // not every machine has it

	"github.com/chromedp/chromedp"
)

// TestSeed goes through the steps of the documentation that this project began
// with: create the policy, let it give values back, apply it to a proxy, send the
// request, find it in the audit log, look after the alert. Then it switches test
// mode on and off.
func TestSeed(t *testing.T) {
	text, err := os.ReadFile("../testdata/seed-policy.json")
	if err != nil {
		t.Fatal(err)
	}
	policy := string(text)
	unmask, keep := `"unmask_for_user": true`, `"unmask_for_user": false`
	if !strings.Contains(policy, unmask) {
		t.Fatal("the seed's policy gives nothing back")
	}
	c := startConsole(t)
	c.ingest(t, history(time.Now())...)
	b := c.open(t)
	b.visit("/")
	b.sees("Log in") // for who is not, every page is that one
	b.login()

	// Step 1: create the policy.
	b.visit("/policies")
	b.press("New policy")
	b.fill("text", strings.Replace(policy, `\\b[A-Za-z0-9._%+-]+@`, `(`, 1))
	b.goes(422, chromedp.Click(main("Check and test"), chromedp.BySearch))
	b.sees("Rule Email Addresses", "redaction_rules[2].pattern", "To mend it")
	b.fill("text", strings.Replace(policy, unmask, keep, 1))
	b.fill("sample", "dont tell anyone, but my password is: "+password)
	b.press("Check and test")
	b.sees("Gateways take this: 3 rules", "my password is: [REDACTED_PASSWORD_1]", "not the same text")
	b.picture("edit")
	b.fill("comment", "as the documentation has it")
	b.press("Save as a new version")
	b.sees("The new version was saved", "Secret Password", "Credit Card Numbers", "Email Addresses")

	// Step 2: give values back to the user.
	b.press("Edit")
	b.fill("text", policy)
	b.fill("comment", "give values back")
	b.press("Save as a new version")
	b.press("Difference")
	b.sees("Version 1 and version 2")
	if got := b.list(`[...document.querySelectorAll(".diff .add, .diff .del")].map(r => r.cells[1].textContent.trim())`); len(got) != 2 || got[0] != keep || got[1] != unmask {
		t.Errorf("the difference is %q", got)
	}

	// Step 3: apply it to the proxy.
	b.visit("/proxies")
	b.fill("new-proxy", "chat")
	b.choose("new-version", "llm-data-redaction, version 2")
	b.goes(200, chromedp.Click(`#assign ~ form button`, chromedp.ByQuery))
	b.sees("The policy was assigned", "Published as proxies/chat.json")
	g := startGateway(t, c, "chat")
	b.comes("/proxies", "eu-1", "llm-data-redaction 1.0")
	b.picture("proxies")

	// Step 4: send the request.
	before := time.Now()
	llm, user := g.tell(t, "seed-1")
	if !strings.Contains(llm, "my password is: [REDACTED_PASSWORD_1]") || strings.Contains(llm, password) {
		t.Errorf("the LLM got %s", llm)
	}
	if !strings.Contains(user, "my password is: "+password) || strings.Contains(user, "REDACTED") {
		t.Errorf("the user got %s", user)
	}

	// Step 5: find it in the audit log.
	b.comes("/audit", "[REDACTED_PASSWORD_1]")
	b.picture("audit")
	b.fill("placeholder", "[REDACTED_PASSWORD_1]")
	b.choose("proxy", "chat")
	b.choose("rule", "Secret Password")
	b.choose("policy", "llm-data-redaction")
	b.press("Filter")
	if rows := b.list(`[...document.querySelectorAll("tbody tr")].map(r => r.innerText)`); len(rows) != 1 {
		t.Errorf("the filter shows %q", rows)
	}
	b.goes(200, chromedp.Click("tbody a", chromedp.ByQuery))
	b.sees("Request through chat", "dont tell anyone, but my password is: [REDACTED_PASSWORD_1]", "Secret Password", "llm-data-redaction", "seed-1", "eu-1")
	at, err := time.ParseInLocation("2006-01-02 15:04:05", b.eval(`document.querySelector(".facts time").innerText.slice(0, 19)`), berlin(t))
	if err != nil || at.Before(before.Truncate(time.Second)) || at.After(time.Now()) {
		t.Errorf("the page shows the time %s, %v; it was %s", at, err, before)
	}
	b.comes(b.eval("location.pathname"), "Its answer", "1 placeholder restored")
	b.picture("event")

	b.tail(t, g)
	b.alert(t)
	b.testMode(t, g, policy)
}

// berlin is the zone that the browser is told it is in.
func berlin(t *testing.T) *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// tail watches a new event come in.
func (b *tab) tail(t *testing.T, g *gateway) {
	b.visit("/audit?proxy=chat&direction=request")
	b.eval(`window.stays = "the same page"`)
	b.do(chromedp.Click("#tail", chromedp.ByQuery))
	select {
	case <-b.tails:
	case <-time.After(patience):
		t.Fatal("the live tail does not begin")
	}
	g.tell(t, "seed-live")
	b.do(chromedp.WaitVisible("tr.fresh", chromedp.ByQuery))
	b.sees("Live")
	if got := b.eval("window.stays"); got != "the same page" {
		t.Error("the page was loaded again")
	}
	if got := b.eval(`document.querySelector("tr.fresh").innerText`); !strings.Contains(got, "chat") || !strings.Contains(got, "Secret Password") {
		t.Errorf("the live tail shows %q", got)
	}
}

// alert is step 6: look after the alert.
func (b *tab) alert(t *testing.T) {
	b.comes("/alerts?proxy=chat", "Secret Password", "medium", "llm-data-redaction")
	b.visit("/alerts")
	b.picture("alerts")
	b.visit("/alerts?proxy=chat")
	b.goes(200, chromedp.Click("tbody a", chromedp.ByQuery))
	b.sees("Secret Password", "medium", "new", "Action taken", "mask", "eu-1", "chat", "The exchange that began it")
	b.goes(200, chromedp.Click(main("Acknowledge"), chromedp.BySearch))
	b.sees("acknowledged, by admin")
	b.fill("note", "Asked the user to change the password.")
	b.press("Add the note")
	b.sees("The note was added", "Asked the user to change the password.")
	b.press("Resolve")
	b.sees("resolved, by admin")
	b.picture("alert")
	b.visit("/changes")
	b.sees("alert.note", "alert.state", "acknowledged", "resolved", "admin")
}

// testMode publishes the policy in mode test, in which everything says that nobody
// is protected, and takes that back.
func (b *tab) testMode(t *testing.T, g *gateway, policy string) {
	const notice = "Test mode: one proxy is not protected"
	for _, step := range []struct{ text, version, id string }{
		{strings.Replace(policy, `"version": "1.0"`, `"version": "1.1", "mode": "test"`, 1), "3", "seed-test"},
		{strings.Replace(policy, `"version": "1.0"`, `"version": "1.2"`, 1), "4", "seed-again"},
	} {
		test := strings.Contains(step.text, `"test"`)
		b.visit("/policies/llm-data-redaction/edit")
		b.fill("text", step.text)
		b.press("Check and test")
		if shown := strings.Contains(b.text(), "This policy is in test mode and protects nothing"); shown != test {
			t.Errorf("version %s: the editor says that it protects nothing: %t", step.version, shown)
		}
		b.press("Save as a new version")
		b.visit("/proxies")
		b.goes(200, chromedp.Evaluate(`(() => {
			const form = document.querySelector('section[id] input[name="proxy"][value="chat"]').form;
			form.version.value = "`+step.version+` llm-data-redaction";
			form.requestSubmit();
		})()`, nil))
		b.until("the gateway has reloaded version "+step.version, func() bool {
			b.visit("/")
			return strings.Contains(b.text(), notice) == test
		})
		llm, user := g.tell(t, step.id)
		if strings.Contains(llm, password) != test || !strings.Contains(user, password) {
			t.Errorf("version %s: the LLM got %s, the user %s", step.version, llm, user)
		}
		b.comes("/audit?request="+step.id, map[bool]string{true: "test", false: "[REDACTED_PASSWORD_1]"}[test])
		if strings.Contains(b.text(), password) {
			t.Error("the log shows the password")
		}
		b.visit("/")
		if test {
			b.sees(notice, "What the rules find is counted and goes to the provider as it is", "chat (policy llm-data-redaction)")
			b.picture("test-mode")
			continue
		}
		b.dark(true)
		b.picture("overview-dark")
		b.visit("/audit")
		b.phone()
		b.picture("audit-phone")
		b.dark(false)
		b.visit("/")
		b.picture("overview-phone")
	}
}
