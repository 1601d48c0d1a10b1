package policy

import (
	"errors"
	"fmt"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/detector"
	"github.com/krakend-redact/krakend-redact/internal/pattern"
	"github.com/krakend-redact/krakend-redact/internal/strictjson"
)

func readPattern(o *strictjson.Object, rule *Rule) {
	engine := "linear"
	o.String("pattern", &rule.Pattern)
	o.Bool("literal", &rule.Literal)
	o.Bool("case_sensitive", &rule.CaseSensitive)
	o.Choice("engine", &engine, "linear", "backtracking")
	rule.Backtracking = engine == "backtracking"
	if rule.Pattern == "" {
		o.Missing("pattern", `write what to look for, or name a "detector"`)
	}
	var group int64
	o.Int("group", &group, 0)
	rule.Group = int(group)
	switch {
	case rule.Literal && rule.Backtracking:
		o.Fail("engine", `is "backtracking", but the pattern is plain text`, "remove one of them")
	case rule.Literal && rule.Group > 0:
		o.Fail("group", "does not apply to plain text", "remove it")
	case rule.Literal || rule.Backtracking || rule.Pattern == "":
		// The engine itself says what is wrong with a backtracking pattern.
		return
	}
	parsed, err := pattern.Parse(rule.Pattern)
	if mistake := (*pattern.Error)(nil); errors.As(err, &mistake) {
		o.Fail("pattern", mistake.Reason, mistake.Remedy)
		return
	}
	if rule.Group > parsed.Groups {
		o.Fail("group", fmt.Sprintf("is %d, but the pattern has %d capture groups", rule.Group, parsed.Groups), "count the opening parentheses that are not (?:")
	}
}

// readValidator reads the name of the check that a match must pass.
func readValidator(o *strictjson.Object, rule *Rule) {
	if !o.Has("validator") {
		return
	}
	var name string
	o.String("validator", &name)
	check, ok := detector.Validator(name)
	if !ok {
		o.Fail("validator", "is not a known one", "known validators are "+strings.Join(detector.Validators(), ", "))
	}
	rule.Check = check
}
