package policy_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/detector"
	"github.com/krakend-redact/krakend-redact/internal/fieldpath"
	"github.com/krakend-redact/krakend-redact/internal/policy"
)

const hashKey = "0123456789abcdef-" + canary

// rules parses the fields of one rule, with policy fields beside it.
func rules(t *testing.T, beside, fields string) policy.Rule {
	t.Helper()
	p, err := parse(`{` + beside + `"redaction_rules":[{"name":"r",` + fields + `}]}`)
	if err != nil {
		t.Fatal(err)
	}
	return p.Rules[0]
}

func TestActions(t *testing.T) {
	t.Setenv("TEST_HASH_KEY", hashKey)
	const key = `"unmask_for_user":true,"hash_key_env":"TEST_HASH_KEY",`
	for fields, want := range map[string]policy.Rule{
		`"action":"mask"`:                                  {Action: policy.Mask, Unmask: true},
		`"action":"redact"`:                                {Action: policy.Redact},
		`"action":"partial"`:                               {Action: policy.Partial, KeepLast: 4},
		`"action":"partial","keep_first":2`:                {Action: policy.Partial, KeepFirst: 2},
		`"action":"partial","keep_first":1,"keep_last":32`: {Action: policy.Partial, KeepFirst: 1, KeepLast: 32},
		`"action":"partial","keep_last":0`:                 {Action: policy.Partial},
		`"action":"hash"`:                                  {Action: policy.Hash},
		`"action":"block"`:                                 {Action: policy.Block},
		`"action":"alert"`:                                 {Action: policy.Alert},
	} {
		got := rules(t, key, `"pattern":"x",`+fields)
		if got.Action != want.Action || got.KeepFirst != want.KeepFirst || got.KeepLast != want.KeepLast || got.Unmask != want.Unmask {
			t.Errorf("%s: %+v", fields, got)
		}
		if hashes := got.HashKey.Reveal() == hashKey; hashes != (got.Action == policy.Hash) {
			t.Errorf("%s: it has the key: %v", fields, hashes)
		}
	}
}

func TestTheHashKeyMayStandInAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(hashKey+"\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := rules(t, `"hash_key_file":"`+file+`",`, `"pattern":"x","action":"hash"`)
	if got.HashKey.Reveal() != hashKey {
		t.Error("another key")
	}
}

func TestWhatToFind(t *testing.T) {
	got := rules(t, "", `"pattern":"(a)(b)(?=c)","group":2,"engine":"linear","severity":"critical",
		"context":{"require":["card"],"forbid":["test","demo"],"window":100},
		"fields":["messages.*.content"],"examples":{"match":["abc"],"no_match":["ab"]}`)
	path, err := fieldpath.Compile("messages.*.content")
	if err != nil {
		t.Fatal(err)
	}
	if got.Group != 2 || got.Backtracking || got.Severity != policy.Critical ||
		!reflect.DeepEqual(got.Context, &detector.Context{Words: []string{"card"}, Forbid: []string{"test", "demo"}, Before: 100, After: 100}) ||
		!reflect.DeepEqual(got.Fields, []fieldpath.Path{path}) ||
		!reflect.DeepEqual(got.Examples, policy.Examples{Match: []string{"abc"}, NoMatch: []string{"ab"}}) {
		t.Errorf("%+v", got)
	}
	if got := rules(t, "", `"pattern":"(?<=a(b))x","engine":"backtracking"`); !got.Backtracking {
		t.Errorf("%+v", got)
	}
}

func TestAllow(t *testing.T) {
	got := rules(t, `"allow":["All@example.org"],`, `"pattern":"x","allow":["Info@example.org",{"pattern":"(?i)no-?reply@.*|x"}]`)
	for value, want := range map[string]bool{
		"info@example.org": true, "INFO@EXAMPLE.ORG": true, "all@example.org": true, "NoReply@example.com": true, "x": true,
		"my-info@example.org": false, "info@example.org.uk": false, "xx": false, "": false,
	} {
		allowed := false
		for _, a := range got.Allow {
			allowed = allowed || a.Holds(value)
		}
		if allowed != want {
			t.Errorf("%q: %v", value, allowed)
		}
	}
}

