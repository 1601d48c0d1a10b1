package web

import (
	"errors"
	"net/http"

	"github.com/google/uuid"

	"github.com/krakend-redact/krakend-redact/console/internal/store"
)

// refusal is an error that tells people what to do.
type refusal struct {
	status int
	text   string
}

func (r *refusal) Error() string { return r.text }

// refuse returns an error with a text for people. The text must not repeat what
// was sent.
func refuse(status int, text string) error { return &refusal{status, text} }

// fail answers with a page for an error. What it is in detail stands in the log,
// under a number.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, v *visitor, err error) {
	var refused *refusal
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &refused):
	case errors.As(err, &tooLarge):
		refused = &refusal{http.StatusRequestEntityTooLarge, "That is more than the console takes at once."}
	case errors.Is(err, store.ErrNotFound):
		refused = &refusal{http.StatusNotFound, "There is nothing here. It may have been deleted, or the address is wrong."}
	case errors.Is(err, store.ErrCursor):
		refused = &refusal{http.StatusBadRequest, "This page of the list is not there. Begin with the first one."}
	case errors.Is(err, store.ErrConflict):
		refused = &refusal{http.StatusConflict, "Somebody else changed this in the meantime. Go back, reload and try again."}
	case errors.Is(err, store.ErrExists):
		refused = &refusal{http.StatusConflict, "This name is taken."}
	case r.Context().Err() != nil:
		return // nobody waits for the answer
	}
	data := struct{ Text, ID string }{}
	status := http.StatusInternalServerError
	if refused != nil {
		status, data.Text = refused.status, refused.text
	} else {
		data.ID = uuid.NewString()
		data.Text = "Something went wrong on our side."
		s.Log.Error("a request failed", "number", data.ID, "method", r.Method, "page", r.Pattern, "error", describe(err))
	}
	title := map[int]string{
		http.StatusBadRequest:            "That does not work",
		http.StatusUnauthorized:          "Not logged in",
		http.StatusForbidden:             "Not allowed",
		http.StatusNotFound:              "Not found",
		http.StatusConflict:              "Conflict",
		http.StatusRequestEntityTooLarge: "Too large",
		http.StatusTooManyRequests:       "Too many attempts",
		http.StatusInternalServerError:   "Error",
	}[status]
	if title == "" {
		title = http.StatusText(status)
	}
	s.render(w, r, v, status, "error", title, data)
}

// describe says what an error is without what a database quotes of the values
// that it was given.
func describe(err error) string {
	var state interface{ SQLState() string }
	if errors.As(err, &state) {
		return "PostgreSQL reports " + state.SQLState()
	}
	return err.Error()
}
