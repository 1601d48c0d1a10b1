package web

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/net/html"

	"github.com/krakend-redact/krakend-redact/console/internal/store"
	"github.com/krakend-redact/krakend-redact/internal/audit"
)

// manyEvents takes events in, one a second and the newest last.
func manyEvents(t *testing.T, c *console, count int) (ids []string) {
	t.Helper()
	var batch store.Batch
	for i := range count {
		id := uuid.Must(uuid.NewV7()).String()
		ids = append(ids, id)
		batch.Events = append(batch.Events, audit.Event{
			Head:     audit.Head{Schema: audit.Schema, Kind: audit.KindEvent, ID: id, Time: c.now.Add(time.Duration(i-count) * time.Second), Gateway: "g"},
			Exchange: id, RequestID: fmt.Sprintf("request-%d", i), Proxy: "chat", Policy: audit.Policy{Name: "p", Digest: "d", Mode: "enforce"},
			Direction: audit.DirectionRequest, Outcome: audit.OutcomeMasked,
			Rules: []audit.RuleCount{{Name: "Email", Severity: "medium", Action: "mask", Count: 1, Placeholders: []string{"[REDACTED_EMAIL_1]"}}},
		})
	}
	if _, err := c.store.Ingest(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	return ids
}

var rowID = regexp.MustCompile(`<tr id="event-([0-9a-f-]+)"`)

// links returns where the links with a rel lead.
func link(t *testing.T, page, rel string) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for node := range doc.Descendants() {
		var found, target string
		for _, a := range node.Attr {
			switch a.Key {
			case "rel":
				found = a.Val
			case "href":
				target = a.Val
			}
		}
		if found == rel {
			return target
		}
	}
	return ""
}

// Whoever goes from page to page sees each event once, although new ones come in
// between, and comes back the same way.
func TestPaging(t *testing.T) {
	onBoth(t, func(t *testing.T, c *console) {
		ids := manyEvents(t, c, 120)
		b := c.as(store.Viewer)
		var seen, pages []string
		for path := "/audit?rule=Email"; path != ""; {
			page := b.see(path, "/audit/tail?rule=Email")
			pages = append(pages, path)
			for _, match := range rowID.FindAllStringSubmatch(page, -1) {
				seen = append(seen, match[1])
			}
			if path = link(t, page, "next"); len(pages) == 1 {
				manyEvents(t, c, 3)
			}
		}
		slices.Reverse(seen)
		if !slices.Equal(seen, ids) {
			t.Errorf("saw %d events in %d pages, want all %d in their order", len(seen), len(pages), len(ids))
		}
		back := b.see(link(t, b.see(pages[2]), "prev"))
		if first := rowID.FindStringSubmatch(back); first == nil || first[1] != ids[len(ids)-51] {
			t.Error("the way back leads elsewhere")
		}
		if got := b.get("/audit?older=nonsense!"); got.status != http.StatusBadRequest {
			t.Errorf("a place that is none gets %d", got.status)
		}
	})
}

func TestFilters(t *testing.T) {
	onBoth(t, func(t *testing.T, c *console) {
		seedData(t, c.store, c.now)
		b := c.as(store.Viewer)
		for query, check := range map[string]func(*audit.Event) bool{
			"proxy=chat":                            func(e *audit.Event) bool { return e.Proxy == "chat" },
			"outcome=blocked":                       func(e *audit.Event) bool { return e.Outcome == "blocked" },
			"placeholder=%5BREDACTED_PASSWORD_1%5D": func(e *audit.Event) bool { return strings.Contains(fmt.Sprint(e.Rules), "[REDACTED_PASSWORD_1]") },
			"request=req-00007":                     func(e *audit.Event) bool { return e.RequestID == "req-00007" },
			"severity=critical&direction=request": func(e *audit.Event) bool {
				return strings.Contains(fmt.Sprint(e.Rules), "critical") && e.Direction == "request"
			},
			"action=redact&policy=llm-data-redaction": func(e *audit.Event) bool {
				return strings.Contains(fmt.Sprint(e.Rules), " redact ") && e.Policy.Name == "llm-data-redaction"
			},
			"gateway=gateway-2": func(e *audit.Event) bool { return e.Gateway == "gateway-2" },
			"from=" + c.now.Add(-2*time.Hour).UTC().Format("2006-01-02T15:04"): func(e *audit.Event) bool {
				return !e.Time.Before(c.now.Add(-2 * time.Hour).Truncate(time.Minute))
			},
		} {
			got := b.get("/audit/export?format=jsonl&" + query)
			var found []string
			for line := range strings.Lines(got.text) {
				var e audit.Event
				if err := json.Unmarshal([]byte(line), &e); err != nil {
					t.Fatal(err)
				}
				if found = append(found, e.ID); !check(&e) {
					t.Errorf("%s finds an event that it should not", query)
				}
			}
			if len(found) == 0 {
				t.Errorf("%s finds nothing", query)
			}
			var shown []string
			for _, match := range rowID.FindAllStringSubmatch(b.see("/audit?"+query), -1) {
				shown = append(shown, match[1])
			}
			if !slices.Equal(shown, found[:len(shown)]) || len(shown) != min(50, len(found)) {
				t.Errorf("%s shows %d events and exports %d", query, len(shown), len(found))
			}
		}
		b.see("/audit?rule=nothing", "No event meets the filter")
		for _, query := range []string{"from=yesterday", "severity=worst"} {
			if got := b.get("/audit?" + query); got.status != http.StatusBadRequest {
				t.Errorf("%s gets %d", query, got.status)
			}
		}
	})
}

