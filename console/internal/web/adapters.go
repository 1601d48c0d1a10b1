package web

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"github.com/krakend-redact/krakend-redact/console/internal/store"
	"github.com/krakend-redact/krakend-redact/internal/policy"
)

type Publisher interface{}

func check(name, text string) (*policy.Policy, error) {
	return policy.Parse(name, name, []byte(text))
}

type tried struct{ Input string }

func try(p *policy.Policy, text string) *tried { return &tried{text} }

func digestOf(name, text string) (string, error) {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:6]), nil
}

func (s *Server) publishProxy(r *http.Request, v *visitor, proxy string, c versionChoice) error {
	return nil
}

func (s *Server) publishPolicy(w http.ResponseWriter, r *http.Request, v *visitor) error { return nil }

type ingestTokens struct{}

func (s *Server) ingestTokens(*http.Request) (ingestTokens, error)                   { return ingestTokens{}, nil }
func (s *Server) tryPage(w http.ResponseWriter, r *http.Request, v *visitor) error   { return nil }
func (s *Server) tryPolicy(w http.ResponseWriter, r *http.Request, v *visitor) error { return nil }

var _ = store.Viewer

func (s *Server) changeIngestToken(w http.ResponseWriter, r *http.Request, v *visitor) error {
	return refuse(400, "x")
}
