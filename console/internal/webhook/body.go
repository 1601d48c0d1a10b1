package webhook

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/krakend-redact/krakend-redact/console/internal/store"
	"github.com/krakend-redact/krakend-redact/internal/audit"
)

// message is the generic form: the alert, and where to look at it.
type message struct {
	audit.Alert
	// URL leads to the alert's page, if the console knows its own address.
	URL string `json:"url,omitempty"`
}

func bodyOf(form store.WebhookForm, a store.Alert, console string) ([]byte, error) {
	link := ""
	if console != "" {
		link = strings.TrimSuffix(console, "/") + "/alerts/" + a.ID
	}
	if form == store.WebhookSlack {
		return json.Marshal(slackOf(&a.Alert, link))
	}
	return json.Marshal(message{a.Alert, link})
}

// slack is a message as Slack takes it
// (https://docs.slack.dev/reference/block-kit/blocks). Text is what notifications
// show, and all that those who are compatible may read.
type slack struct {
	Text   string  `json:"text"`
	Blocks []block `json:"blocks"`
}

type block struct {
	Type   string `json:"type"`
	Text   *text  `json:"text,omitempty"`
	Fields []text `json:"fields,omitempty"`
}

type text struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

// titles say what the types of alerts mean.
var titles = map[string]string{
	audit.AlertSeverity:      "Sensitive data was found",
	audit.AlertFrequency:     "A rule finds unusually much",
	audit.AlertUnresolved:    "An answer held placeholders that nobody issued",
	audit.AlertBlocked:       "A request was blocked",
	audit.AlertUninspectable: "Traffic could not be inspected",
	audit.AlertReload:        "A new version of a policy was refused",
	audit.AlertSink:          "Audit lines were lost",
	audit.AlertFault:         "A fault of krakend-redact",
}

func slackOf(a *audit.Alert, link string) slack {
	title := titles[a.Type]
	if title == "" {
		title = a.Type
	}
	m := slack{Text: fmt.Sprintf("%s (%s)", mrkdwn(title), mrkdwn(a.Severity))}
	// Plain text, in which no name can write a link or call a channel.
	plain := func(s string) text { return text{"plain_text", cut(s, 2000)} }
	head := plain(title)
	head.Text = cut(head.Text, 150)
	details := block{Type: "section"}
	for _, f := range []struct{ name, value string }{
		{"Severity", a.Severity},
		{"Rule", a.Rule},
		{"Proxy", a.Proxy},
		{"Policy", a.Policy.Name},
		{"Gateway", a.Gateway},
		{"Action", a.Action},
		{"Count", fmt.Sprint(a.Count)},
		{"First", a.First.UTC().Format(time.RFC3339)},
		{"Reason", a.Reason},
	} {
		if f.value != "" {
			details.Fields = append(details.Fields, plain(f.name+": "+f.value))
		}
	}
	m.Blocks = []block{{Type: "header", Text: &head}, details}
	if link != "" {
		m.Text += " <" + link + ">"
		m.Blocks = append(m.Blocks, block{Type: "section", Text: &text{"mrkdwn", "<" + link + "|Look at the alert>"}})
	}
	return m
}

// mrkdwn escapes a text for Slack's markup.
func mrkdwn(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// cut cuts a text to a number of characters.
func cut(s string, limit int) string {
	if r := []rune(s); len(r) > limit {
		return string(r[:limit-1]) + "…"
	}
	return s
}

// madeUp is the alert of a test.
func madeUp(now time.Time) store.Alert {
	now = now.UTC().Truncate(time.Second)
	return store.Alert{Alert: audit.Alert{
		Head: audit.Head{Schema: audit.Schema, Kind: audit.KindAlert, ID: "00000000-0000-7000-8000-000000000000", Time: now, Gateway: "test"},
		Type: audit.AlertSeverity, Severity: "low", Rule: "test", Proxy: "test", First: now, Last: now, Count: 1, Action: "mask",
		Reason: "a test from the console",
	}}
}
