package policy

import (
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/detector"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/strictjson"
)

// packs returns a rule for every detector of the policy's packs. A detector
// that a rule names already, even a disabled one, is left to that rule.
func (r *ruleReader) packs(o *strictjson.Object) []Rule {
	var names []string
	var rules []Rule
	o.Strings("packs", &names)
	for _, name := range names {
		pack, ok := detector.Pack(name)
		if !ok {
			o.Fail("packs", "holds an unknown pack", "known packs are "+strings.Join(detector.Packs(), ", "))
			return nil
		}
		for _, d := range pack {
			if r.detectors[d.Name] {
				continue
			}
			r.detectors[d.Name] = true
			if r.names[d.Name] {
				o.Fail("packs", "holds the detector \""+d.Name+"\", which is the name of a rule of another kind", "rename that rule")
			}
			r.names[d.Name] = true
			rule := Rule{
				Name: d.Name, Action: Mask, Severity: Severity(d.Severity), Allow: r.allow,
				Placeholder: placeholder.NewStem("[REDACTED_" + d.Placeholder + "]"), Unmask: r.unmask,
			}
			use(&rule, d)
			rules = append(rules, rule)
		}
	}
	return rules
}

// readDetector reads the detector that a rule names, nil for none.
func (r *ruleReader) readDetector(o *strictjson.Object, rule *Rule) *detector.Detector {
	if !o.Has("detector") {
		return nil
	}
	for _, field := range []string{"pattern", "literal", "case_sensitive", "group", "engine", "validator"} {
		if o.Has(field) {
			o.Fail(field, `stands beside "detector", which says what to look for`, "remove one of them")
		}
	}
	var name string
	o.String("detector", &name)
	d, ok := detector.Lookup(name)
	if !ok {
		o.Fail("detector", "is not a known one", "docs/detectors.md has the list")
		return nil
	}
	if !r.forAnswers {
		r.detectors[d.Name] = true
	}
	use(rule, d)
	return d
}

func use(rule *Rule, d *detector.Detector) {
	rule.Detector, rule.Pattern, rule.CaseSensitive = d.Name, d.Pattern, true
	rule.Group, rule.Check, rule.Context = d.Group, d.Check, d.Context
}
