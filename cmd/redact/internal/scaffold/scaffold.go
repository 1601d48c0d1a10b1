// Package scaffold writes a gateway's first files: a policy, a KrakenD
// configuration that masks by it, and a compose file. It asks nobody anything.
package scaffold

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

// Provider is an LLM provider as a gateway sees it.
type Provider struct {
	// Name is what --provider calls it.
	Name string
	// Profile is its wire format, Host and Path are where it answers.
	Profile, Host, Path string
	// Key is the environment variable of its key, "" for none; the key goes into
	// Header behind Prefix.
	Key, Header, Prefix string
	// Headers and Query are what callers may send.
	Headers, Query []string
	// Check is what must hold for the caller's parameters; "" for none.
	Check string
	// Local tells that it runs on the same machine.
	Local bool
}

var callers = []string{"Content-Type", "Accept", "Content-Encoding"}

var providers = []Provider{
	{Name: "openai", Profile: "openai-chat", Host: "https://api.openai.com", Path: "/v1/chat/completions", Key: "LLM_API_KEY", Header: "Authorization", Prefix: "Bearer ", Headers: callers},
	{
		Name: "anthropic", Profile: "anthropic", Host: "https://api.anthropic.com", Path: "/v1/messages", Key: "LLM_API_KEY", Header: "X-Api-Key",
		Headers: append(callers[:3:3], "Anthropic-Version", "Anthropic-Beta"),
	},
	{
		Name: "gemini", Profile: "gemini", Host: "https://generativelanguage.googleapis.com", Path: "/v1beta/models/{call}", Key: "LLM_API_KEY", Header: "X-Goog-Api-Key",
		Headers: callers, Query: []string{"alt"}, Check: "req_params.Call.matches('^[a-z0-9.-]+:(generateContent|streamGenerateContent|countTokens)$')",
	},
	{Name: "mistral", Profile: "openai-chat", Host: "https://api.mistral.ai", Path: "/v1/chat/completions", Key: "LLM_API_KEY", Header: "Authorization", Prefix: "Bearer ", Headers: callers},
	{Name: "cohere", Profile: "cohere", Host: "https://api.cohere.com", Path: "/v2/chat", Key: "LLM_API_KEY", Header: "Authorization", Prefix: "Bearer ", Headers: callers},
	{Name: "ollama", Profile: "ollama", Host: "http://127.0.0.1:11434", Path: "/api/chat", Headers: callers, Local: true},
}

// Providers returns the names of the providers.
func Providers() []string {
	names := make([]string, len(providers))
	for i, p := range providers {
		names[i] = p.Name
	}
	return names
}

// Options say what is written.
type Options struct {
	// Provider is the name of a provider.
	Provider string
	// Packs are the packs of detectors that the policy uses.
	Packs []string
	// Unmask gives values back in answers.
	Unmask bool
	// JWKURL is where the keys lie that callers' tokens are signed with; "" lets
	// everybody in. Issuer and Audience are what the tokens must name.
	JWKURL, Issuer, Audience string
}

// PolicyFile is where the policy lies in the folder.
const PolicyFile = "policies/llm.json"

// File is a file to be written: Name is its path below the folder, with slashes.
type File struct {
	Name string
	Text []byte
}

//go:embed files
var files embed.FS

// Files returns the files for some options.
func Files(o Options) ([]File, error) {
	data := struct {
		Provider
		Options
	}{Options: o}
	for _, p := range providers {
		if p.Name == o.Provider {
			data.Provider = p
		}
	}
	if data.Provider.Name == "" {
		return nil, fmt.Errorf("%q is no provider; there are %s", o.Provider, strings.Join(Providers(), ", "))
	}
	if o.JWKURL != "" && (!strings.HasPrefix(o.JWKURL, "https://") || o.Issuer == "" || o.Audience == "") {
		return nil, errors.New("tokens need a JWK URL that begins with https://, an issuer and an audience")
	}
	policy, err := json.MarshalIndent(struct {
		Name    string   `json:"name"`
		Version string   `json:"version"`
		Packs   []string `json:"packs"`
		Unmask  bool     `json:"unmask_for_user"`
		Rules   []string `json:"redaction_rules"`
	}{"llm", "1.0", o.Packs, o.Unmask, []string{}}, "", "  ")
	if err != nil {
		return nil, err
	}
	list := []File{{PolicyFile, append(policy, '\n')}}
	// KrakenD's own templates have other brackets in them.
	all, err := template.New("").Delims("<<", ">>").Funcs(template.FuncMap{"json": toJSON}).ParseFS(files, "files/*")
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"templates/llm_backend.tmpl", "krakend.json", "docker-compose.yml"} {
		var b bytes.Buffer
		if err := all.ExecuteTemplate(&b, filepath.Base(name)+".tmpl", data); err != nil {
			return nil, err
		}
		list = append(list, File{name, b.Bytes()})
	}
	return list, nil
}

func toJSON(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return strings.TrimSpace(b.String()), err
}

// Write writes files below a folder: all of them or, if any of them exists and is
// not to be replaced by force, none.
func Write(dir string, list []File, force bool) error {
	var there []string
	for _, f := range list {
		if _, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(f.Name))); !errors.Is(err, fs.ErrNotExist) {
			there = append(there, f.Name)
		}
	}
	if len(there) > 0 && !force {
		return fmt.Errorf("%s: exists: %s; choose another folder with --dir, or --force to replace them", dir, strings.Join(there, ", "))
	}
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if force {
		flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	for _, f := range list {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		file, err := os.OpenFile(name, flags, 0o644)
		if err != nil {
			return err
		}
		_, err = file.Write(f.Text)
		if closed := file.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return err
		}
	}
	return os.MkdirAll(filepath.Join(dir, "plugins"), 0o755)
}
