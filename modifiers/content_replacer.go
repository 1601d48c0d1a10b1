package modifiers

import (
	"github.com/krakend-redact/krakend-redact/internal/strictjson"
	"github.com/krakend-redact/krakend-redact/internal/valueops"
)

// readContentReplacer reads the settings of content-replacer, whose keys are
// paths. An object has no order, so the paths are taken in alphabetical order.
func readContentReplacer(o *strictjson.Object) (*fieldRules, error) {
	rules := &fieldRules{maxBytes: defaultMaxBody}
	fields := o.Names()
	if len(fields) == 0 {
		o.Fail("", "names no field", `add one, such as "data.user": { "find": "…", "replace": "…" }`)
	}
	for _, field := range fields {
		item := o.Object(field)
		path := compilePath(o, field, field)
		var find, replace string
		isRegexp := false
		required(item, "find", &find)
		if find == "" {
			item.Fail("find", "is empty", "write what is to be found")
		}
		required(item, "replace", &replace)
		item.Bool("regexp", &isRegexp)
		op := valueops.Literal(find, replace)
		if isRegexp {
			op = rules.regexp(item, field+".replace", find, replace)
		}
		if item.Close() == nil {
			rules.add(field, path, op)
		}
	}
	return rules, o.Close()
}
