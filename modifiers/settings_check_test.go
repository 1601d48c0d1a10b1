package modifiers

import (
	"slices"
	"testing"

	"github.com/Masterminds/sprig/v3"

	"github.com/krakend-redact/krakend-redact/internal/redact"
)

// asksTheMachine are the cases that the settings alone do not decide: what is there
// on the machine that the gateway starts on.
var asksTheMachine = map[string]bool{
	"metrics on a port that there is not":       true,
	"a folder of the audit log that is missing": true,
	"a console whose token is missing":          true,
}

// TestCheckSettingsAgreesWithStart: what CheckSettings has nothing against,
// starts, as far as the rules of its policy compile; what it has, does not.
func TestCheckSettingsAgreesWithStart(t *testing.T) {
	for _, b := range settingsBlocks {
		cases := readCases(t, b.schema)
		for _, list := range []map[string]any{cases.Right, cases.Wrong, cases.OnlyGo} {
			for name, doc := range list {
				if asksTheMachine[name] {
					continue
				}
				extra := b.around(doc)
				starts := true
				names, _ := extra["name"].([]any)
				for _, m := range names {
					if _, ours := all(&testLog{}, nil)[m.(string)]; ours {
						_, _, codes := start(m.(string), extra)
						starts = starts && codes == nil
					}
				}
				if !slices.ContainsFunc(names, func(m any) bool { _, ours := all(&testLog{}, nil)[m.(string)]; return ours }) {
					continue // nobody looks at it
				}
				mistakes := CheckSettings(extra, sprig.TxtFuncMap)
				sound := len(mistakes) == 0
				if s, err := readRedactSettings(extra); err == nil && sound {
					_, err = redact.NewMasker(s.policy, s.options)
					sound = err == nil
				}
				if sound != starts {
					t.Errorf("%s: %s: it starts: %v, but the check says %v", b.schema, name, starts, mistakes)
				}
			}
		}
	}
}
