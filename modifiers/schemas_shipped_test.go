package modifiers

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	flexibleconfig "github.com/krakend/krakend-flexibleconfig/v2"
	"github.com/luraproject/lura/v2/config"
)

// TestShippedConfigurations: krakend/ as KrakenD renders it, and all policies.
func TestShippedConfigurations(t *testing.T) {
	schema := newSchemas(t)
	for _, file := range shippedConfigurations(t) {
		rendered := render(t, file)
		if !strings.Contains(rendered, "plugin/req-resp-modifier") {
			t.Errorf("%s has none of our settings", file)
		}
		if err := schema("krakend.json").Validate(decoded(t, rendered)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	policies, err := filepath.Glob("../krakend/policies/*.json")
	if err != nil || len(policies) == 0 {
		t.Fatalf("no policies: %v", err)
	}
	for _, file := range policies {
		if err := schema("policy.json").Validate(decoded(t, readFile(t, file))); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// shippedConfigurations are the templates in krakend/ that KrakenD can be started with.
func shippedConfigurations(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{"../krakend/*.json", "../krakend/scenarios/*.json"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("no configurations in %s: %v", pattern, err)
		}
		files = append(files, found...)
	}
	return files
}

// render returns a configuration as KrakenD renders it.
func render(t *testing.T, file string) (rendered string) {
	t.Helper()
	for _, key := range []string{"LLM_API_KEY", "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY"} {
		t.Setenv(key, "sk-1")
	}
	_, err := flexibleconfig.NewTemplateParser(flexibleconfig.Config{
		Parser: config.ParserFunc(func(file string) (config.ServiceConfig, error) {
			text, err := os.ReadFile(file)
			rendered = string(text)
			return config.ServiceConfig{}, err
		}),
		Settings:  "../krakend/settings",
		Partials:  "../krakend/partials",
		Templates: "../krakend/templates",
	}).Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	return rendered
}

// TestShippedInterlocks: in every shipped configuration, a backend that asks for
// one of our request modifiers also demands that it has run.
func TestShippedInterlocks(t *testing.T) {
	type extraConfig struct {
		Modifiers struct {
			Name []string `json:"name"`
		} `json:"plugin/req-resp-modifier"`
		CEL []struct {
			Check string `json:"check_expr"`
		} `json:"validation/cel"`
	}
	for _, file := range shippedConfigurations(t) {
		var c struct {
			Endpoints []struct {
				Extra    extraConfig `json:"extra_config"`
				Backends []struct {
					Extra extraConfig `json:"extra_config"`
				} `json:"backend"`
			} `json:"endpoints"`
		}
		if err := json.Unmarshal([]byte(render(t, file)), &c); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		demanded := 0
		for _, endpoint := range c.Endpoints {
			if endpoint.Extra.Modifiers.Name != nil {
				t.Errorf("%s: modifiers at an endpoint, where no interlock follows", file)
			}
			for _, backend := range endpoint.Backends {
				for _, name := range backend.Extra.Modifiers.Name {
					if !interlocked[name] {
						continue
					}
					if len(backend.Extra.CEL) == 0 || !strings.Contains(backend.Extra.CEL[0].Check, name) {
						t.Errorf("%s: %s is not demanded", file, name)
					}
					demanded++
				}
			}
		}
		if demanded == 0 {
			t.Errorf("%s demands nothing", file)
		}
	}
}

// TestSnippetsOfTheDocumentation: everything that is fenced as json.
func TestSnippetsOfTheDocumentation(t *testing.T) {
	schema := newSchemas(t)
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	seen := 0
	for _, page := range append(pages, "../README.md") {
		for _, snippet := range snippets(readFile(t, page)) {
			seen++
			if err := checkSnippet(t, schema, snippet); err != nil {
				t.Errorf("%s: %v in\n%s", page, err, snippet)
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d snippets found", seen)
	}
}

// snippets returns the texts in Markdown that are fenced as json.
func snippets(text string) (found []string) {
	var open []string
	inside := false
	for _, line := range strings.Split(text, "\n") {
		switch fence := strings.TrimSpace(line); {
		case !inside && strings.HasPrefix(fence, "```json"):
			inside = true
		case inside && fence == "```":
			found = append(found, strings.Join(open, "\n"))
			open, inside = nil, false
		case inside:
			open = append(open, line)
		}
	}
	return found
}

// shapes tell by a field what a snippet is; the first that fits decides.
var shapes = []struct {
	field, schema string
	wrap          func(doc object) any
}{
	{"redaction_rules", "policy.json", nil},
	{"endpoints", "krakend.json", nil},
	{"endpoint", "krakend.json", func(doc object) any { return object{"endpoints": []any{doc}} }},
	{"url_pattern", "krakend.json", func(doc object) any { return object{"endpoints": []any{object{"backend": []any{doc}}}} }},
	{"extra_config", "krakend.json", func(doc object) any { return object{"endpoints": []any{doc}} }},
	{"plugin/req-resp-modifier", "krakend.json#/$defs/extra_config", nil},
	{"name", "req-resp-modifier.json", nil},
	{"policy", "redact.json", nil},
	{"modifiers", "response-body.json", nil},
	{"path", "body-generator.json", nil},
	{"template", "body-generator.json", nil},
}

func checkSnippet(t *testing.T, schema schemas, snippet string) error {
	t.Helper()
	if !strings.HasPrefix(strings.TrimSpace(snippet), "{") {
		snippet = "{" + snippet + "}" // a field on its own
	}
	doc, _ := decoded(t, snippet).(object)
	if settings, ok := doc["json.schemas"].([]any); ok {
		return checkEditorSettings(settings)
	}
	for _, shape := range shapes {
		if _, ok := doc[shape.field]; !ok {
			continue
		}
		var whole any = doc
		if shape.wrap != nil {
			whole = shape.wrap(doc)
		}
		return schema(shape.schema).Validate(whole)
	}
	return errors.New("it looks like nothing that a schema describes")
}

// checkEditorSettings: what an editor is pointed at must be there.
func checkEditorSettings(settings []any) error {
	for _, entry := range settings {
		file, _ := entry.(object)["url"].(string)
		if _, err := os.Stat(schemaFolder + filepath.Base(file)); err != nil {
			return err
		}
	}
	return nil
}
