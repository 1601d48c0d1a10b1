package migrate

import (
	"errors"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

const (
	noScores    = "rules find or do not find; there are no scores"
	noLanguages = "rules apply to all languages"
)

// Presidio reads the YAML of Presidio's recognizers:
// https://microsoft.github.io/presidio/analyzer/recognizer_registry_provider/ and
// https://microsoft.github.io/presidio/tutorial/08_no_code/
func Presidio(text []byte, _ string) (*Result, error) {
	root, err := readYAML(text)
	if err != nil {
		return nil, err
	}
	b := newBuilder("presidio")
	o := b.object("", root)
	if inner, _ := o.get("recognizer_registry"); inner != nil {
		o.close()
		o = b.object("recognizer_registry", inner)
	}
	list, path := o.list("recognizers")
	if list == nil {
		return nil, errors.New("has no list of recognizers, so it is not a recognizer file of Presidio")
	}
	// Go's defaults differ from 26, which is Python's DOTALL, MULTILINE and IGNORECASE.
	if flags, at := o.get("global_regex_flags"); flags != nil && flags != 26 {
		b.lose(at, "patterns are taken with Presidio's default flags (26)")
	}
	o.lose(noLanguages, "supported_languages")
	o.close()
	for i, v := range list {
		b.recognizer(fmt.Sprintf("%s[%d]", path, i), v)
	}
	return b.finish()
}

// recognizer adds the rules for one recognizer.
func (b *builder) recognizer(path string, v any) {
	if name, ok := v.(string); ok {
		b.predefined(path, name, nil)
		return
	}
	o := b.object(path, v)
	defer o.close()
	name := o.text("name")
	if on, has := o.flag("enabled"); has && !on {
		b.ignore(path, "is not enabled")
		for key := range o.fields {
			o.seen[key] = true
		}
		return
	}
	o.lose(noLanguages, "supported_language", "supported_languages")
	entities, _ := o.texts("supported_entities")
	if entity := o.text("supported_entity"); entity != "" {
		entities = append(entities, entity)
	}
	patterns, at := o.list("patterns")
	denied, deniedAt := o.texts("deny_list")
	kind := o.text("type")
	if kind != "" && kind != "predefined" && kind != "custom" {
		b.lose(o.at("type"), "is neither predefined nor custom")
	}
	if kind == "predefined" || len(patterns) == 0 && len(denied) == 0 {
		o.lose("a predefined recognizer's context is the detector's own here", "context")
		class := o.text("class_name")
		if class == "" {
			class = name
		}
		b.predefined(path, class, entities)
		return
	}
	if _, at := o.get("context"); o.fields["context"] != nil {
		b.lose(at, "Presidio takes these words for a hint; here they would be required. To find less, write them as the rule's context.require")
	}
	o.lose(noScores, "deny_list_score")
	if len(entities) > 1 {
		b.note(path, "has several entities; rules are named after the first")
	}
	label := name
	if len(entities) > 0 {
		label = entities[0]
	}
	for i, v := range patterns {
		at := fmt.Sprintf("%s[%d]", at, i)
		p := b.object(at, v)
		expression := p.text("regex")
		r := rule{Name: label, Description: strings.TrimSpace(name + ": " + p.text("name")), Pattern: withFlags(expression), path: at}
		p.lose(noScores, "score")
		p.close()
		if expression == "" {
			b.lose(at, "has no regex")
			continue
		}
		b.pattern(r, false)
	}
	if len(denied) > 0 {
		b.pattern(rule{Name: label, Description: name, Pattern: oneOf(denied), path: deniedAt}, false)
	}
}

// predefined adds the detectors for a recognizer of Presidio's own.
func (b *builder) predefined(path, class string, entities []string) {
	if len(entities) == 0 {
		entity, ok := presidioRecognizers[class]
		if !ok {
			b.lose(path, class+": "+noDetector)
			return
		}
		entities = []string{entity}
	}
	for _, entity := range entities {
		b.entity(path, presidioEntities, entity, "", false)
	}
}

// withFlags gives a pattern the flags that Presidio compiles it with, as far as
// they make a difference. Rules ignore case by themselves.
func withFlags(expression string) string {
	flags, class := "", false
	for i := 0; i < len(expression); i++ {
		switch c := expression[i]; {
		case c == '\\':
			i++
		case class:
			class = c != ']'
		case c == '[':
			class = true
		case c == '.' && !strings.Contains(flags, "s"):
			flags += "s"
		case (c == '^' || c == '$') && !strings.Contains(flags, "m"):
			flags += "m"
		}
	}
	if flags == "" {
		return expression
	}
	return "(?" + flags + ")" + expression
}

// readYAML reads YAML, or JSON, which is a part of it.
func readYAML(text []byte) (any, error) {
	var v any
	if err := yaml.Unmarshal(text, &v); err != nil {
		// What stands in the file does not belong into a message.
		return nil, errors.New("is not valid YAML")
	}
	return v, nil
}