func TestDeniedTerms(t *testing.T) {
	file := filepath.Join(t.TempDir(), "terms.txt")
	if err := os.WriteFile(file, []byte("\xef\xbb\xbf# projects\r\n\r\n  Project Blue \r\nVorhaben Grün"), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := parse(`{"deny_terms":{"terms":["Atlas"],"file":"` + file + `","whole_words":true,"case_sensitive":true,"severity":"high"},
		"redaction_rules":[{"name":"first","pattern":"x"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	want := policy.Rule{
		Name: "deny_terms", Terms: []string{"Atlas", "Project Blue", "Vorhaben Grün"}, WholeWords: true, CaseSensitive: true,
		Action: policy.Mask, Severity: policy.High, Placeholder: stem("[REDACTED_DENY_TERMS]"),
	}
	if len(p.Rules) != 2 || !reflect.DeepEqual(p.Rules[1], want) {
		t.Errorf("got  %+v\nwant %+v", p.Rules, want)
	}
	// They are enough of a policy.
	if p, err := parse(`{"deny_terms":{"name":"Projects","terms":["Atlas"]}}`); err != nil || len(p.Rules) != 1 || p.Rules[0].Name != "Projects" {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err := parse(`{"deny_terms":{"terms":["Atlas"],"enabled":false}}`); err == nil {
		t.Error("a policy with nothing enabled was taken")
	}
}

func TestMode(t *testing.T) {
	p, err := parse(`{"mode":"test","redaction_rules":[{"name":"r","pattern":"x"}]}`)
	if err != nil || p.Mode != policy.Test {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestRefusalsOfWhatRulesCanDo(t *testing.T) {
	t.Setenv("TEST_SHORT_KEY", "0123456789abcde")
	long := strings.Repeat("x", 1025)
	const (
		ofRule  = `policy.json: rule "r": field redaction_rules[0].`
		ofTerms = `policy.json: rule "deny_terms": field deny_terms.`
	)
	rule := func(fields string) string {
		return `{"redaction_rules":[{"name":"r","pattern":"` + canary + `",` + fields + `}]}`
	}
	for _, tt := range []struct{ name, text, want string }{
		{"mode", `{"mode":"dry"}`, "policy.json: field mode: is not one of enforce, test; use one of these words"},
		{"action", rule(`"action":"drop"`), ofRule + "action: is not one of mask, redact, partial, hash, block, alert; use one of these words"},
		{"block in answers", `{"redaction_rules":[{"name":"f","pattern":"f"}],"response_rules":[{"name":"r","pattern":"x","action":"block"}]}`, `policy.json: rule "r": field response_rules[0].action: cannot be "block" in response rules: the beginning of a streamed answer is on its way already; use "redact"`},
		{"backtracking in answers", `{"redaction_rules":[{"name":"f","pattern":"f"}],"response_rules":[{"name":"r","pattern":"x","engine":"backtracking"}]}`, `policy.json: rule "r": field response_rules[0].engine: cannot be "backtracking" in response rules, which look into streams; remove it`},
		{"keep_last without partial", rule(`"keep_last":4`), ofRule + `keep_last: applies to the action "partial" only; remove it, or use "action": "partial"`},
		{"keep_first of too many", rule(`"action":"partial","keep_first":33`), ofRule + "keep_first: must be at most 32 characters; keep fewer"},
		{"keep_last below nothing", rule(`"action":"partial","keep_last":-1`), ofRule + "keep_last: must be at least 0; raise it, or leave the field out for the default"},
		{"replacement without a placeholder", rule(`"action":"partial","replacement":"[X]"`), ofRule + `replacement: does not apply to the action "partial"; remove it`},
		{"unmasking what is gone", rule(`"action":"redact","unmask_for_user":true`), ofRule + `unmask_for_user: is true, but only findings with the action "mask" can be given back; remove it, or use "action": "mask"`},
		{"hash without a key", rule(`"action":"hash"`), ofRule + `action: is "hash", but the policy has no key for it; add hash_key_file or hash_key_env to the policy`},
		{"hash key that is not set", `{"hash_key_env":"TEST_NO_KEY"}`, "policy.json: field hash_key_env: leads to a key of fewer than 16 bytes; use a random key, such as the output of: openssl rand -hex 32"},
		{"short hash key", `{"hash_key_env":"TEST_SHORT_KEY"}`, "policy.json: field hash_key_env: leads to a key of fewer than 16 bytes; use a random key, such as the output of: openssl rand -hex 32"},
		{"absent hash key", `{"hash_key_file":"/nowhere/key"}`, "policy.json: field hash_key_file: names a file that cannot be read: no such file; check the path (relative paths start at KrakenD's working folder) and its permissions"},
		{"two hash keys", `{"hash_key_file":"k","hash_key_env":"K"}`, "policy.json: field hash_key_env: stands beside hash_key_file; keep one of them"},
		{"severity", rule(`"severity":"urgent"`), ofRule + "severity: is not one of low, medium, high, critical; use one of these words"},
		{"detector", `{"redaction_rules":[{"name":"r","detector":"mind_reader"}]}`, ofRule + "detector: is not a known one; docs/detectors.md has the list"},
		{"detector and pattern", rule(`"detector":"email"`), ofRule + `pattern: stands beside "detector", which says what to look for; remove one of them`},
		{"engine", rule(`"engine":"pcre"`), ofRule + "engine: is not one of linear, backtracking; use one of these words"},
		{"engine of plain text", rule(`"engine":"backtracking","literal":true`), ofRule + `engine: is "backtracking", but the pattern is plain text; remove one of them`},
		{"group of plain text", rule(`"group":1,"literal":true`), ofRule + "group: does not apply to plain text; remove it"},
		{"group", rule(`"group":1`), ofRule + "group: is 1, but the pattern has 0 capture groups; count the opening parentheses that are not (?:"},
		{"context without words", rule(`"context":{"window":10}`), ofRule + `context: has no words; name some words under "require" or "forbid"`},
		{"context of white space", rule(`"context":{"forbid":[" "]}`), ofRule + "context: holds a word of white space; remove it"},
		{"context with an unknown field", rule(`"context":{"words":["x"]}`), ofRule + `context: has no words; name some words under "require" or "forbid"`},
		{"context with another unknown field", rule(`"context":{"require":["x"],"near":1}`), ofRule + "context.near: is unknown; known fields are forbid, require, window"},
		{"wide context", rule(`"context":{"require":["x"],"window":513}`), ofRule + "context.window: must be at most 512 bytes; make it smaller"},
		{"allow nothing", rule(`"allow":[""]`), ofRule + "allow[0]: is empty; remove it"},
		{"allow a broken pattern", rule(`"allow":["a",{"pattern":"` + canary + `("}]`), ofRule + "allow[1].pattern: is not a valid regular expression; see https://github.com/google/re2/wiki/Syntax"},
		{"allow a pattern that gets out of its brackets", rule(`"allow":[{"pattern":"a)|(?:.*"}]`), ofRule + "allow[0].pattern: is not a valid regular expression; see https://github.com/google/re2/wiki/Syntax"},
		{"allow without a pattern", rule(`"allow":[{}]`), ofRule + "allow[0].pattern: is missing; write a pattern of whole values, or a string for one value"},
		{"allow a number", rule(`"allow":[5]`), ofRule + "allow[0]: must be an object; write { … }"},
		{"no fields", rule(`"fields":[]`), ofRule + "fields: is empty, so the rule would apply nowhere; name a field, or leave it out for everywhere"},
		{"broken field", rule(`"fields":["a..b"]`), ofRule + `fields: holds a path that cannot be read: a path must not be empty or have empty segments; write paths such as "messages.*.content"`},
		{"fields of answers", `{"redaction_rules":[{"name":"f","pattern":"f"}],"response_rules":[{"name":"r","pattern":"x","fields":["a"]}]}`, `policy.json: rule "r": field response_rules[0].fields: does not apply to response rules, which look into the answer's texts; remove it`},
		{"examples", rule(`"examples":{"matches":[]}`), ofRule + "examples.matches: is unknown; known fields are match, no_match"},
		{"packs", `{"packs":["everything"]}`, "policy.json: field packs: holds an unknown pack; known packs are default, pii, pii-us, pii-eu, financial, health, secrets"},
		{"validator", rule(`"validator":"guess"`), ofRule + "validator: is not a known one; known validators are " + strings.Join(detector.Validators(), ", ")},
		{"no terms", `{"deny_terms":{}}`, ofTerms + `terms: holds no term, so nothing would be found; name terms under "terms", or a file with one on each line under "file"`},
		{"blank term", `{"deny_terms":{"terms":["a"," "]}}`, ofTerms + "terms: holds a term of white space (number 2); remove it"},
		{"long term", `{"deny_terms":{"terms":["` + long + `"]}}`, ofTerms + "terms: holds a term of more than 1024 bytes (number 1); use its distinctive part"},
		{"absent terms", `{"deny_terms":{"file":"/nowhere/terms"}}`, ofTerms + "file: cannot be read: no such file; check the path (relative paths start at KrakenD's working folder) and its permissions"},
		{"terms with a pattern", `{"deny_terms":{"terms":["a"],"pattern":"x"}}`, ofTerms + "pattern: is unknown; known fields are action, alert, allow, case_sensitive, context, enabled, examples, fields, file, keep_first, keep_last, name, replacement, severity, terms, unmask_for_user, whole_words"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parse(tt.text)
			if err == nil {
				t.Fatal("accepted")
			}
			if err.Error() != tt.want {
				t.Errorf("\ngot  %s\nwant %s", err, tt.want)
			}
			if strings.Contains(err.Error(), canary) || strings.ContainsAny(err.Error(), "\r\n") {
				t.Errorf("quotes the pattern or is more than one line: %q", err)
			}
		})
	}
}
