package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/krakend-redact/krakend-redact/console/internal/preview"
	"github.com/krakend-redact/krakend-redact/console/internal/publish"
	"github.com/krakend-redact/krakend-redact/console/internal/store"
	"github.com/krakend-redact/krakend-redact/internal/policy"
)

// tryData is what the page shows on which policies are tried out.
type tryData struct {
	Policies []store.PolicySummary
	Policy   string
	// Text is what was pasted. It is in this answer and nowhere else.
	Text     string
	Tried    *tried
	Problem  *problem
	MaxInput int
}

// tried is what a policy makes of a text.
type tried struct {
	Input, Masked []piece
	Findings      []preview.Finding
	Blocked       []string
	// Restored is what the user gets back, and Same whether that is the text.
	Restored string
	Same     bool
	Test     bool
	// Error says why it could not be tried.
	Error string
}

// tryPatience is how long a try may take.
const tryPatience = 10 * time.Second

// try tries a policy out on a text.
func try(ctx context.Context, p *policy.Policy, text string) *tried {
	ctx, cancel := context.WithTimeout(ctx, tryPatience)
	defer cancel()
	result, err := preview.Try(ctx, p, text)
	if err != nil {
		return &tried{Error: err.Error()}
	}
	made := &tried{
		Findings: result.Findings, Blocked: result.Blocked, Restored: result.Restored, Same: result.Restored == text, Test: result.Mode == policy.Test,
	}
	end := 0
	for _, finding := range result.Findings {
		if finding.Start < end || finding.End > len(text) {
			continue // it lies in one that is marked already, or its place is not known
		}
		made.Input = append(made.Input, piece{Text: text[end:finding.Start]}, piece{Text: text[finding.Start:finding.End], Class: finding.Severity})
		end = finding.End
	}
	made.Input = append(made.Input, piece{Text: text[end:]})
	made.Masked = mark(result.Masked, result.Findings)
	return made
}

// mark takes a masked text apart where something stands instead of a finding.
func mark(text string, findings []preview.Finding) []piece {
	var instead []spot
	for _, finding := range findings {
		instead = append(instead, spot{finding.Instead, finding.Severity})
	}
	return apart(text, instead)
}

func (s *Server) tryPage(w http.ResponseWriter, r *http.Request, v *visitor) error {
	return s.showTry(w, r, v, http.StatusOK, tryData{Policy: r.URL.Query().Get("policy")})
}

func (s *Server) showTry(w http.ResponseWriter, r *http.Request, v *visitor, status int, data tryData) error {
	var err error
	if data.Policies, err = s.Store.Policies(r.Context()); err != nil {
		return err
	}
	data.MaxInput = preview.MaxInput
	s.render(w, r, v, status, "try", "Try it", data)
	return nil
}

// tryPolicy tries the newest version of a policy out on what was pasted. Nothing
// of it is kept, logged or part of an address.
func (s *Server) tryPolicy(w http.ResponseWriter, r *http.Request, v *visitor) error {
	data := tryData{Policy: r.PostFormValue("policy"), Text: newlines.Replace(r.PostFormValue("text"))}
	version, err := s.Store.PolicyVersion(r.Context(), data.Policy, 0)
	if errors.Is(err, store.ErrNotFound) {
		data.Problem = &problem{Field: "policy", Reason: "is none of this console", Remedy: "choose one of the list"}
		return s.showTry(w, r, v, http.StatusUnprocessableEntity, data)
	}
	if err != nil {
		return err
	}
	parsed, err := publish.Check(version.Policy, version.Text)
	if data.Problem = problemOf(err); data.Problem != nil {
		return s.showTry(w, r, v, http.StatusUnprocessableEntity, data)
	}
	data.Tried = try(r.Context(), parsed, data.Text)
	return s.showTry(w, r, v, http.StatusOK, data)
}

// newlines undoes what browsers do to the line ends of a field.
var newlines = strings.NewReplacer("\r\n", "\n")
