package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/krakend-redact/krakend-redact/console/internal/store"
	"github.com/krakend-redact/krakend-redact/internal/audit"
)

// auditData is what the audit log shows.
type auditData struct {
	Form    eventForm
	Choices eventChoices
	Rows    []eventRow
	// Query is the filter as a query, without a place in the list.
	Query        string
	Newer, Older string
	Filtered     bool
}

// eventForm is the filter as people write it.
type eventForm struct {
	From, To, Proxy, Policy, Rule, Severity, Action, Outcome, Placeholder, Request, Gateway, Direction string
}

// eventChoices are what a filter may be set to.
type eventChoices struct{ Proxies, Policies, Rules, Outcomes, Actions, Gateways, Severities []string }

// eventRow is one line of the log, with what it needs to be written alone.
type eventRow struct {
	store.Event
	view *view
}

// Stamp writes the event's time in the viewer's zone.
func (e eventRow) Stamp() any { return e.view.Time(e.Event.Time) }

// rows makes lines of events.
func rows(events []store.Event, v *visitor) []eventRow {
	made := make([]eventRow, len(events))
	for i, event := range events {
		made[i] = eventRow{event, &view{visitor: v}}
	}
	return made
}

// Findings is how many findings all rules had.
func (e eventRow) Findings() int {
	sum := 0
	for _, rule := range e.Rules {
		sum += rule.Count
	}
	return sum
}

// Worst is the highest severity of the rules with findings, empty without any.
func (e eventRow) Worst() string {
	worst := ""
	for _, rule := range e.Rules {
		if severityRank(rule.Severity) > severityRank(worst) {
			worst = rule.Severity
		}
	}
	return worst
}

// severities are all severities, from the least to the worst.
var severities = []string{"low", "medium", "high", "critical"}

// severityRank is the position among severities from 1 on, 0 for none.
func severityRank(severity string) int {
	for i, known := range severities {
		if severity == known {
			return i + 1
		}
	}
	return 0
}

// shownPlaceholders is how many placeholders a line of the log shows.
const shownPlaceholders = 4

// Placeholders are the first of those that were issued, and how many there are
// beside them.
func (e eventRow) Placeholders() (shown []string) {
	for _, rule := range e.Rules {
		shown = append(shown, rule.Placeholders...)
	}
	return shown[:min(len(shown), shownPlaceholders)]
}

// MorePlaceholders is how many were issued beside those.
func (e eventRow) MorePlaceholders() int {
	sum := 0
	for _, rule := range e.Rules {
		sum += len(rule.Placeholders) + rule.More
	}
	return max(0, sum-shownPlaceholders)
}

// timeForms are how people may write a time in a filter.
var timeForms = []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"}

