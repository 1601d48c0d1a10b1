package web

import (
	"html/template"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/krakend-redact/krakend-redact/console/internal/auth"
	"github.com/krakend-redact/krakend-redact/console/internal/store"
)

// accessData is what the page of people and tokens shows.
type accessData struct {
	Users []store.User
	Roles []store.Role
	Self  string
	// Token was just made for the user TokenFor; nothing shows it again.
	Token, TokenFor string
	OIDC            bool
	Ingest          []ingestRow
}

// ingestRow is a gateway's token.
type ingestRow struct {
	Name  string
	Stamp template.HTML
}

// roles are all roles, from the least to the most.
var roles = []store.Role{store.Viewer, store.Operator, store.Editor}

func (s *Server) accessPage(w http.ResponseWriter, r *http.Request, v *visitor) error {
	return s.showAccess(w, r, v, "", "")
}

// showAccess shows the page, and once a token that was just made.
func (s *Server) showAccess(w http.ResponseWriter, r *http.Request, v *visitor, user, token string) error {
	users, err := s.Store.Users(r.Context())
	if err != nil {
		return err
	}
	data := accessData{Users: users, Roles: roles, Self: v.User.Name, Token: token, TokenFor: user, OIDC: s.OIDC != nil}
	tokens, err := s.ingestTokens.List(r.Context())
	if err != nil {
		return err
	}
	for _, token := range tokens {
		data.Ingest = append(data.Ingest, ingestRow{token.Name, stamp(token.Created, v.Zone)})
	}
	s.render(w, r, v, http.StatusOK, "access", "Access", data)
	return nil
}

// maxName is the longest name of a user in bytes.
const maxName = 100

// properName tells whether people can tell a name from others in a list.
func properName(name string) bool {
	return name != "" && len(name) <= maxName && strings.TrimSpace(name) == name && !strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
}

// userName tells whether somebody may have a name: the trail calls others than
// people by some.
func userName(name string) bool {
	return properName(name) && !slices.Contains([]string{"system", "nobody", "command line"}, strings.ToLower(name))
}

// addUser adds a user with a token, and shows that once.
func (s *Server) addUser(w http.ResponseWriter, r *http.Request, v *visitor) error {
	name := strings.TrimSpace(r.PostFormValue("name"))
	role := store.Role(r.PostFormValue("role"))
	if !userName(name) {
		return refuse(http.StatusBadRequest, "Give the user a name of at most 100 printable characters, and not one that stands for no person, such as system.")
	}
	if !role.Allows(store.Viewer) {
		return refuse(http.StatusBadRequest, "There is no such role.")
	}
	token := auth.NewSecret(auth.LoginPrefix)
	if err := s.Store.AddUser(r.Context(), v.User.Name, store.User{Name: name, Role: role}, auth.Hash(token)); err != nil {
		return err
	}
	return s.showAccess(w, r, v, name, token)
}

// changeUser changes a user's role or token, or deletes the user. Nobody does
// that to oneself: there would be nobody left to undo it.
func (s *Server) changeUser(w http.ResponseWriter, r *http.Request, v *visitor) error {
	name, ctx := r.PostFormValue("name"), r.Context()
	if name == v.User.Name && r.PostFormValue("do") != "token" {
		return refuse(http.StatusBadRequest, "You cannot change your own role or delete yourself. Ask another editor.")
	}
	switch r.PostFormValue("do") {
	case "role":
		role := store.Role(r.PostFormValue("role"))
		if !role.Allows(store.Viewer) {
			return refuse(http.StatusBadRequest, "There is no such role.")
		}
		if err := s.Store.SetRole(ctx, v.User.Name, name, role); err != nil {
			return err
		}
		return redirect(w, r, "/access", "role")
	case "token":
		token := auth.NewSecret(auth.LoginPrefix)
		if err := s.Store.SetToken(ctx, v.User.Name, name, auth.Hash(token)); err != nil {
			return err
		}
		return s.showAccess(w, r, v, name, token)
	case "delete":
		if err := s.Store.DeleteUser(ctx, v.User.Name, name); err != nil {
			return err
		}
		return redirect(w, r, "/access", "deleted")
	}
	return refuse(http.StatusBadRequest, "There is no such change.")
}

// changeIngestToken makes a gateway's token, and shows that once, or revokes it.
func (s *Server) changeIngestToken(w http.ResponseWriter, r *http.Request, v *visitor) error {
	name := strings.TrimSpace(r.PostFormValue("name"))
	if !properName(name) {
		return refuse(http.StatusBadRequest, "Give the token a name of at most 100 printable characters.")
	}
	switch r.PostFormValue("do") {
	case "add":
		token, err := s.ingestTokens.Add(r.Context(), v.User.Name, name, s.Now())
		if err != nil {
			return err
		}
		return s.showAccess(w, r, v, name, token)
	case "revoke":
		if err := s.ingestTokens.Revoke(r.Context(), v.User.Name, name); err != nil {
			return err
		}
		return redirect(w, r, "/access", "revoked")
	}
	return refuse(http.StatusBadRequest, "There is no such change.")
}
