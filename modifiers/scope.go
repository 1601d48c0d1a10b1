package modifiers

import (
	"fmt"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/filled"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/strictjson"
)

// readers are the modifiers that read the settings under a key.
var readers = filled.Map(map[string][]string{
	"redact":              {redactRequestName, redactResponseName},
	responseBodyName:      {responseBodyName},
	contentReplacerName:   {contentReplacerName},
	requestGeneratorName:  {requestGeneratorName, generatorName},
	generatorName:         {requestGeneratorName, generatorName},
	responseGeneratorName: {responseGeneratorName},
})

// checkScope looks for settings of ours that nothing reads: KrakenD runs only
// what is listed, so they would be off without a word.
func checkScope(extra map[string]interface{}) error {
	for _, key := range sortedNames(readers) {
		if _, there := extra[key]; !there || listedAny(extra, readers[key]) {
			continue
		}
		return &strictjson.Error{
			File: settingsPlace, Field: "name",
			Reason: fmt.Sprintf("lacks %s, so the settings under %q would do nothing", strings.Join(readers[key], " and "), key),
			Remedy: "list it, or remove the settings",
		}
	}
	return nil
}

// checkPair looks for one of the two modifiers of redact without the other. The
// vault does not travel between endpoint and backend.
func checkPair(extra map[string]interface{}, p *policy.Policy) error {
	onRequests, onAnswers := listed(extra, redactRequestName), listed(extra, redactResponseName)
	wrong := func(missing, reason, remedy string) error {
		return &strictjson.Error{File: settingsPlace, Field: "name", Reason: "lacks " + missing + ", " + reason, Remedy: remedy}
	}
	switch {
	case onAnswers && !onRequests:
		return wrong(redactRequestName, "so requests would go out unmasked", "list both here: they belong to the same endpoint or backend")
	case onRequests && !onAnswers && len(p.ResponseRules) > 0:
		return wrong(redactResponseName, "so the policy's response_rules would do nothing", "list both here, or remove response_rules from the policy")
	case onRequests && !onAnswers && unmasks(p):
		return wrong(redactResponseName, "so answers would keep their placeholders although the policy unmasks",
			`list both here, as they belong to the same endpoint or backend, or set "unmask_for_user": false in the policy`)
	}
	return nil
}

func unmasks(p *policy.Policy) bool {
	for _, r := range p.Rules {
		if r.Unmask {
			return true
		}
	}
	return false
}

func listedAny(extra map[string]interface{}, names []string) bool {
	if _, known := extra["name"].([]interface{}); !known {
		return true // nobody says what runs
	}
	for _, name := range names {
		if listed(extra, name) {
			return true
		}
	}
	return false
}

// listed tells whether a modifier is among the names of the same scope.
func listed(extra map[string]interface{}, name string) bool {
	names, _ := extra["name"].([]interface{})
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}