// when reads a time in the viewer's zone; RFC 3339 brings its own.
func when(text string, zone *time.Location) (time.Time, error) {
	if text = strings.TrimSpace(text); text == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	for _, form := range timeForms {
		if t, err := time.ParseInLocation(form, text, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, refuse(http.StatusBadRequest, "A time of the filter cannot be read. Write it as 2026-11-22 17:30.")
}

// eventFilter reads the filter of a request.
func eventFilter(query url.Values, zone *time.Location) (eventForm, store.EventFilter, error) {
	get := func(name string) string { return strings.TrimSpace(query.Get(name)) }
	form := eventForm{
		From: get("from"), To: get("to"), Proxy: get("proxy"), Policy: get("policy"), Rule: get("rule"), Severity: get("severity"),
		Action: get("action"), Outcome: get("outcome"), Placeholder: get("placeholder"), Request: get("request"),
		Gateway: get("gateway"), Direction: get("direction"),
	}
	from, err := when(form.From, zone)
	if err != nil {
		return form, store.EventFilter{}, err
	}
	to, err := when(form.To, zone)
	if err != nil {
		return form, store.EventFilter{}, err
	}
	if form.Severity != "" && severityRank(form.Severity) == 0 {
		return form, store.EventFilter{}, refuse(http.StatusBadRequest, "There is no such severity. Use one of "+strings.Join(severities, ", ")+".")
	}
	return form, store.EventFilter{
		From: from, To: to, Proxy: form.Proxy, Policy: form.Policy, Rule: form.Rule, MinSeverity: form.Severity, Action: form.Action,
		Outcome: form.Outcome, Placeholder: form.Placeholder, RequestID: form.Request, Gateway: form.Gateway, Direction: form.Direction,
	}, nil
}

// query writes the form as a query, in a fixed order and without what is empty.
func (f eventForm) query() url.Values {
	values := url.Values{}
	for name, value := range map[string]string{
		"from": f.From, "to": f.To, "proxy": f.Proxy, "policy": f.Policy, "rule": f.Rule, "severity": f.Severity, "action": f.Action,
		"outcome": f.Outcome, "placeholder": f.Placeholder, "request": f.Request, "gateway": f.Gateway, "direction": f.Direction,
	} {
		if value != "" {
			values.Set(name, value)
		}
	}
	return values
}

// at is a link to a part of a list.
func at(path string, query url.Values, name string, cursor store.Cursor) string {
	if cursor == "" {
		return ""
	}
	linked := url.Values{}
	for key, values := range query {
		linked[key] = values
	}
	linked.Set(name, string(cursor))
	return path + "?" + linked.Encode()
}

// place reads which part of a list is wanted.
func place(query url.Values) store.Page {
	return store.Page{Older: store.Cursor(query.Get("older")), Newer: store.Cursor(query.Get("newer"))}
}

func (s *Server) auditPage(w http.ResponseWriter, r *http.Request, v *visitor) error {
	form, filter, err := eventFilter(r.URL.Query(), v.Zone)
	if err != nil {
		return err
	}
	found, err := s.Store.Events(r.Context(), filter, place(r.URL.Query()))
	if err != nil {
		return err
	}
	query := form.query()
	data := auditData{
		Form: form, Rows: rows(found.Events, v), Query: query.Encode(), Filtered: len(query) > 0,
		Newer: at("/audit", query, "newer", found.Newer), Older: at("/audit", query, "older", found.Older),
	}
	if data.Choices, err = s.eventChoices(r); err != nil {
		return err
	}
	s.render(w, r, v, http.StatusOK, "audit", "Audit log", data)
	return nil
}

// eventChoices asks what events there have been.
func (s *Server) eventChoices(r *http.Request) (eventChoices, error) {
	choices := eventChoices{Severities: severities}
	for kind, list := range map[store.NameKind]*[]string{
		store.NameProxy: &choices.Proxies, store.NamePolicy: &choices.Policies, store.NameRule: &choices.Rules,
		store.NameOutcome: &choices.Outcomes, store.NameAction: &choices.Actions, store.NameGateway: &choices.Gateways,
	} {
		names, err := s.Store.Names(r.Context(), kind)
		if err != nil {
			return choices, err
		}
		*list = names
	}
	return choices, nil
}

// eventData is what the page of one event shows.
type eventData struct {
	eventRow
	// Other is the answer to this request or the request of this answer; nil when
	// it is not there.
	Other    *eventRow
	Excerpts [][]piece
	Body     []piece
}

// piece is a part of a masked text.
type piece struct {
	Text string
	// Class is how it is marked, empty for plain text.
	Class string
}

// spot is a text to mark, and how.
type spot struct{ text, class string }

// pieces takes a masked text apart where the given rules' placeholders stand.
func pieces(text string, rules []audit.RuleCount) []piece {
	var marked []spot
	for _, rule := range rules {
		for _, placeholder := range rule.Placeholders {
			marked = append(marked, spot{placeholder, rule.Severity})
		}
	}
	return apart(text, marked)
}

// apart takes a text apart where others stand in it; of two at one place, the
// longer. It takes linear time: a body may hold a placeholder many thousand times.
func apart(text string, marked []spot) []piece {
	classes := make(map[string]string, len(marked))
	var quoted []string
	for _, m := range marked {
		if _, known := classes[m.text]; !known && m.text != "" {
			classes[m.text] = m.class
			quoted = append(quoted, regexp.QuoteMeta(m.text))
		}
	}
	search, err := regexp.Compile(strings.Join(quoted, "|"))
	if len(quoted) == 0 || err != nil {
		return []piece{{Text: text}}
	}
	search.Longest()
	var made []piece
	end := 0
	for _, found := range search.FindAllStringIndex(text, -1) {
		made = append(made, piece{Text: text[end:found[0]]}, piece{Text: text[found[0]:found[1]], Class: classes[text[found[0]:found[1]]]})
		end = found[1]
	}
	return append(made, piece{Text: text[end:]})
}

func (s *Server) eventPage(w http.ResponseWriter, r *http.Request, v *visitor) error {
	event, err := s.Store.Event(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	data := eventData{eventRow: rows([]store.Event{event}, v)[0]}
	exchange, err := s.Store.Exchange(r.Context(), event.Exchange)
	if err != nil {
		return err
	}
	known := event.Rules
	for _, other := range exchange {
		if other.ID != event.ID {
			known = append(known[:len(known):len(known)], other.Rules...)
			if data.Other == nil {
				row := rows([]store.Event{other}, v)[0]
				data.Other = &row
			}
		}
	}
	for _, excerpt := range event.Excerpts {
		data.Excerpts = append(data.Excerpts, pieces(excerpt, known))
	}
	if event.Body != "" {
		data.Body = pieces(event.Body, known)
	}
	s.render(w, r, v, http.StatusOK, "event", "Event", data)
	return nil
}
