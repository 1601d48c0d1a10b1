package check

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/config"
)

// redacting is a backend whose names and settings are given.
func redacting(names, settings string) string {
	return `"extra_config": { "plugin/req-resp-modifier": { "name": [` + names + `], ` + settings + ` }, "validation/cel": [{ "check_expr": "'redact-request' in req_params" }] }`
}

const both = `"redact-request", "redact-response"`

func toLLM(endpoint string) string {
	return endpoint + `, "backend": [{ "host": ["https://api.anthropic.com"], "url_pattern": "/v1/messages", ` + masked + ` }]`
}

func martian(modifiers string) string {
	return `"backend": [{ "host": ["https://api.openai.com"], "url_pattern": "/chat", ` + strings.Replace(masked, `"extra_config": {`, `"extra_config": { "modifier/martian": `+modifiers+`, `, 1) + ` }]`
}

func TestVariants(t *testing.T) {
	for _, c := range []struct {
		name string
		file string
		in   frame
		text string
		o    Options
		want string
	}{
		{"a name with a dash too few", "krakend.json", inBackend, redacting(`"redactrequest", "redact-response"`, `"redact": { "policy": "policy.json" }`), Options{}, "KR040"},
		{"names of other plugins", "krakend.json", inBackend, redacting(both+`, "my-modifier"`, `"redact": { "policy": "policy.json" }, "my-modifier": {}`), Options{}, ""},
		{"the settings' name", "krakend.json", inBackend, redacting(`"redact"`, `"redact": { "policy": "policy.json" }`), Options{}, "KR040"},
		{"settings under the modifier's name", "krakend.json", inBackend, redacting(both, `"redact-request": { "policy": "policy.json" }`), Options{}, "KR040 KR042"},
		{"a text in place of the list", "krakend.json", inBackend, `"extra_config": { "plugin/req-resp-modifier": { "name": "redact-request" } }`, Options{}, "KR040"},
		{"a modifier as a namespace", "krakend.json", inBackend, `"extra_config": { "redact-request": { "policy": "policy.json" } }`, Options{}, "KR041"},
		{"a modifier as a client", "krakend.json", inBackend, `"extra_config": { "plugin/http-client": { "name": "redact-request" } }`, Options{}, "KR041"},
		{"a client", "krakend.json", inBackend, `"extra_config": { "plugin/http-client": { "name": "other" } }`, Options{}, ""},
		{"an unknown setting", "krakend.json", inBackend, redacting(both, `"redact": { "policy": "policy.json", "polcy": 1 }`), Options{}, "KR042"},
		{"no settings", "krakend.json", inBackend, redacting(both, `"@": 0`), Options{}, "KR042"},
		{"settings of nothing", "krakend.json", inBackend, redacting(both, `"redact": { "policy": "policy.json" }, "modifier/response-body": {}`), Options{}, "KR042"},
		{"only answers", "krakend.json", inBackend, redacting(`"redact-response"`, `"redact": { "policy": "policy.json" }`), Options{}, "KR043"},
		{"only requests, and nothing to give back", "krakend.json", inBackend, redacting(`"redact-request"`, `"redact": { "policy": { "redaction_rules": [{ "name": "a", "pattern": "order \\d+" }] } }`), Options{}, ""},
		{"a broken policy inside", "krakend.json", inBackend, redacting(both, `"redact": { "policy": { "redaction_rules": [{ "name": "a", "pattern": "(" }] } }`), Options{}, "KR012"},
		{"a broken policy and a broken setting", "krakend.json", inBackend, redacting(both, `"redact": { "keys": 1, "policy": { "redaction_rules": [{ "name": "a", "pattern": "(" }] } }`), Options{}, "KR012 KR042"},
		{"a template that is not there", "krakend.json", inBackend, generated(`{ "path": "absent.tmpl" }`), Options{}, "KR044"},
		{"a template that is wrong", "krakend.json", inBackend, generated(`{ "template": "e3sgLnggfQ==" }`), Options{}, "KR042"},
		{"paths of the gateway", "krakend.json", inBackend, redacting(both, `"redact": { "policy": "/etc/krakend/policy.json" }`), Options{}, "KR044"},
		{"an interlock with double quotes and a policy", "krakend.json", inBackend, strings.Replace(masked, `'redact-request' in req_params`, `req_params[\"redact-request\"] == 'x'`, 1), Options{}, ""},
		{"an interlock for another modifier", "krakend.json", inBackend, strings.Replace(masked, `'redact-request' in`, `'modifier/body-generator' in`, 1), Options{}, "KR047"},
		{"an interlock under another name", "krakend.json", inBackend, strings.Replace(masked, `validation/cel`, `validations/cel`, 1), Options{}, "KR048"},
		{"an interlock without its expression", "krakend.json", inBackend, strings.Replace(masked, `check_expr`, `expr`, 1), Options{}, "KR048"},
		{"a syntax error behind the interlock", "krakend.json", inBackend, strings.Replace(masked, `req_params" }]`, `req_params" }, { "check_expr": "req_method == 'POST" }]`, 1), Options{}, "KR048"},
		{"an unknown name in the interlock", "krakend.json", inBackend, strings.Replace(masked, `req_params"`, `req_params && req_nonsense"`, 1), Options{}, "KR048"},
		{"an expression about the answer", "krakend.json", inBackend, strings.Replace(masked, `req_params" }]`, `req_params" }, { "check_expr": "has(resp_data.choices)" }]`, 1), Options{}, ""},
		{"an expression about the token", "krakend.json", inEndpoint, `"extra_config": { "validation/cel": [{ "check_expr": "has(JWT.sub)" }] }, "backend": [{ "host": ["http://llm"], "url_pattern": "/", ` + masked + ` }]`, Options{}, ""},
		{"an interlock that the endpoint's modifier needs", "krakend.json", inEndpoint, strings.Replace(masked, `, "validation/cel"`, ``, 1) + `, "backend": [{ "host": ["http://llm"], "url_pattern": "/" }]`, Options{}, "KR047"},
		{"Enterprise", "krakend.json", inBackend, `"extra_config": { "ai/llm": {}, "modifier/body-generator": {} }`, Options{}, "KR049 KR049"},
		{"Enterprise where it is", "krakend.json", inBackend, `"extra_config": { "ai/llm": {}, "modifier/body-generator": {} }`, Options{Enterprise: true}, ""},
		{"no plugins and none needed", "krakend.json", inRoot, `"extra_config": { "router": { "return_error_msg": true, "disable_access_log": true } }`, Options{CompiledIn: true}, ""},
		{"a pattern for other plugins", "krakend.json", inRoot, `"plugin": { "pattern": "other", "folder": "elsewhere" }, "extra_config": { "router": { "return_error_msg": true, "disable_access_log": true } }`, Options{}, "KR051"},
		{"a file in place of the folder", "krakend.json", inRoot, `"plugin": { "pattern": ".so", "folder": "plugins/redact.so" }, "extra_config": { "router": { "return_error_msg": true, "disable_access_log": true } }`, Options{}, "KR051"},
		{"a folder without a slash", "krakend.json", inRoot, `"plugin": { "pattern": ".so", "folder": "plugins" }, "extra_config": { "router": { "return_error_msg": true, "disable_access_log": true } }`, Options{}, ""},
		{"an echo endpoint", "krakend.json", inRoot, `"echo_endpoint": true, "plugin": { "pattern": ".so", "folder": "plugins" }, "extra_config": { "router": { "return_error_msg": true, "disable_access_log": true } }`, Options{}, "KR062"},
		{"nobody's headers but the provider's", "krakend.json", inEndpoint, toLLM(`"input_headers": ["Content-Type"]`), Options{}, "KR055 KR055"},
		{"headers that KrakenD Enterprise sets", "krakend.json", inEndpoint, strings.Replace(toLLM(`"input_headers": ["Content-Type"]`), `"extra_config": {`, `"extra_config": { "ai/llm": {},`, 1), Options{Enterprise: true}, ""},
		{"a guard that is KrakenD Enterprise's", "krakend.json", inEndpoint, strings.Replace(toLLM(`"input_headers": ["*"]`), `"extra_config": {`, `"extra_config": { "auth/basic": {},`, 1), Options{}, "KR049 KR054"},
		{"the caller's own key", "krakend.json", inEndpoint, toLLM(`"input_headers": ["content-type", "X-Api-Key", "anthropic-version"]`), Options{}, ""},
		{"everything", "krakend.json", inEndpoint, toLLM(`"input_headers": ["*"]`), Options{}, "KR054"},
		{"a token of the gateway", "krakend.json", inEndpoint, toLLM(`"extra_config": { "auth/validator": {} }, "input_headers": ["Content-Type", "Authorization", "Anthropic-Version"]`), Options{}, "KR054"},
		{"everything, and taken off", "krakend.json", inEndpoint, `"input_headers": ["*"], ` + martian(`{ "fifo.Group": { "modifiers": [{ "header.Blacklist": { "names": ["authorization", "cookie"] } }, { "header.Modifier": { "name": "Authorization", "value": "Bearer $KEY" } }] } }`), Options{}, ""},
		{"a key as it is", "krakend.json", inEndpoint, martian(`{ "header.Modifier": { "name": "Authorization", "value": "Bearer sk-proj-` + `Zq8Xk2mNp4Rt6Vw9Yb1Cd3Ef5Gh7Jk0Lm2Np4Qr6St8Uv" } }`), Options{}, "KR058"},
		{"a key in the query", "krakend.json", inEndpoint, `"backend": [{ "host": ["http://llm"], "url_pattern": "/x?key=AIza` + `SyD4f7Hk2Lm9Np3Qr5Tv8Xz1Bc6De0Gh4Jk" }]`, Options{}, "KR058"},
		{"several backends and no-op", "krakend.json", inEndpoint, `"output_encoding": "no-op", "backend": [{ "host": ["http://llm"], "url_pattern": "/", ` + masked + ` }, { "host": ["http://b"], "url_pattern": "/" }]`, Options{}, "KR059"},
		{"a replacement in a template", "krakend.json", inBackend, generated(`{ "path": "bad.tmpl" }`), Options{}, "KR064"},
		{"a replacement of content-replacer", "krakend.json", inBackend, `"extra_config": { "plugin/req-resp-modifier": { "name": ["content-replacer"], "content-replacer": { "a.b": { "find": "(x)", "replace": "$1x", "regexp": true }, "c": { "find": "(x)", "replace": "$1x" } } } }`, Options{}, "KR064"},

		{"two mistakes", "policy.json", inRules, `{ "name": "a", "pattern": "(" }, { "name": "b", "pattern": "order", "x": 1 }, { "name": "c", "pattern": "c*", "replacement": "<_>" }`, Options{}, "KR011 KR012 KR020"},
		{"only mistakes", "policy.json", inRules, `{ "name": "a", "pattern": "(" }`, Options{}, "KR012"},
		{"no rules", "policy.json", inRules, ``, Options{}, "KR010"},
		{"a misspelt field makes no other file of it", "policy.json", "", `{ "redaction_rule": [] }`, Options{}, "KR011"},
		{"a pack that is none", "policy.json", "", `{ "packs": ["nonsense"] }`, Options{}, "KR010"},
		{"a pack twice", "policy.json", "", `{ "packs": ["pii", "pii"] }`, Options{}, "KR016"},
		{"the same pattern under another condition", "policy.json", inRules, `{ "name": "a", "pattern": "order", "fields": ["x"] }, { "name": "b", "pattern": "order", "fields": ["y"] }`, Options{}, ""},
		{"look-ahead in the middle", "policy.json", inRules, `{ "name": "a", "pattern": "a(?=b)c" }`, Options{}, "KR012"},
		{"an example that must not match", "policy.json", inRules, `{ "name": "a", "pattern": "order", "examples": { "no_match": ["order"] } }`, Options{}, "KR013"},
		{"placeholders alike", "policy.json", inRules, `{ "name": "a", "pattern": "order", "replacement": "x" }, { "name": "b", "pattern": "bill", "replacement": "x_1" }`, Options{}, "KR014"},
		{"a response rule finds a placeholder that is restored", "policy.json", "", `{ "unmask_for_user": true, "redaction_rules": [{ "name": "a", "pattern": "order", "replacement": "[REDACTED_A]" }], "response_rules": [{ "name": "b", "pattern": "REDACTED_A_\\d+", "replacement": "[gone]" }] }`, Options{}, ""},
		{"a response rule finds a placeholder", "policy.json", "", `{ "redaction_rules": [{ "name": "a", "pattern": "order", "replacement": "[REDACTED_A]" }], "response_rules": [{ "name": "b", "pattern": "REDACTED_A_\\d+", "replacement": "[gone]" }] }`, Options{}, "KR015"},
		{"nothing but an edge", "policy.json", inRules, `{ "name": "a", "pattern": "\\b" }`, Options{}, "KR019"},
		{"an empty class", "policy.json", inRules, `{ "name": "a", "pattern": "x[^\\x00-\\x{10FFFF}]" }`, Options{}, "KR019"},
		{"an empty group", "policy.json", inRules, `{ "name": "a", "pattern": "order()", "group": 1 }`, Options{}, "KR019"},
		{"required and forbidden", "policy.json", inRules, `{ "name": "a", "pattern": "order", "context": { "require": ["Bill"], "forbid": ["bill"] } }`, Options{}, "KR019"},
		{"a window that is too small", "policy.json", inRules, `{ "name": "a", "pattern": "order", "context": { "require": ["invoice"], "window": 3 } }`, Options{}, "KR019"},
		{"all allowed", "policy.json", inRules, `{ "name": "a", "pattern": "order", "allow": [{ "pattern": ".*" }] }`, Options{}, "KR019"},
		{"a detector's values allowed", "policy.json", inRules, `{ "name": "a", "detector": "email", "allow": [{ "pattern": ".*@.*" }] }`, Options{}, "KR019"},
		{"some allowed", "policy.json", inRules, `{ "name": "a", "detector": "email", "allow": [{ "pattern": ".*@example\\.com" }] }`, Options{}, ""},
		{"backtracking that ends", "policy.json", inRules, `{ "name": "a", "pattern": "(?<=a)b+", "engine": "backtracking" }`, Options{}, "KR021"},
		{"a detector in front of its pack", "policy.json", "", `{ "packs": ["pii"], "redaction_rules": [{ "name": "a", "detector": "email" }] }`, Options{}, ""},
		{"something special in front", "policy.json", "", `{ "packs": ["pii"], "redaction_rules": [{ "name": "a", "pattern": "boss@example\\.com" }] }`, Options{}, ""},
		{"test mode", "policy.json", "", `{ "mode": "test", "packs": ["pii"] }`, Options{}, "KR024"},
		{"case on in the pattern", "policy.json", inRules, `{ "name": "a", "pattern": "(?-i)order" }`, Options{}, "KR025"},
		{"terms that are off", "policy.json", "", `{ "packs": ["pii"], "deny_terms": { "terms": ["atlas"], "enabled": false } }`, Options{}, "KR026"},
		{"a key for hashes that is not here, and no answers", "krakend.json", inBackend, redacting(`"redact-request"`, `"redact": { "policy": { "unmask_for_user": true, "hash_key_env": "REDACT_CHECK_ABSENT", "redaction_rules": [{ "name": "a", "pattern": "order", "action": "hash" }, { "name": "b", "pattern": "bill" }] } }`), Options{}, "KR023 KR027 KR043"},
		{"terms in a file", "policy.json", "", `{ "deny_terms": { "file": "absent.txt" } }`, Options{}, "KR010"},
		{"a key from the environment", "policy.json", "", `{ "hash_key_env": "REDACT_CHECK_ABSENT", "redaction_rules": [{ "name": "a", "pattern": "order", "action": "hash" }] }`, Options{}, "KR027"},
		{"a byte order mark", "policy.json", "", "\ufeff" + `{ "packs": ["pii"] }`, Options{}, ""},
		{"no JSON", "policy.json", "", `{ "packs": ["pii"], }`, Options{}, "KR002"},
		{"cut off", "policy.json", "", `{ "packs": ["pii"`, Options{}, "KR002"},

		{"no tag", "Dockerfile", "", "FROM --platform=linux/amd64 krakend", Options{}, "KR080"},
		{"a stage of that name", "Dockerfile", "", "FROM alpine:3.23 AS krakend\nFROM krakend", Options{}, ""},
		{"another registry's name", "Dockerfile", "", "FROM docker.io/devopsfaith/krakend:latest", Options{}, "KR080"},
		{"somebody else's", "Dockerfile", "", "FROM registry.example.com/krakend:latest", Options{}, ""},
		{"a builder", "Dockerfile", "", "FROM krakend/builder:latest AS b\nFROM krakend/builder:2.13.8-linux-generic", Options{}, "KR080"},
		{"from outside", "Dockerfile", "", "ARG TAG\nFROM krakend:${TAG}", Options{}, ""},
		{"from outside with a default", "Dockerfile", "", "FROM krakend:${TAG:-latest}", Options{}, "KR080"},
		{"3.x where the modifiers are compiled in", "Dockerfile", "", "FROM krakend:3.0.4", Options{CompiledIn: true}, ""},
		{"too old", "Dockerfile", "", "FROM krakend:2.8.0", Options{}, "KR082"},
		{"pinned by its digest", "Dockerfile", "", "FROM krakend@sha256:0000", Options{}, ""},
		{"a manifest", "pod.yaml", "", "kind: Pod\nspec:\n  containers:\n    - image: krakend:3\n---\nkind: Service\n", Options{}, "KR081"},
		{"Helm values", "values.yaml", "", "image:\n  repository: krakend\n  tag: \"2.13\"\n", Options{}, "KR082"},
		{"a key in a compose file", "compose.yml", "", "services:\n  a:\n    image: krakend:2.13.8\n    environment:\n      - LLM_API_KEY=" + secretKey + "\n", Options{}, "KR058"},
		{"a key in a Dockerfile", "Dockerfile", "", "FROM krakend:2.13.8\nENV LLM_API_KEY=" + secretKey, Options{}, "KR058"},
		{"no YAML", "compose.yml", "", "services: [\n", Options{}, "KR002"},
		{"no image", "compose.yml", "", "volumes: {}\n", Options{}, "KR003"},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := inExample(t, Example{File: c.file, In: c.in}, c.text)
			write(t, folder, "bad.tmpl", `{{ if .x }}{{ regexReplaceAll "(a)" (.req_body.m | trim) "$1X" | toJson }}{{ end }}{}`)
			c.o.Folder = folder
			var codes []string
			r := Run([]string{filepath.Join(folder, c.file)}, c.o)
			for _, f := range r.Findings {
				codes = append(codes, f.Code)
				if f.Severity == "" || f.Remedy == "" {
					t.Errorf("incomplete: %+v", f)
				}
			}
			slices.Sort(codes)
			if got := strings.Join(codes, " "); got != c.want {
				t.Errorf("got %q, want %q: %+v", got, c.want, r.Findings)
			}
		})
	}
}

