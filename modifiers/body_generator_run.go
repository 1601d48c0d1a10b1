package modifiers

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/bodytemplate"
)

// execute produces a body and checks it.
func (g *generator) execute(ctx context.Context, data map[string]interface{}) (string, error) {
	log := g.host.Logger()
	if g.settings.debug {
		log.Debug(fmt.Sprintf("%s: %s sees %s", g.name, g.settings.source.File, g.show(data)))
	}
	text, err := g.template.Execute(ctx, data)
	if err != nil {
		log.Error(fmt.Sprintf("%s: %s", g.name, err.Error()))
		return "", errTemplate
	}
	if g.settings.debug {
		var output interface{} = text
		if decoded, err := bodytemplate.DecodeJSON(text); err == nil && !g.settings.debugValues {
			output = decoded
		}
		log.Debug(fmt.Sprintf("%s: %s produced %d bytes: %s", g.name, g.settings.source.File, len(text), g.show(output)))
	}
	if g.settings.validate && g.settings.producesJSON() {
		if err := bodytemplate.CheckJSON(text); err != nil {
			log.Error(fmt.Sprintf("%s: %s: %s", g.name, g.settings.source.File, err.Error()))
			return "", errOutput
		}
	}
	return text, nil
}

// show describes a value for the log: its shape, or all of it when asked for.
func (g *generator) show(v interface{}) string {
	if !g.settings.debugValues {
		return bodytemplate.Shape(v)
	}
	if text, ok := v.(string); ok {
		return text
	}
	if !bodytemplate.PrettyFits(v) {
		return bodytemplate.Shape(v)
	}
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return bodytemplate.Shape(v)
	}
	return string(text)
}

// decodedAnswer returns the data of an answer that KrakenD encodes itself. As
// in its own decoders, a list stands under "collection" and what has no fields
// under "content".
func (g *generator) decodedAnswer(text string) (map[string]interface{}, error) {
	if !g.settings.producesJSON() {
		return map[string]interface{}{"content": text}, nil
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var decoded interface{}
	err := bodytemplate.CheckJSON(text)
	if err == nil {
		err = dec.Decode(&decoded)
	}
	if err != nil {
		g.host.Logger().Error(fmt.Sprintf("%s: %s: %s", g.name, g.settings.source.File, err.Error()))
		return nil, errOutput
	}
	switch decoded := decoded.(type) {
	case map[string]interface{}:
		return decoded, nil
	case []interface{}:
		return map[string]interface{}{"collection": decoded}, nil
	}
	return map[string]interface{}{"content": decoded}, nil
}
