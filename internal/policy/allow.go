package policy

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/strictjson"
)

// Allowed is a value that is left as it is, or a pattern of such values.
type Allowed struct {
	literal string
	pattern *regexp.Regexp // nil for a literal
}

// Holds tells whether a value is allowed. Literals ignore case, as rules do
// unless they say otherwise; patterns describe the whole value.
func (a Allowed) Holds(value string) bool {
	if a.pattern != nil {
		return a.pattern.MatchString(value)
	}
	return strings.EqualFold(value, a.literal)
}

// readAllow reads a list of texts and of objects with a pattern.
func readAllow(o *strictjson.Object) []Allowed {
	var list []Allowed
	for i, raw := range o.List("allow") {
		var literal string
		if json.Unmarshal(raw, &literal) == nil {
			if literal == "" {
				o.Fail(fmt.Sprintf("allow[%d]", i), "is empty", "remove it")
			}
			list = append(list, Allowed{literal: literal})
			continue
		}
		entry := o.Element("allow", i, raw)
		var expression string
		entry.String("pattern", &expression)
		if expression == "" {
			entry.Missing("pattern", "write a pattern of whole values, or a string for one value")
		}
		// By itself it has to be right too: a)|(?:.* would get out of the brackets.
		_, err := regexp.Compile(expression)
		pattern, wholeErr := regexp.Compile(`^(?:` + expression + `)$`)
		if err != nil || wholeErr != nil {
			entry.Fail("pattern", "is not a valid regular expression", "see https://github.com/google/re2/wiki/Syntax")
		}
		list = append(list, Allowed{pattern: pattern})
		_ = entry.Close()
	}
	return list
}
