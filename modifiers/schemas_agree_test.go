package modifiers

import (
	"encoding/json"
	"reflect"
	"sort"
	"strings"
	"testing"
)

// settingsBlock is one kind of settings.
type settingsBlock struct {
	// schema is its file in schemas/, and the name of its cases in
	// testdata/schemas/.
	schema string
	// around puts a document into the place that is read at start.
	around func(doc any) object
}

func under(key string, modifiers ...any) func(any) object {
	return func(doc any) object { return object{"name": modifiers, key: doc} }
}

var underRedact = under("redact", redactRequestName, redactResponseName)

var settingsBlocks = []settingsBlock{
	{"redact.json", underRedact},
	{"policy.json", func(doc any) object {
		return underRedact(object{"policy": doc})
	}},
	{"response-body.json", under(responseBodyName, responseBodyName)},
	{"content-replacer.json", under(contentReplacerName, contentReplacerName)},
	{"body-generator.json", under(requestGeneratorName, requestGeneratorName)},
	{"body-generator.json", under(generatorName, generatorName)},
	{"body-generator.json", under(responseGeneratorName, responseGeneratorName)},
	{"req-resp-modifier.json", func(doc any) object {
		block, _ := doc.(object)
		return block
	}},
}

// settingsCases are documents that both must take, that both must refuse, and
// that only Go sees to be wrong.
type settingsCases struct {
	Right  map[string]any `json:"right"`
	Wrong  map[string]any `json:"wrong"`
	OnlyGo map[string]any `json:"wrong for Go only"`
}

