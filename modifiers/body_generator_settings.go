package modifiers

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"os"
	"regexp"
	"strings"
	"unicode"

	"github.com/krakend-redact/krakend-redact/internal/bodytemplate"
	"github.com/krakend-redact/krakend-redact/internal/httpbody"
	"github.com/krakend-redact/krakend-redact/internal/strictjson"
)

// generatorSettings are the settings under the name of a body generator.
type generatorSettings struct {
	source bodytemplate.Source
	// contentType is what the produced body is. Default: application/json.
	contentType string
	// variables are what templates see under that name. Default: none.
	variables map[string]interface{}
	// debug logs the shape of what the template sees and produces.
	debug bool
	// debugValues logs all of it. It needs debug.
	debugValues bool
	// validate checks that what is announced as JSON is JSON. Default: true.
	validate bool
	// maxBytes bounds the bodies that are read. Default: defaultMaxBody.
	maxBytes int64
}

func readGeneratorSettings(name string, extra map[string]interface{}) (*generatorSettings, error) {
	if err := checkScope(extra); err != nil {
		return nil, err
	}
	key, err := generatorKey(name, extra)
	if err != nil {
		return nil, err
	}
	o, err := strictjson.Value(settingsPlace+": "+key, extra[key])
	if err != nil {
		return nil, err
	}
	s := &generatorSettings{contentType: "application/json", validate: true, maxBytes: defaultMaxBody}
	s.source.MissingKey = "default"
	var path, inline string
	o.String("path", &path)
	o.String("template", &inline)
	o.String("content_type", &s.contentType)
	o.Bool("debug", &s.debug)
	o.Bool("debug_values", &s.debugValues)
	o.Bool("validate", &s.validate)
	o.Choice("missingkey", &s.source.MissingKey, "default", "zero", "error")
	o.Bool("allow_env", &s.source.AllowEnv)
	o.Int("max_body_bytes", &s.maxBytes, 1)
	s.readVariables(o)
	switch {
	case o.Has("path") && o.Has("template"):
		o.Fail("template", "stands beside path", "keep one of them")
	case !o.Has("path") && !o.Has("template"):
		o.Fail("path", "is missing, and so is template", "name a template file, or write a template here in base64")
	case o.Has("path") && path == "":
		o.Fail("path", "is empty", "name a template file")
	case s.debugValues && !s.debug:
		o.Fail("debug_values", "is on without debug", `add "debug": true if the log shall show whole bodies`)
	case !validContentType(s.contentType):
		o.Fail("content_type", "is no media type", `write one such as "application/json"`)
	}
	if o.Has("template") {
		s.source.File = key + ".template"
		s.source.Text = decodeTemplate(o, inline)
	}
	if err := o.Close(); err != nil {
		return nil, err
	}
	if path != "" {
		s.source.File = path
		if s.source.Text, err = readTemplate(path); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// generatorKey returns the key of the settings: the modifier's name, or the
// other one of its two.
func generatorKey(name string, extra map[string]interface{}) (string, error) {
	other := map[string]string{requestGeneratorName: generatorName, generatorName: requestGeneratorName}[name]
	_, own := extra[name]
	_, aliased := extra[other]
	aliased = aliased && other != "" && !listed(extra, other)
	switch {
	case own && aliased:
		return "", &strictjson.Error{
			File: settingsPlace, Field: other, Reason: "stands beside " + name + ", which is the same modifier",
			Remedy: `keep one of them, or list both under "name"`,
		}
	case own:
		return name, nil
	case aliased:
		return other, nil
	}
	return "", &strictjson.Error{
		File: settingsPlace, Field: name, Reason: "is missing, so there is no template",
		Remedy: fmt.Sprintf(`add "%s": { "path": "path/to/body.tmpl" } beside "name"`, name),
	}
}

func (s *generatorSettings) readVariables(o *strictjson.Object) {
	raw := o.Raw("variables")
	if raw == nil {
		return
	}
	v, err := bodytemplate.DecodeJSON(string(raw))
	variables, ok := v.(map[string]interface{})
	if err != nil || !ok {
		o.Fail("variables", "must be an object", "write { … }")
	}
	s.variables = variables
}

var quotedString = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// validContentType takes no white space but spaces and tabs, as RFC 9110, 5.6.3:
// mime alone skips U+00A0, which would go out in the header.
func validContentType(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && strings.Contains(media, "/") && !strings.ContainsAny(contentType, "\r\n") &&
		!strings.ContainsFunc(quotedString.ReplaceAllString(contentType, ""), func(r rune) bool {
			return unicode.IsSpace(r) && r != ' ' && r != '\t'
		})
}

// producesJSON tells whether the produced body is announced as JSON.
func (s *generatorSettings) producesJSON() bool {
	kind, _ := httpbody.Content{Type: s.contentType}.Kind()
	return kind == httpbody.JSON
}

func decodeTemplate(o *strictjson.Object, inline string) string {
	// Tools break base64 into lines, and people indent them.
	text, err := base64.StdEncoding.DecodeString(strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "").Replace(inline))
	if err != nil {
		o.Fail("template", "is not base64", "encode the template with base64, or move it to a file and name that with path")
	}
	return string(text)
}

func readTemplate(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err == nil {
		return string(text), nil
	}
	reason := "cannot be read"
	var why *fs.PathError
	if errors.As(err, &why) {
		reason += ": " + why.Err.Error()
	}
	return "", &strictjson.Error{
		File: path, Reason: reason,
		Remedy: "check the path (relative paths start at KrakenD's working folder) and its permissions",
	}
}
