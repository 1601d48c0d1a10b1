package modifiers

import (
	"text/template"
)

// CheckSettings reads the settings under plugin/req-resp-modifier as the
// modifiers that are named there do at start, and returns what stops it: errors
// of type [*strictjson.Error], and those of templates. functions are those of
// [BodyGenerator].
//
// The rules of a policy are not compiled.
func CheckSettings(extra map[string]interface{}, functions func() template.FuncMap) []error {
	if err := checkScope(extra); err != nil {
		return []error{err}
	}
	var mistakes []error
	note := func(err error) {
		if err != nil {
			mistakes = append(mistakes, err)
		}
	}
	if listed(extra, redactRequestName) || listed(extra, redactResponseName) {
		_, err := readRedactSettings(extra)
		note(err)
	}
	if listed(extra, responseBodyName) {
		_, err := readFieldRules(responseBodyName, extra, readResponseBody)
		note(err)
	}
	if listed(extra, contentReplacerName) {
		_, err := readFieldRules(contentReplacerName, extra, readContentReplacer)
		note(err)
	}
	generator := BodyGenerator{Functions: functions}
	for _, name := range []string{requestGeneratorName, generatorName, responseGeneratorName} {
		if listed(extra, name) {
			_, _, err := generator.read(name, extra)
			note(err)
		}
	}
	return mistakes
}
