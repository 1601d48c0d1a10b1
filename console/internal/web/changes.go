package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/krakend-redact/krakend-redact/console/internal/store"
)

// changesData is what the page of changes shows.
type changesData struct {
	Who, Action, Object string
	Changes             []store.Change
	Newer, Older        string
	Filtered            bool
}

func (s *Server) changesPage(w http.ResponseWriter, r *http.Request, v *visitor) error {
	query := url.Values{}
	get := func(name string) string {
		value := strings.TrimSpace(r.URL.Query().Get(name))
		if value != "" {
			query.Set(name, value)
		}
		return value
	}
	data := changesData{Who: get("who"), Action: get("action"), Object: get("object")}
	found, err := s.Store.Trail(r.Context(), store.TrailFilter{Who: data.Who, Action: data.Action, Object: data.Object}, place(r.URL.Query()))
	if err != nil {
		return err
	}
	data.Changes, data.Filtered = found.Changes, len(query) > 0
	data.Newer, data.Older = at("/changes", query, "newer", found.Newer), at("/changes", query, "older", found.Older)
	s.render(w, r, v, http.StatusOK, "changes", "Changes", data)
	return nil
}