// TestPlaces: file, line, column and pointer of what was found.
func TestPlaces(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "policy.json")
	write(t, folder, "policy.json", "{\n  \"redaction_rules\": [\n    { \"name\": \"a\", \"pattern\": \"order\" },\n    { \"name\": \"ä\", \"pattern\": \"(\" },\n    { \"name\": \"c\", \"pattern\": \"bill\", \"enabled\": \"no\" }\n  ]\n}\n")
	want := []Finding{
		{Code: "KR012", Severity: Error, File: file, Line: 4, Column: 20, Pointer: "/redaction_rules/1/pattern"},
		{Code: "KR010", Severity: Error, File: file, Line: 5, Column: 39, Pointer: "/redaction_rules/2/enabled"},
	}
	got := Run([]string{file}, Options{}).Findings
	for i := range got {
		got[i].Reason, got[i].Remedy = "", ""
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestPaths: what the gateway finds at one place may be at another one here.
func TestPaths(t *testing.T) {
	e := Example{File: "krakend.json", In: inBackend, Wrong: redacting(both, `"redact": { "policy": "/etc/krakend/policy.json" }`)}
	folder := inExample(t, e, e.Wrong)
	o := Options{Folder: folder, Paths: []Mapping{{"/etc/krakend", folder}}}
	if r := Run([]string{filepath.Join(folder, e.File)}, o); len(r.Findings) != 0 || len(r.Files) != 2 {
		t.Errorf("%+v", r)
	}
	o.Paths = []Mapping{{"/etc/kra", folder}}
	if r := Run([]string{filepath.Join(folder, e.File)}, o); len(r.Findings) != 1 {
		t.Errorf("a part of a name is no folder: %+v", r)
	}
}

// TestPolicyIsCheckedOnce, with the findings of its own file.
func TestPolicyIsCheckedOnce(t *testing.T) {
	e := Example{File: "krakend.json", In: inBackend, Wrong: masked}
	folder := inExample(t, e, e.Wrong)
	write(t, folder, "policy.json", `{ "redaction_rules": [{ "name": "a", "pattern": "(" }] }`)
	r := Run([]string{folder}, Options{Folder: folder})
	if len(r.Findings) != 1 || r.Findings[0].Code != "KR012" || r.Findings[0].File != filepath.Join(folder, "policy.json") || len(r.Files) != 2 {
		t.Errorf("%+v", r)
	}
}

const secretKey = "sk-proj-" + "Zq8Xk2mNp4Rt6Vw9Yb1Cd3Ef5Gh7Jk0Lm2Np4Qr6St8Uv"

// TestNoKeyIsPrinted, neither from a file nor from the environment, and not when
// a template fails.
func TestNoKeyIsPrinted(t *testing.T) {
	t.Setenv("CHECKED_API_KEY", secretKey)
	for _, c := range []struct{ name, text, want string }{
		{"in the file", `{ "version": 3, "endpoints": [{ "endpoint": "/", "backend": [{ "url_pattern": "/", "x": "` + secretKey + `" }] }] }`, "KR058"},
		{"as a misspelt field", `{ "redaction_rules": [{ "name": "a", "pattern": "` + secretKey + `(" }] }`, "KR012"},
		{"from the environment", `{ "version": 3, "endpoints": [{ "endpoint": "/", "backend": [{ "url_pattern": "/", "x": {{ env "CHECKED_API_KEY" | marshal }} }] }] }`, ""},
		{"in a template's file", `{ "version": 3, "endpoints": [{ "endpoint": "/", "backend": [{ "url_pattern": "/", "x": {{ printf "Bearer %s" "` + secretKey + `" | marshal }} }] }] }`, "KR058"},
		{"in an error", `{ "version": 3, "name": {{ fail (env "CHECKED_API_KEY") }}, "endpoints": [] }`, "KR004"},
	} {
		folder := t.TempDir()
		write(t, folder, "krakend.json", c.text)
		r := Run([]string{filepath.Join(folder, "krakend.json")}, Options{Folder: folder})
		text, err := json.Marshal(r)
		if err != nil || strings.Contains(string(text), secretKey[8:]) {
			t.Errorf("%s: %v %s", c.name, err, text)
		}
		var codes []string
		for _, f := range r.Findings {
			codes = append(codes, f.Code)
		}
		if strings.Join(codes, " ") != c.want {
			t.Errorf("%s: got %v, want %s", c.name, codes, c.want)
		}
	}
}

// TestTemplate: places lead to the template, or to the rendered file.
func TestTemplate(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "policy.json", `{ "redaction_rules": [{ "name": "a", "pattern": "order" }] }`)
	write(t, folder, "plugins/redact.so", "")
	write(t, folder, "settings/llm.json", `{ "host": "http://llm", "names": ["redact-request", "redact-respons"] }`)
	write(t, folder, "partials/redact.json", "{\n  \"name\": [\"redact-request\"],\n  \"redact\": { \"policy\": \"absent.json\" }\n}")
	write(t, folder, "krakend.json", `{
  "version": 3,
  "plugin": { "folder": "plugins/", "pattern": {{ marshal "*.so" }} },
  "extra_config": { "router": { "return_error_msg": true, "disable_access_log": true } },
  "endpoints": [
    { "endpoint": "/a", "backend": [{ "url_pattern": "/a", "host": [{{ marshal .llm.host }}], "extra_config": {
      "plugin/req-resp-modifier": {{ include "redact.json" }},
      "validation/cel": [{ "check_expr": "'redact-request' in req_params" }]
    } }] },
    { "endpoint": "/b", "backend": [{ "url_pattern": "/b", "host": [{{ marshal .llm.host }}], "extra_config": {
      "plugin/req-resp-modifier": {
        "redact": { "policy": "policy.json" },
        {{ printf "\n" }}
        {{ printf "%q" "name" }}: {{ marshal .llm.names }}
      },
      "validation/cel": [{ "check_expr": "'redact-request' in req_params" }]
    } }] }
  ]
}`)
	file, rendered := filepath.Join(folder, "krakend.json"), filepath.Join(folder, "rendered.json")
	o := Options{Folder: folder, Flexible: config.Flexible{Settings: folder + "/settings", Partials: folder + "/partials"}}
	for _, to := range []string{"", rendered} {
		o.Rendered = to
		unknown := Finding{File: file, Line: 1, Column: 1}
		if to != "" {
			unknown = Finding{File: rendered, Line: 18, Column: 35}
		}
		want := []Finding{
			{Code: "KR051", Severity: Error, File: file, Line: 3, Column: 3, Pointer: "/plugin/pattern"},
			{Code: "KR044", Severity: Error, File: folder + "/partials/redact.json", Line: 3, Column: 3, Pointer: "/endpoints/0/backend/0/extra_config/plugin~1req-resp-modifier/redact/policy"},
			{Code: "KR040", Severity: Error, File: unknown.File, Line: unknown.Line, Column: unknown.Column, Pointer: "/endpoints/1/backend/0/extra_config/plugin~1req-resp-modifier/name/1"},
		}
		got := Run([]string{file}, o).Findings
		for i := range got {
			got[i].Reason, got[i].Remedy = "", ""
		}
		for _, w := range want {
			if !slices.Contains(got, w) {
				t.Errorf("%q: no %+v in %+v", to, w, got)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%q: got %+v", to, got)
		}
	}
	info, err := os.Stat(rendered)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
}

func TestFolderLeavesOutWhatItDoesNotKnow(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "package.json", `{ "name": "x", "version": "1.0.0" }`)
	write(t, folder, "broken.tmpl.json", `{{ if }}`)
	write(t, folder, ".git/policy.json", `{ "redaction_rules": [] }`)
	write(t, folder, "chart/templates/pod.yaml", "{{ if .x }}\nimage: krakend:latest\n{{ end }}\n")
	write(t, folder, "README.md", "FROM krakend:latest")
	if r := Run([]string{folder}, Options{}); len(r.Files)+len(r.Findings) != 0 {
		t.Errorf("%+v", r)
	}
}