func readCases(t *testing.T, schema string) (c settingsCases) {
	t.Helper()
	if err := json.Unmarshal([]byte(readFile(t, "testdata/schemas/"+schema)), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// verdict says what is wrong with a block's settings for Go and for the
// schemas, empty when nothing is. The schemas must be of one mind wherever the
// settings stand.
func verdict(t *testing.T, schema schemas, b settingsBlock, doc any) (forGo, forSchema string) {
	t.Helper()
	extra := b.around(doc)
	names, _ := extra["name"].([]any)
	for _, name := range names {
		if _, ours := all(&testLog{}, nil)[name.(string)]; ours {
			if _, log, codes := start(name.(string), extra); codes != nil {
				forGo = log.text()
			}
		}
	}
	var first error
	components := object{"plugin/req-resp-modifier": extra}
	for i, place := range []struct {
		schema string
		doc    any
	}{
		{b.schema, doc},
		{"req-resp-modifier.json", extra},
		{"krakend.json", object{"endpoints": []any{object{"extra_config": components}}}},
		{"krakend.json", object{"endpoints": []any{object{"backend": []any{object{"extra_config": components}}}}}},
		{"krakend.json", object{"async_agent": []any{object{"backend": []any{object{"extra_config": components}}}}}},
	} {
		err := schema(place.schema).Validate(place.doc)
		switch {
		case i == 0:
			first = err
		case (err == nil) != (first == nil):
			t.Errorf("%v: %s alone says %v, within %s: %v", doc, b.schema, first, place.schema, err)
		}
	}
	if first != nil {
		forSchema = first.Error()
	}
	return forGo, forSchema
}

func TestSchemasAndGoAgree(t *testing.T) {
	schema := newSchemas(t)
	for _, b := range settingsBlocks {
		cases := readCases(t, b.schema)
		for name, doc := range cases.Right {
			if forGo, forSchema := verdict(t, schema, b, doc); forGo != "" || forSchema != "" {
				t.Errorf("%s: %s: Go: %s, schema: %s", b.schema, name, forGo, forSchema)
			}
		}
		for name, doc := range cases.Wrong {
			if forGo, forSchema := verdict(t, schema, b, doc); forGo == "" || forSchema == "" {
				t.Errorf("%s: %s: Go: %q, schema: %q", b.schema, name, forGo, forSchema)
			}
		}
		for name, doc := range cases.OnlyGo {
			if forGo, forSchema := verdict(t, schema, b, doc); forGo == "" || forSchema != "" {
				t.Errorf("%s: %s: Go: %q, schema: %q", b.schema, name, forGo, forSchema)
			}
		}
	}
}

// aFile is the path of a file that is a policy and a template at once, so that
// it is as good as any for a field that names one.
const aFile = "../krakend/policies/llm-data-redaction.json"

// TestSchemasAndGoAgreeOnEveryChange replaces, removes and adds something at
// every place of the right documents.
func TestSchemasAndGoAgreeOnEveryChange(t *testing.T) {
	schema := newSchemas(t)
	for _, b := range settingsBlocks {
		if b.schema == "req-resp-modifier.json" {
			continue // its list of names and what stands beside our settings are KrakenD's
		}
		for name, doc := range readCases(t, b.schema).Right {
			n := 0
			change(doc, func(changed any) {
				n++
				if writes(changed) {
					return
				}
				if _, path := changed.(string); path && b.schema == "policy.json" {
					return // redact takes a path as well
				}
				forGo, forSchema := verdict(t, schema, b, changed)
				if (forGo == "") != (forSchema == "") && !onlyGoKnows(forGo) {
					text, _ := json.Marshal(changed)
					t.Errorf("%s: %s: %s:\nGo: %s\nschema: %s", b.schema, name, text, forGo, forSchema)
				}
			})
			if n < 10 {
				t.Errorf("%s: %s: only %d changes", b.schema, name, n)
			}
		}
	}
}

// onlyGoKnows tells whether a mistake is one that no schema can see.
func onlyGoKnows(mistake string) bool {
	for _, reason := range []string{"is not a valid regular expression", "is not found by the rule", "capture groups", "has no key for it", "names no rule of this policy", "which differ from these"} {
		if strings.Contains(mistake, reason) {
			return true
		}
	}
	return false
}

// writes tells whether a document makes a file of ours the audit log.
func writes(doc any) bool {
	settings, _ := doc.(object)
	audit, _ := settings["audit"].(object)
	file, _ := audit["file"].(object)
	return file["path"] == aFile
}

// change calls try with every change to a document.
func change(doc any, try func(changed any)) {
	for _, other := range []any{nil, true, false, 0.0, 1.0, -1.0, 1.5, "", aFile, []any{}, []any{""}, []any{nil}, []any{aFile}, object{}, object{"x": 1.0}} {
		try(other)
	}
	switch doc := doc.(type) {
	case object:
		with := func(key string, value any) object {
			changed := object{}
			for k, v := range doc {
				changed[k] = v
			}
			changed[key] = value
			return changed
		}
		try(with("unknown", true))
		try(with("@", nil))
		try(with("$unknown", object{"a": 1.0}))
		for key, value := range doc {
			without := with(key, nil)
			delete(without, key)
			try(without)
			change(value, func(changed any) { try(with(key, changed)) })
		}
	case []any:
		for i, value := range doc {
			change(value, func(changed any) {
				try(append(append(append([]any{}, doc[:i]...), changed), doc[i+1:]...))
			})
		}
	}
}

// TestSchemasAndGoKnowTheSameFields takes Go's word for the fields it knows.
func TestSchemasAndGoKnowTheSameFields(t *testing.T) {
	schema := newSchemas(t)
	block := map[string]settingsBlock{}
	for _, b := range settingsBlocks {
		block[b.schema] = b
	}
	asked := map[string]bool{}
	for _, c := range []struct{ schema, part, doc string }{
		{"redact.json", "", `{ "policy": "` + aFile + `", "unknown": 1 }`},
		{"redact.json", "/$defs/audit", `{ "policy": "` + aFile + `", "audit": { "stdout": true, "unknown": 1 } }`},
		{"redact.json", "/$defs/file", `{ "policy": "` + aFile + `", "audit": { "file": { "path": "/dev/null", "unknown": 1 } } }`},
		{"redact.json", "/$defs/console", `{ "policy": "` + aFile + `", "audit": { "console": { "url": "http://c", "spool": "/nowhere", "token_env": "T", "unknown": 1 } } }`},
		{"policy.json", "/$defs/alerts", `{ "packs": ["pii"], "alerts": { "unknown": 1 } }`},
		{"policy.json", "/$defs/frequency", `{ "packs": ["pii"], "alerts": { "frequency": [{ "rule": "*", "unknown": 1 }] } }`},
		{"policy.json", "/$defs/alert", `{ "redaction_rules": [{ "name": "Email", "pattern": "@", "alert": { "unknown": 1 } }] }`},
		{"redact.json", "/properties/metrics", `{ "policy": "` + aFile + `", "metrics": { "listen": "127.0.0.1:0", "unknown": 1 } }`},
		{"policy.json", "", `{ "redaction_rules": [{ "name": "Email", "pattern": "@" }], "unknown": 1 }`},
		{"policy.json", "/$defs/rule", `{ "redaction_rules": [{ "name": "Email", "pattern": "@", "unknown": 1 }] }`},
		{"policy.json", "/$defs/terms", `{ "deny_terms": { "terms": ["x"], "unknown": 1 } }`},
		{"policy.json", "/$defs/context", `{ "deny_terms": { "terms": ["x"], "context": { "require": ["x"], "unknown": 1 } } }`},
		{"policy.json", "/$defs/allowed", `{ "allow": [{ "pattern": "x", "unknown": 1 }], "packs": ["pii"] }`},
		{"policy.json", "/$defs/examples", `{ "deny_terms": { "terms": ["x"], "examples": { "unknown": 1 } } }`},
		{"response-body.json", "", `{ "unknown": 1 }`},
		{"response-body.json", "/$defs/modifier", `{ "modifiers": [{ "lower": { "field": "a" }, "unknown": 1 }] }`},
		{"response-body.json", "/$defs/modifier/properties/regexp", `{ "modifiers": [{ "regexp": { "field": "a", "find": "x", "replace": "", "unknown": 1 } }] }`},
		{"response-body.json", "/$defs/modifier/properties/literal", `{ "modifiers": [{ "literal": { "field": "a", "find": "x", "replace": "", "unknown": 1 } }] }`},
		{"response-body.json", "/$defs/modifier/properties/trim", `{ "modifiers": [{ "trim": { "field": "a", "find": "x", "unknown": 1 } }] }`},
		{"response-body.json", "/$defs/case", `{ "modifiers": [{ "lower": { "field": "a", "unknown": 1 } }] }`},
		{"response-body.json", "/$defs/case", `{ "modifiers": [{ "upper": { "field": "a", "unknown": 1 } }] }`},
		{"content-replacer.json", "/$defs/replacement", `{ "a": { "find": "x", "replace": "", "unknown": 1 } }`},
		{"body-generator.json", "", `{ "template": "MQ==", "unknown": 1 }`},
	} {
		forGo, _ := verdict(t, schema, block[c.schema], decoded(t, c.doc))
		_, known, ok := strings.Cut(forGo, "unknown: is unknown; known fields are ")
		if !ok {
			t.Errorf("%s: Go says %q", c.doc, forGo)
			continue
		}
		asked[c.schema+"#"+c.part] = true
		for _, part := range schemaParts(t, c.schema) {
			if part.place != c.schema+"#"+c.part {
				continue
			}
			var fields []string
			for field := range part.node["properties"].(object) {
				fields = append(fields, field)
			}
			sort.Strings(fields)
			if got := strings.Join(fields, ", "); got != known {
				t.Errorf("%s knows %s; Go knows %s", part.place, got, known)
			}
		}
	}
	for _, file := range schemaFiles(t) {
		for _, part := range schemaParts(t, file) {
			if part.node["properties"] != nil && part.node["additionalProperties"] == false && !asked[part.place] {
				t.Errorf("Go is not asked for the fields of %s", part.place)
			}
		}
	}
}

// TestDefaultsAreThoseOfGo: settings that spell out every default mean the same
// as those that do not.
func TestDefaultsAreThoseOfGo(t *testing.T) {
	spellOut := func(doc object, place string) {
		n := len(doc)
		file, _, _ := strings.Cut(place, "#")
		for _, part := range schemaParts(t, file) {
			name, ok := strings.CutPrefix(part.place, place+"/properties/")
			if value, has := part.node["default"]; ok && has && !strings.Contains(name, "/") {
				doc[name] = value
			}
		}
		if len(doc) == n {
			t.Errorf("%s has no defaults", place)
		}
	}
	rule := func() object { return object{"name": "Email", "pattern": "@"} }
	terms := func() object { return object{"terms": []any{"x"}} }
	near := func() object { return object{"terms": []any{"x"}, "context": object{"require": []any{"y"}}} }
	for _, c := range []struct {
		name       string
		doc, whole object
		place      string
		at         func(whole object) object
		read       func(doc object) (any, error)
	}{
		{
			name: "redact", doc: object{"policy": aFile}, whole: object{"policy": aFile}, place: "redact.json#",
			read: func(doc object) (any, error) { return readRedactSettings(object{"redact": doc}) },
		},
		{
			name: "policy", doc: object{"redaction_rules": []any{rule()}}, whole: object{"redaction_rules": []any{rule()}}, place: "policy.json#",
			read: func(doc object) (any, error) { return readRedactSettings(object{"redact": object{"policy": doc}}) },
		},
		{
			name: "rule", doc: object{"redaction_rules": []any{rule()}}, whole: object{"redaction_rules": []any{rule()}}, place: "policy.json#/$defs/rule",
			at:   func(whole object) object { return whole["redaction_rules"].([]any)[0].(object) },
			read: func(doc object) (any, error) { return readRedactSettings(object{"redact": object{"policy": doc}}) },
		},
		{
			name: "denied terms", doc: object{"deny_terms": terms()}, whole: object{"deny_terms": terms()}, place: "policy.json#/$defs/terms",
			at:   func(whole object) object { return whole["deny_terms"].(object) },
			read: func(doc object) (any, error) { return readRedactSettings(object{"redact": object{"policy": doc}}) },
		},
		{
			name: "context", doc: object{"deny_terms": near()}, whole: object{"deny_terms": near()}, place: "policy.json#/$defs/context",
			at:   func(whole object) object { return whole["deny_terms"].(object)["context"].(object) },
			read: func(doc object) (any, error) { return readRedactSettings(object{"redact": object{"policy": doc}}) },
		},
		{
			name: "body generator", doc: object{"template": "MQ=="}, whole: object{"template": "MQ=="}, place: "body-generator.json#",
			read: func(doc object) (any, error) {
				return readGeneratorSettings(generatorName, object{generatorName: doc})
			},
		},
	} {
		read := func(doc object) (any, error) {
			got, err := c.read(doc)
			if s, ok := got.(*redactSettings); ok && err == nil {
				s.policy.Digest = "" // tells how the text is spelled
			}
			return got, err
		}
		want, err := read(c.doc)
		if err != nil {
			t.Fatal(err)
		}
		part := c.whole
		if c.at != nil {
			part = c.at(c.whole)
		}
		spellOut(part, c.place)
		got, err := read(c.whole)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v means %+v, %v; without its defaults %+v", c.name, c.whole, got, err, want)
		}
	}
}
