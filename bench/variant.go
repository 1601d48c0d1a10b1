package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// variant is one way to set up the endpoint.
type variant struct {
	name string
	// masks says that no sensitive value may reach the upstream.
	masks bool
	// extra is the extra_config of the backend.
	extra object
}

type object = map[string]any

//go:embed mask.lua
var maskLua []byte

// variants returns the three that are compared, in this order: plain, redact, lua.
func variants(dir string) ([]variant, error) {
	policy, err := twoRules("../krakend/policies/llm-data-redaction.json")
	if err != nil {
		return nil, err
	}
	script := filepath.Join(dir, "mask.lua")
	if err := os.WriteFile(script, maskLua, 0o600); err != nil {
		return nil, err
	}
	return []variant{
		{name: "plain", extra: object{}},
		{name: "redact", masks: true, extra: object{"plugin/req-resp-modifier": object{
			"name":   []string{"redact-request", "redact-response"},
			"redact": object{"policy": policy},
		}}},
		{name: "lua", masks: true, extra: object{"modifier/lua-backend": object{
			"sources": []string{script},
			"pre":     "mask(request.load())",
			"post":    "restore(response.load())",
			// Without it there is no string library.
			"allow_open_libs": true,
		}}},
	}, nil
}

// twoRules returns the policy of the file with the two rules that mask.lua knows
// as well.
func twoRules(file string) (object, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var policy object
	if err := json.Unmarshal(raw, &policy); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var kept []any
	rules, _ := policy["redaction_rules"].([]any)
	for _, rule := range rules {
		rule, _ := rule.(object)
		name, _ := rule["name"].(string)
		if slices.Contains([]string{"Credit Card Numbers", "Email Addresses"}, name) {
			kept = append(kept, rule)
		}
	}
	if len(kept) != 2 {
		return nil, fmt.Errorf("%s: the rules for cards and e-mail addresses are not there", file)
	}
	policy["redaction_rules"] = kept
	return policy, nil
}
