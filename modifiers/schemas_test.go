package modifiers

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const schemaFolder = "../schemas/"

// krakendSchema is what schemas/krakend.json extends. It cannot be reached from
// here, so a schema that takes everything stands in for it: what these tests
// say of a whole configuration concerns our settings in it, and nothing else.
const krakendSchema = "https://www.krakend.io/schema/v2.13/krakend.json"

// schemas compiles a file in schemas/, or the part of it that a fragment names.
type schemas func(place string) *jsonschema.Schema

func newSchemas(t *testing.T) schemas {
	t.Helper()
	c := jsonschema.NewCompiler()
	if err := c.AddResource(krakendSchema, map[string]any{"$schema": "https://json-schema.org/draft/2019-09/schema"}); err != nil {
		t.Fatal(err)
	}
	return func(place string) *jsonschema.Schema {
		t.Helper()
		s, err := c.Compile(schemaFolder + place)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
}

// decoded reads JSON as the schema library wants it.
func decoded(t *testing.T, text string) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func schemaFiles(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob(schemaFolder + "*.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no schemas: %v", err)
	}
	for i := range paths {
		paths[i] = filepath.Base(paths[i])
	}
	return paths
}

// schemaPart is a schema or one that stands in it.
type schemaPart struct {
	// place is its file and, after a #, where it stands there.
	place string
	node  object
	// property tells that it describes a field.
	property bool
}

// schemaParts returns the parts of a schema, without conditions: these describe
// nothing.
func schemaParts(t *testing.T, file string) []schemaPart {
	t.Helper()
	var parts []schemaPart
	var walk func(place string, node any, property bool)
	each := func(place string, nodes any, properties bool) {
		if list, ok := nodes.([]any); ok {
			for i, node := range list {
				walk(fmt.Sprintf("%s/%d", place, i), node, false)
			}
			return
		}
		nodesByName, _ := nodes.(object)
		for name, node := range nodesByName {
			walk(place+"/"+url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(name)), node, properties)
		}
	}
	walk = func(place string, node any, property bool) {
		schema, ok := node.(object)
		if !ok {
			t.Fatalf("%s is no object", place)
		}
		parts = append(parts, schemaPart{place, schema, property})
		for keyword, value := range schema {
			switch keyword {
			case "properties":
				// Under anyOf and allOf they are conditions on what is described elsewhere.
				each(place+"/"+keyword, value, !strings.Contains(place, "/anyOf/") && !strings.Contains(place, "/allOf/"))
			case "patternProperties", "$defs", "allOf", "anyOf":
				each(place+"/"+keyword, value, false)
			case "items":
				walk(place+"/"+keyword, value, false)
			case "$schema", "$ref", "$comment", "title", "description", "default", "examples",
				"type", "enum", "required", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems",
				"additionalProperties", "const", "contains", "oneOf", "not", "if", "then":
			default:
				t.Errorf("%s: JSON Schema 2019-09 has no %q, or this test has not met it yet", place, keyword)
			}
		}
	}
	walk(file+"#", decoded(t, readFile(t, schemaFolder+file)), false)
	sort.Slice(parts, func(i, j int) bool { return parts[i].place < parts[j].place })
	return parts
}

// described returns a keyword of a part or, if it lacks it, of what it refers to.
func described(t *testing.T, part schemaPart, keyword string) any {
	t.Helper()
	if value, ok := part.node[keyword]; ok {
		return value
	}
	ref, ok := part.node["$ref"].(string)
	if !ok {
		return nil
	}
	file, at, _ := strings.Cut(ref, "#")
	if file == "" {
		file, _, _ = strings.Cut(part.place, "#")
	}
	for _, target := range schemaParts(t, file) {
		if target.place == file+"#"+at {
			return described(t, target, keyword)
		}
	}
	t.Fatalf("%s refers to %s, which is not there", part.place, ref)
	return nil
}

// TestSchemas: the compiler checks every schema against that of draft 2019-09.
func TestSchemas(t *testing.T) {
	schema := newSchemas(t)
	for _, file := range schemaFiles(t) {
		parts := schemaParts(t, file)
		root := parts[0].node
		schema(file)
		if root["$schema"] != "https://json-schema.org/draft/2019-09/schema" {
			t.Errorf("%s: $schema is %v", file, root["$schema"])
		}
		if root["$id"] != nil {
			t.Errorf("%s has an $id: its references would lead there instead of to the files beside it", file)
		}
		for _, part := range parts {
			if part.property || part.place == file+"#" {
				for _, keyword := range []string{"title", "description"} {
					if text, _ := described(t, part, keyword).(string); text == "" {
						t.Errorf("%s has no %s", part.place, keyword)
					}
				}
				if list, _ := described(t, part, "examples").([]any); len(list) == 0 {
					t.Errorf("%s has no examples", part.place)
				}
			}
			values, _ := part.node["examples"].([]any)
			if value, ok := part.node["default"]; ok {
				values = append(values, value)
			}
			for _, value := range values {
				if err := schema(part.place).Validate(value); err != nil {
					t.Errorf("%s: an example or the default is not valid: %v", part.place, err)
				}
			}
		}
	}
}
