package browser

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

// kinds are the pages of the console, by what their paths look like.
var kinds = []*regexp.Regexp{
	regexp.MustCompile(`^/$`), regexp.MustCompile(`^/\?`),
	regexp.MustCompile(`^/audit$`), regexp.MustCompile(`^/audit\?`), regexp.MustCompile(`^/audit/event/`),
	regexp.MustCompile(`^/alerts$`), regexp.MustCompile(`^/alerts\?`), regexp.MustCompile(`^/alerts/`),
	regexp.MustCompile(`^/policies$`), regexp.MustCompile(`^/policies/new$`), regexp.MustCompile(`^/policies/[^/]+/edit`),
	regexp.MustCompile(`^/policies/[^/]+/diff`), regexp.MustCompile(`^/policies/[^/]+$`),
	regexp.MustCompile(`^/try`), regexp.MustCompile(`^/proxies`), regexp.MustCompile(`^/webhooks$`), regexp.MustCompile(`^/webhooks/`),
	regexp.MustCompile(`^/access$`), regexp.MustCompile(`^/changes`),
}

// sorts are how many pages of one kind are looked at.
const sorts = 4

// walk follows the links of the console to pages of every kind and looks at each.
func (b *tab) walk(look func(path string)) {
	b.t.Helper()
	seen, count := map[string]bool{}, map[*regexp.Regexp]int{}
	for queue := []string{"/"}; len(queue) > 0; queue = queue[1:] {
		path := queue[0]
		kind := slices.IndexFunc(kinds, func(kind *regexp.Regexp) bool { return kind.MatchString(path) })
		if kind < 0 {
			b.t.Errorf("a link leads to %s, which is none of the pages", path)
			continue
		}
		if seen[path] || count[kinds[kind]] == sorts {
			continue
		}
		seen[path] = true
		count[kinds[kind]]++
		b.visit(path)
		look(path)
		queue = append(queue, b.list(`[...document.querySelectorAll("a[href]:not([download])")].filter(a => !a.getAttribute("href").startsWith("#"))
			.map(a => a.href.startsWith(location.origin) ? a.pathname + a.search : a.href)`)...)
	}
	for _, kind := range kinds {
		if count[kind] == 0 {
			b.t.Errorf("no link leads to a page like %s", kind)
		}
	}
}

// fullConsole has something on every page.
func fullConsole(t *testing.T) *console {
	c := startConsole(t)
	c.ingest(t, history(time.Now())...)
	c.command(t, "policy", "import", "--file", "../testdata/seed-policy.json", "--proxy", "support-assistant", "--publish", c.publish)
	b := c.open(t).login()
	b.visit("/policies/llm-data-redaction/edit")
	b.fill("text", strings.Replace(b.eval(`document.getElementById("text").value`), `"1.0"`, `"1.1", "mode": "test"`, 1))
	b.press("Save as a new version")
	b.visit("/webhooks")
	b.fill("name", "On call")
	b.fill("url", "https://hooks.example.com/T0/B0")
	b.press("Add")
	c.command(t, "token", "create", "--name", "jane.doe", "--role", "viewer")
	return c
}

// Everybody can use every page: on a phone, with a keyboard, with a reader.
func TestPagesAreAccessible(t *testing.T) {
	b := fullConsole(t).open(t).login()
	b.walk(func(path string) {
		for _, problem := range b.list(headings) {
			t.Errorf("%s: %s", path, problem)
		}
		for _, problem := range b.list(names) {
			t.Errorf("%s: %s", path, problem)
		}
		if lang := b.eval("document.documentElement.lang"); lang != "en" {
			t.Errorf("%s is in the language %q", path, lang)
		}
	})
	b.phone()
	b.walk(func(path string) {
		if wide := b.list(tooWide); len(wide) > 0 {
			t.Errorf("%s is wider than a phone: %q", path, wide)
		}
	})
}

// headings finds faults in the order of a page's headings.
const headings = `(() => {
	const levels = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter(h => !h.closest(".unprotected")).map(h => Number(h.tagName[1]));
	const faults = [];
	if (levels.filter(l => l === 1).length !== 1 || levels[0] !== 1) faults.push("the headings do not begin with the one h1: " + levels);
	levels.forEach((l, i) => { if (i && l > levels[i-1] + 1) faults.push("a heading skips a level: " + levels); });
	return faults;
})()`

// names finds what a screen reader could not name, and ids that are there twice.
const names = `(() => {
	const faults = [];
	const named = e => e.getAttribute("aria-label")?.trim() || e.getAttribute("aria-labelledby") || [...e.labels ?? []].some(l => l.textContent.trim());
	for (const e of document.querySelectorAll("input:not([type=hidden]), select, textarea")) if (!named(e)) faults.push("has no label: " + e.outerHTML.slice(0, 200));
	for (const e of document.querySelectorAll("button, a[href], summary, th")) if (!named(e) && !e.textContent.trim()) faults.push("has no name: " + e.outerHTML.slice(0, 200));
	for (const e of document.querySelectorAll("img:not([alt]), svg:not([aria-hidden=true], [role=img])")) faults.push("has no text: " + e.outerHTML.slice(0, 200));
	for (const e of document.querySelectorAll("[aria-labelledby], [aria-describedby]"))
		for (const id of ((e.getAttribute("aria-labelledby") ?? "") + " " + (e.getAttribute("aria-describedby") ?? "")).split(" ").filter(Boolean))
			if (!document.getElementById(id)) faults.push("refers to an id that is not there: " + id);
	const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
	for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) faults.push("an id is there twice: " + id);
	return faults;
})()`

// tooWide finds what makes a page scroll sideways.
const tooWide = `(() => {
	const page = document.documentElement;
	if (page.scrollWidth <= 375 && innerWidth <= 375) return [];
	const faults = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > 376 && !e.closest(".scroll, .diff, pre, .side"))
		.map(e => e.outerHTML.slice(0, 120));
	return ["it is " + page.scrollWidth + " pixels wide"].concat(faults.slice(0, 5));
})()`

// The tab key reaches everything that can be used, in the order of the page, and
// shows where it is.
func TestKeyboardReachesEverything(t *testing.T) {
	b := fullConsole(t).open(t).login()
	for _, path := range []string{"/", "/audit", "/alerts", "/policies/llm-data-redaction/edit", "/proxies"} {
		b.visit(path)
		want := b.list(`[...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
			.filter(e => e.checkVisibility() && !e.disabled).map((e, i) => e.dataset.place = String(i))`)
		var got []string
		for range 5 * len(want) { // fields for times are several stops
			b.key(kb.Tab)
			at := b.eval(`document.activeElement.dataset.place`)
			if len(got) > 0 && at == got[len(got)-1] {
				continue
			}
			if at == "undefined" || len(got) > 0 && at == got[0] {
				break // at the end of the page
			}
			got = append(got, at)
			if b.eval(`getComputedStyle(document.activeElement).outlineStyle`) == "none" {
				t.Errorf("%s does not show that it has the focus: %s", path, b.eval(`document.activeElement.outerHTML`))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: the tab key leads to\n%s, want\n%s", path, got, want)
		}
	}
	b.visit("/audit")
	b.key(kb.Tab)
	b.key(kb.Enter)
	if at := b.eval("document.activeElement.id"); at != "main" {
		t.Errorf("the link to the content leads to %q", at)
	}
	b.key("/")
	if at := b.eval("document.activeElement.id"); at != "placeholder" {
		t.Errorf("the key of the filter leads to %q", at)
	}
}
