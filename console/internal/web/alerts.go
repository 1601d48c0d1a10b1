package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/krakend-redact/krakend-redact/console/internal/store"
	"github.com/krakend-redact/krakend-redact/internal/audit"
)

// alertTypes are all types of alerts, for the filter.
var alertTypes = []string{
	audit.AlertSeverity, audit.AlertFrequency, audit.AlertUnresolved, audit.AlertBlocked,
	audit.AlertUninspectable, audit.AlertReload, audit.AlertSink, audit.AlertFault,
}

// alertsData is what the list of alerts shows.
type alertsData struct {
	State                 string
	Tabs                  []tab
	Severity, Type, Proxy string
	Severities            []string
	Types                 []string
	Proxies               []string
	Alerts                []store.Alert
	Newer, Older, Here    string
	Filtered              bool
}

// tab is one of the states that alerts are shown of.
type tab struct {
	Name, Link string
	Count      int
	Here       bool
}

// stateAll is the tab with the alerts of all states.
const stateAll = "all"

func (s *Server) alertsPage(w http.ResponseWriter, r *http.Request, v *visitor) error {
	query := r.URL.Query()
	data := alertsData{
		State: query.Get("state"), Severity: query.Get("severity"), Type: query.Get("type"), Proxy: query.Get("proxy"),
		Severities: severities, Types: alertTypes,
	}
	if data.State == "" {
		data.State = string(store.AlertNew)
	}
	filter := store.AlertFilter{State: store.AlertState(data.State), MinSeverity: data.Severity, Type: data.Type, Proxy: data.Proxy}
	if data.State == stateAll {
		filter.State = ""
	} else if !alertState(filter.State) {
		return refuse(http.StatusBadRequest, "There is no such state of an alert.")
	}
	if data.Severity != "" && severityRank(data.Severity) == 0 {
		return refuse(http.StatusBadRequest, "There is no such severity.")
	}
	found, err := s.Store.Alerts(r.Context(), filter, place(query))
	if err != nil {
		return err
	}
	counts, err := s.Store.AlertCounts(r.Context())
	if err != nil {
		return err
	}
	if data.Proxies, err = s.Store.Names(r.Context(), store.NameProxy); err != nil {
		return err
	}
	kept := url.Values{}
	for name, value := range map[string]string{"severity": data.Severity, "type": data.Type, "proxy": data.Proxy} {
		if value != "" {
			kept.Set(name, value)
			data.Filtered = true
		}
	}
	for _, t := range []tab{
		{Name: "New", Link: string(store.AlertNew), Count: counts.New},
		{Name: "Acknowledged", Link: string(store.AlertAcknowledged), Count: counts.Acknowledged},
		{Name: "Resolved", Link: string(store.AlertResolved), Count: counts.Resolved},
		{Name: "All", Link: stateAll, Count: counts.New + counts.Acknowledged + counts.Resolved},
	} {
		t.Here = t.Link == data.State
		kept.Set("state", t.Link)
		t.Link = "/alerts?" + kept.Encode()
		data.Tabs = append(data.Tabs, t)
	}
	kept.Set("state", data.State)
	data.Alerts = found.Alerts
	data.Here = "/alerts?" + kept.Encode()
	data.Newer, data.Older = at("/alerts", kept, "newer", found.Newer), at("/alerts", kept, "older", found.Older)
	s.render(w, r, v, http.StatusOK, "alerts", "Alerts", data)
	return nil
}

// alertState tells whether it is one that an alert can have.
func alertState(state store.AlertState) bool {
	return slices.Contains([]store.AlertState{store.AlertNew, store.AlertAcknowledged, store.AlertResolved}, state)
}

// setAlerts sets the state of the alerts that were ticked.
func (s *Server) setAlerts(w http.ResponseWriter, r *http.Request, v *visitor) error {
	state := store.AlertState(r.PostFormValue("state"))
	ids := r.PostForm["id"]
	if !alertState(state) {
		return refuse(http.StatusBadRequest, "There is no such state of an alert.")
	}
	if len(ids) == 0 {
		return refuse(http.StatusBadRequest, "Tick the alerts first.")
	}
	if err := s.Store.SetAlertState(r.Context(), v.User.Name, state, ids...); err != nil {
		return err
	}
	return redirect(w, r, r.PostFormValue("back"), "alerts")
}

// alertData is what the page of one alert shows.
type alertData struct {
	store.Alert
	NoteList []store.Note
	// Rows are the events of the exchange that began it.
	Rows []eventRow
	// MaxNote is the longest note in bytes.
	MaxNote int
}

func (s *Server) alertPage(w http.ResponseWriter, r *http.Request, v *visitor) error {
	alert, notes, err := s.Store.Alert(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	data := alertData{Alert: alert, NoteList: notes, MaxNote: store.MaxNote}
	if alert.Exchange != "" {
		events, err := s.Store.Exchange(r.Context(), alert.Exchange)
		if err != nil {
			return err
		}
		data.Rows = rows(events, v)
	}
	s.render(w, r, v, http.StatusOK, "alert", alertWord(alert.Type), data)
	return nil
}

// changeAlert sets the state of one alert, writes a note on it, or both.
func (s *Server) changeAlert(w http.ResponseWriter, r *http.Request, v *visitor) error {
	id := r.PathValue("id")
	note := strings.TrimSpace(r.PostFormValue("note"))
	state := store.AlertState(r.PostFormValue("state"))
	if note == "" && state == "" {
		return refuse(http.StatusBadRequest, "Write a note, or choose a state.")
	}
	if len(note) > store.MaxNote {
		return refuse(http.StatusBadRequest, "The note is too long.")
	}
	if state != "" && !alertState(state) {
		return refuse(http.StatusBadRequest, "There is no such state of an alert.")
	}
	code := "note"
	if note != "" {
		if err := s.Store.AddNote(r.Context(), v.User.Name, id, note); err != nil {
			return err
		}
	}
	if state != "" {
		code = "alert"
		if err := s.Store.SetAlertState(r.Context(), v.User.Name, state, id); err != nil {
			return err
		}
	}
	return redirect(w, r, "/alerts/"+url.PathEscape(id), code)
}
