package modifiers

import (
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
	t.Setenv("LLM_API_KEY", "sk-1")
	configs, err := filepath.Glob("../krakend/*.json")
	if err != nil || len(configs) == 0 {
		t.Fatalf("no configurations: %v", err)
	}
	for _, file := range configs {
		rendered := ""
		_, err := flexibleconfig.NewTemplateParser(flexibleconfig.Config{
			Parser: config.ParserFunc(func(file string) (config.ServiceConfig, error) {
				text, err := os.ReadFile(file)
				rendered = string(text)
				return config.ServiceConfig{}, err
			}),
			Settings: "../krakend/settings",
			Partials: "../krakend/partials",
		}).Parse(file)
		if err != nil {
			t.Fatal(err)
		}
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
