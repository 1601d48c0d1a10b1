package scaffold

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/template"

	"github.com/krakend-redact/krakend-redact/internal/detector"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/profile"
)

// render renders krakend.json as KrakenD does, with what it uses of Sprig.
func render(t *testing.T, list []File, env map[string]string) (string, error) {
	t.Helper()
	all := template.New("").Funcs(template.FuncMap{
		"env": func(name string) string { return env[name] },
		"default": func(otherwise, v any) any {
			if v == "" {
				return otherwise
			}
			return v
		},
		"trim":    strings.TrimSpace,
		"fail":    func(message string) (string, error) { return "", errors.New(message) },
		"marshal": func(v any) string { text, _ := json.Marshal(v); return string(text) },
	})
	for _, f := range list {
		if strings.HasSuffix(f.Name, ".tmpl") || f.Name == "krakend.json" {
			template.Must(all.New(filepath.Base(f.Name)).Parse(string(f.Text)))
		}
	}
	var b bytes.Buffer
	err := all.ExecuteTemplate(&b, "krakend.json", nil)
	return b.String(), err
}

func TestFiles(t *testing.T) {
	for _, p := range providers {
		for _, jwk := range []string{"", "https://id.example/jwks.json"} {
			list, err := Files(Options{Provider: p.Name, Packs: []string{detector.PackDefault}, Unmask: true, JWKURL: jwk, Issuer: `https://id.example/"x`, Audience: "gateway"})
			if err != nil {
				t.Fatal(err)
			}
			byName := map[string]string{}
			for _, f := range list {
				byName[f.Name] = string(f.Text)
				if strings.Contains(string(f.Text), "<<") || strings.Contains(string(f.Text), "krakend:latest") || strings.Contains(string(f.Text), "<no value>") {
					t.Errorf("%s: %s is\n%s", p.Name, f.Name, f.Text)
				}
			}
			got, err := policy.Parse(PolicyFile, "", []byte(byName[PolicyFile]))
			if err != nil || got.Name != "llm" || !got.Rules[0].Unmask {
				t.Errorf("%s: policy %+v, %v", p.Name, got, err)
			}
			text, err := render(t, list, map[string]string{p.Key: " sk-1\n"})
			if err != nil {
				t.Fatalf("%s: %v", p.Name, err)
			}
			var config struct {
				Endpoints []struct {
					Extra   map[string]json.RawMessage `json:"extra_config"`
					Backend []struct {
						Host  []string                   `json:"host"`
						Extra map[string]json.RawMessage `json:"extra_config"`
					} `json:"backend"`
				} `json:"endpoints"`
			}
			if err := json.Unmarshal([]byte(text), &config); err != nil {
				t.Fatalf("%s: %v in\n%s", p.Name, err, text)
			}
			backend := config.Endpoints[0].Backend[0]
			if backend.Host[0] != p.Host || !strings.Contains(string(backend.Extra["validation/cel"]), `req_params['redact-request'] == 'llm'`) {
				t.Errorf("%s: %s", p.Name, text)
			}
			if hasKey := strings.Contains(string(backend.Extra["modifier/martian"]), p.Prefix+`sk-1"`); hasKey != (p.Key != "") {
				t.Errorf("%s: the key is set: %v", p.Name, hasKey)
			}
			if _, ok := config.Endpoints[0].Extra["auth/validator"]; ok != (jwk != "") {
				t.Errorf("%s: tokens are checked: %v", p.Name, ok)
			}
			if _, ok := config.Endpoints[0].Extra["validation/cel"]; ok != (p.Check != "") {
				t.Errorf("%s: paths are checked: %v", p.Name, ok)
			}
			if !slices.Contains(profile.Names(), p.Profile) {
				t.Errorf("%s has the profile %s", p.Name, p.Profile)
			}
			if _, err := render(t, list, nil); (err != nil) != (p.Key != "") {
				t.Errorf("%s without a key: %v", p.Name, err)
			}
		}
	}
}

func TestRefusesOptions(t *testing.T) {
	for _, o := range []Options{{Provider: "nonsense"}, {Provider: "openai", JWKURL: "http://x", Issuer: "i", Audience: "a"}, {Provider: "openai", JWKURL: "https://x"}} {
		if _, err := Files(o); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}

func TestWriteReplacesOnlyByForce(t *testing.T) {
	dir := t.TempDir()
	list := []File{{"a/new", []byte("1")}, {"old", []byte("1")}}
	if err := os.WriteFile(filepath.Join(dir, "old"), []byte("precious"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Write(dir, list, false); err == nil || !strings.Contains(err.Error(), "old") || strings.Contains(err.Error(), "new") {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "a")); err == nil {
		t.Error("something was written")
	}
	if err := Write(dir, list, true); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(filepath.Join(dir, "old")); string(text) != "1" {
		t.Errorf("%q", text)
	}
}