// A time without a zone is the viewer's.
func TestTimesInTheViewersZone(t *testing.T) {
	c := newConsole(t, nil)
	c.now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	manyEvents(t, c, 1) // at 11:59:59
	b := c.as(store.Viewer)
	b.see("/audit", `datetime="2026-11-22T11:59:59.000Z"`, ">2026-11-22 11:59:59<", `data-zone="UTC"`)
	b.header.Set("Cookie", "zone=Asia%2FTokyo")
	b.see("/audit?from=2026-11-22T20:59&to=2026-11-22T21:00", ">2026-11-22 20:59:59<", `data-zone="Asia/Tokyo"`)
	for _, bad := range []string{"..%2F..%2Fetc", "Nowhere%2FX", "Local", "%zz"} {
		b.header.Set("Cookie", "zone="+bad)
		b.see("/audit", `data-zone="UTC"`)
	}
}

func TestExportCSV(t *testing.T) {
	onBoth(t, func(t *testing.T, c *console) {
		ids := manyEvents(t, c, 450) // more than go out at once
		id := uuid.Must(uuid.NewV7()).String()
		bad := audit.Event{
			Head:     audit.Head{Schema: audit.Schema, Kind: audit.KindEvent, ID: id, Time: c.now, Gateway: "@SUM(1)"},
			Exchange: id, RequestID: "=cmd|' /C calc'!A0", Proxy: "+1", Policy: audit.Policy{Name: "-1", Digest: "d", Mode: "enforce"}, Outcome: audit.OutcomeRefused,
			Reason: "\tx", Direction: audit.DirectionRequest, Rules: []audit.RuleCount{{Name: "a,\"b\"\nc", Severity: "low", Action: "mask", Count: 2}},
		}
		if _, err := c.store.Ingest(t.Context(), store.Batch{Events: []audit.Event{bad}}); err != nil {
			t.Fatal(err)
		}
		got := c.as(store.Viewer).get("/audit/export?format=csv")
		if kind := got.header.Get("Content-Type"); !strings.HasPrefix(kind, "text/csv") || !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment; ") {
			t.Errorf("the export is %s, %s", kind, got.header.Get("Content-Disposition"))
		}
		table, err := csv.NewReader(strings.NewReader(got.text)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if len(table) != len(ids)+2 || !slices.Equal(table[0], csvHead) {
			t.Fatalf("the table has %d lines, want %d", len(table), len(ids)+2)
		}
		for _, line := range table[1:] {
			for i, cell := range line {
				if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
					t.Errorf("the cell %s begins a formula: %q", csvHead[i], cell)
				}
			}
		}
		row := table[1]
		for name, want := range map[string]string{"request_id": "'=cmd|' /C calc'!A0", "proxy": "'+1", "policy": "'-1", "gateway": "'@SUM(1)", "reason": "'\tx", "rules": "a,\"b\"\nc", "findings": "2"} {
			if cell := row[slices.Index(csvHead, name)]; cell != want {
				t.Errorf("%s is %q, want %q", name, cell, want)
			}
		}
		c.as(store.Editor).see("/changes?action=audit.export", "the viewer")
		if got := c.as(store.Viewer).get("/audit/export?format=xml"); got.status != http.StatusBadRequest {
			t.Errorf("an unknown format gets %d", got.status)
		}
	})
}

func TestApart(t *testing.T) {
	marked := []spot{{"[A_1]", "low"}, {"[A_1]x", "high"}, {"", "none"}, {"(", "medium"}, {"[A_1]", "critical"}}
	for text, want := range map[string]string{
		"":                 "",
		"plain":            "plain",
		"[A_1]":            "<low:[A_1]>",
		"a [A_1]x(b[A_1].": "a <high:[A_1]x><medium:(>b<low:[A_1]>.",
		"[A_2]\xff[A_1]":   "[A_2]\xff<low:[A_1]>",
	} {
		var got strings.Builder
		for _, p := range apart(text, marked) {
			if p.Class == "" {
				got.WriteString(p.Text)
			} else {
				fmt.Fprintf(&got, "<%s:%s>", p.Class, p.Text)
			}
		}
		if got.String() != want {
			t.Errorf("%q comes apart as %q, want %q", text, got.String(), want)
		}
	}
	if got := apart("x", []spot{{"\xff", "low"}}); len(got) != 1 || got[0].Text != "x" {
		t.Errorf("what cannot be looked for changes the text: %v", got)
	}
}
