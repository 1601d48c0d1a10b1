package browser

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Who has no scripts can log in, find an event and look after an alert.
func TestWithoutScripts(t *testing.T) {
	c := startConsole(t)
	c.ingest(t, history(time.Now())...)
	b := c.open(t)
	b.do(emulation.SetScriptExecutionDisabled(true))
	b.login()
	b.visit("/audit")
	if b.eval(`document.getElementById("tail").checkVisibility()`) != "false" {
		t.Fatal("scripts run")
	}
	b.choose("rule", "Customer Number")
	b.press("Filter")
	b.sees("Customer Number", "[CUSTOMER:5f3a]", "support-assistant")
	b.press("Older")
	b.sees("Customer Number")
	b.goes(200, chromedp.Click("tbody a", chromedp.ByQuery))
	b.sees("Request through", "What the rules found", "please write to [REDACTED_EMAIL_1] about the invoice")
	b.visit("/alerts")
	b.goes(200, chromedp.Click(`tbody a`, chromedp.ByQuery))
	b.fill("note", "Looked at it.")
	b.press("Resolve")
	b.sees("Looked at it.", "resolved, by admin")
	b.goes(200, chromedp.Click(`button[value="dark"]`, chromedp.ByQuery))
	if b.eval("document.documentElement.dataset.theme") != "dark" {
		t.Error("the colours stay")
	}
	b.goes(200, chromedp.Click(`//button[normalize-space()="Log out"]`, chromedp.BySearch))
	b.sees("Log in")
}

// payload is what would run, or stand in the page as an element, wherever a text is
// not written as one. It is nearly as long as names may be.
const payload = `javascript:alert(1)//'"></textarea></title><x-pwned onclick=alert(1)><img src=x onerror=alert(1)>`

// No text that comes from a gateway or a person becomes more than a text, on any page.
func TestNothingBecomesMarkup(t *testing.T) {
	c := startConsole(t)
	now := time.Now().Truncate(time.Millisecond)
	proxy := obj{"proxy": "chat", "policy": policyLine("support", "test"), "source": "a.json", "loaded": stamp(now), "reload_error": "broken"}
	lines := []obj{
		merge(eventLine(now, "chat", policyLine("support", "test"), ruleLine("Rule", "critical", "mask", "[A_1]")), obj{"body": "text"}),
		alertLine(now, "reload", "critical", "Rule", "chat", policyLine("support", "test")),
		statusLine(now, proxy),
	}
	poisoned := 0
	for _, line := range lines {
		poisoned += c.poison(t, line)
	}
	// Of an event 13, of an alert 8 and of a status 8: all but identifiers, times and words
	// of a list.
	if want := 29; poisoned != want {
		t.Errorf("%d fields take any text, want %d", poisoned, want)
	}
	lines[1]["exchange"] = lines[0]["exchange"]
	lines[2]["time"] = stamp(now.Add(time.Second))
	if n := c.ingest(t, lines...); n > 0 {
		t.Fatalf("%d lines were rejected", n)
	}
	for _, args := range [][]string{
		{"token", "create", "--role", "viewer"}, {"ingest-token", "create"},
	} {
		c.command(t, append(args, "--name", payload)...)
	}

	b := c.open(t).login()
	b.visit("/policies/new")
	quoted := strconv.Quote(payload)
	b.fill("text", fmt.Sprintf(`{"name": %[1]s, "version": %[1]s, "mode": "test", "redaction_rules": [{"name": %[1]s, "pattern": "hello", "replacement": "[WORD]"}]}`, quoted))
	b.fill("comment", payload)
	b.fill("sample", "hello "+payload)
	b.press("Check and test")
	b.looks(t, "the check")
	b.press("Save as a new version")
	b.press("Edit")
	b.fill("text", b.eval(`document.getElementById("text").value`)+"\n\n")
	b.fill("comment", payload)
	b.press("Save as a new version")
	b.visit("/policies/new")
	b.fill("text", fmt.Sprintf(`{"name": "x", "redaction_rules": [{"name": %[1]s, "pattern": "(", %[1]s: 1}]}`, quoted))
	b.goes(422, chromedp.Click(main("Check and test"), chromedp.BySearch))
	b.looks(t, "the mistake")
	b.visit("/proxies")
	b.fill("new-proxy", payload+"2")
	b.goes(200, chromedp.Click(`#assign ~ form button`, chromedp.ByQuery))
	b.visit("/alerts")
	b.goes(200, chromedp.Click("tbody a", chromedp.ByQuery))
	b.fill("note", payload)
	b.press("Add the note")
	b.visit("/webhooks")
	b.fill("name", payload)
	b.fill("url", "https://hooks.example.com/?"+payload)
	b.press("Add")
	b.visit("/try")
	b.fill("text", "hello "+payload)
	b.press("Try it")
	b.looks(t, "the try")

	shown := 0
	b.walk(func(path string) {
		b.looks(t, path)
		if strings.Contains(b.text(), payload) {
			shown++
		}
	})
	if shown < len(kinds) {
		t.Errorf("only %d pages show the payload", shown)
	}
	b.visit("/login?next=" + "javascript:alert(1)")
	b.looks(t, "the login page")

	b.visit("/audit")
	b.do(chromedp.Click("#tail", chromedp.ByQuery))
	select {
	case <-b.tails:
	case <-time.After(patience):
		t.Fatal("the live tail does not begin")
	}
	next := merge(maps.Clone(lines[0]), head("event", now))
	next["gateway"] = payload
	c.ingest(t, next)
	b.do(chromedp.WaitVisible("tr.fresh", chromedp.ByQuery))
	b.looks(t, "the live tail")
}

// looks fails if a payload stands in the page as more than a text, or has run.
func (b *tab) looks(t *testing.T, where string) {
	t.Helper()
	if got := b.list(`[...document.querySelectorAll("x-pwned, img")].map(e => e.parentElement.outerHTML.slice(0, 300))`); len(got) > 0 {
		t.Errorf("%s: a text became an element: %q", where, got)
	}
	if got := b.list(`[...document.querySelectorAll("[onclick], [onerror], [href^='javascript:'], [action^='javascript:'], [formaction]")].map(e => e.outerHTML.slice(0, 300))`); len(got) > 0 {
		t.Errorf("%s: a text became a script: %q", where, got)
	}
	for _, problem := range b.taken() {
		t.Errorf("%s: %s", where, problem)
	}
}

// poison puts the payload into every text of a line for which ingestion takes any,
// and returns how many those are.
func (c *console) poison(t *testing.T, line obj) int {
	t.Helper()
	count := 0
	// try sets a text, and takes that back where ingestion takes only certain ones.
	try := func(old string, set func(string)) {
		set(payload)
		probe := maps.Clone(line)
		probe["id"] = head("", time.Now())["id"] // what comes again is not looked at
		if c.ingest(t, probe) == 0 {
			count++
			return
		}
		set(old)
	}
	var visit func(value any, set func(string))
	visit = func(value any, set func(string)) {
		switch v := value.(type) {
		case string:
			try(v, set)
		case []string:
			for i := range v {
				visit(v[i], func(text string) { v[i] = text })
			}
		case []obj:
			for _, o := range v {
				visit(o, nil)
			}
		case obj:
			for _, key := range slices.Sorted(maps.Keys(v)) {
				if key != "id" {
					visit(v[key], func(text string) { v[key] = text })
				}
			}
		}
	}
	visit(line, nil)
	return count
}
