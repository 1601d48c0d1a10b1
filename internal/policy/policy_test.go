package policy_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/detect"
	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/policy"
)

const seed = "../../krakend/policies/llm-data-redaction.json"

func stem(replacement string) placeholder.Stem { return placeholder.NewStem(replacement) }

// with returns a policy with the defaults of rules filled in.
func with(p policy.Policy) *policy.Policy {
	p.Mode = policy.Enforce
	for _, rules := range [][]policy.Rule{p.Rules, p.ResponseRules} {
		for i := range rules {
			rules[i].Action, rules[i].Severity = policy.Mask, policy.Medium
		}
	}
	return &p
}

// same compares all but the digests.
func same(got, want *policy.Policy) bool {
	if got == nil {
		return false
	}
	plain := *got
	plain.Digest = ""
	return reflect.DeepEqual(&plain, want)
}

// The example of the AI Security Gateway's documentation, as it stands there.
func TestTheDocumentedPolicyLoadsAsItStands(t *testing.T) {
	got, err := policy.Load(seed)
	if err != nil {
		t.Fatal(err)
	}
	want := with(policy.Policy{
		Name: "llm-data-redaction", Version: "1.0", Source: seed,
		Rules: []policy.Rule{
			{Name: "Secret Password", Pattern: "super_s3cr3t_password", Placeholder: stem("[REDACTED_PASSWORD]"), Unmask: true},
			{Name: "Credit Card Numbers", Pattern: `\b(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|3[47][0-9]{13}|3[0-9]{13}|6(?:011|5[0-9]{2})[0-9]{12})\b`, Placeholder: stem("[REDACTED_CC]"), Unmask: true},
			{Name: "Email Addresses", Pattern: `\b[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Z|a-z]{2,}\b`, Placeholder: stem("[REDACTED_EMAIL]"), Unmask: true},
		},
	})
	if !same(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}

	e, err := detect.Compile(got)
	if err != nil {
		t.Fatal(err)
	}
	text := "it is Super_S3cr3t_Password, 4111111111111111 (not 41111111111111112), ann@example.org"
	var found []string
	for _, f := range e.Find(nil, text) {
		found = append(found, got.Rules[f.Rule].Name+": "+text[f.Start:f.End])
	}
	if want := []string{"Secret Password: Super_S3cr3t_Password", "Credit Card Numbers: 4111111111111111", "Email Addresses: ann@example.org"}; !reflect.DeepEqual(found, want) {
		t.Errorf("found %q", found)
	}
}

func parse(text string) (*policy.Policy, error) {
	return policy.Parse("policy.json", "from-file", []byte(text))
}

func TestDefaults(t *testing.T) {
	got, err := parse(`{"redaction_rules":[{"name":"E-Mail address 2","pattern":"x"}]}`)
	want := with(policy.Policy{Name: "from-file", Source: "policy.json", Rules: []policy.Rule{
		{Name: "E-Mail address 2", Pattern: "x", Placeholder: stem("[REDACTED_E_MAIL_ADDRESS_2]")},
	}})
	if err != nil || !same(got, want) {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
	}
}

func TestEveryFieldIsRead(t *testing.T) {
	got, err := parse(`{"@comment":"c","name":"n","version":"2","unmask_for_user":true,"redaction_rules":[
		{"#":1,"name":"a","pattern":"a.b","literal":true,"replacement":"<A>","case_sensitive":true,"enabled":true,"unmask_for_user":false}]}`)
	want := with(policy.Policy{Name: "n", Version: "2", Source: "policy.json", Rules: []policy.Rule{
		{Name: "a", Pattern: "a.b", Literal: true, CaseSensitive: true, Placeholder: stem("<A>")},
	}})
	if err != nil || !same(got, want) {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
	}
}

func TestARuleOverridesThePolicysUnmasking(t *testing.T) {
	for _, tt := range []struct {
		policy, rule string
		want         bool
	}{
		{"", "", false},
		{"", `,"unmask_for_user":true`, true},
		{`"unmask_for_user":true,`, "", true},
		{`"unmask_for_user":true,`, `,"unmask_for_user":false`, false},
		{`"unmask_for_user":false,`, `,"unmask_for_user":true`, true},
	} {
		p, err := parse(`{` + tt.policy + `"redaction_rules":[{"name":"a","pattern":"x"` + tt.rule + `}]}`)
		if err != nil || p.Rules[0].Unmask != tt.want {
			t.Errorf("%s%s: %v, %v", tt.policy, tt.rule, p, err)
		}
	}
	p, err := parse(`{"redaction_rules":[{"name":"a","pattern":"x"}],"unmask_for_user":true}`)
	if err != nil || !p.Rules[0].Unmask {
		t.Errorf("the order of fields counts: %+v, %v", p, err)
	}
}

func TestTheDefaultReplacementComesFromTheName(t *testing.T) {
	for name, want := range map[string]string{
		"email": "[REDACTED_EMAIL]", "Credit Card Numbers": "[REDACTED_CREDIT_CARD_NUMBERS]", " (IBAN) ": "[REDACTED_IBAN]",
		"Straße": "[REDACTED_STRA_E]", "信用卡": "[REDACTED]", "***": "[REDACTED]",
		strings.Repeat("x", 100): "[REDACTED_" + strings.Repeat("X", 64) + "]",
	} {
		p, err := parse(`{"redaction_rules":[{"name":"` + name + `","pattern":"zz"}]}`)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if p.Rules[0].Placeholder != stem(want) {
			t.Errorf("%s: %s, want the shape of %s", name, p.Rules[0].Placeholder.Format(1), want)
		}
	}
}

func TestResponseRules(t *testing.T) {
	got, err := parse(`{"response_rules":[
		{"name":"off","pattern":"x","enabled":false},
		{"name":"Card Numbers","pattern":"y"},
		{"name":"a.b","pattern":"a.b","literal":true,"case_sensitive":true,"replacement":"[SAME]"}],
		"unmask_for_user":true,"redaction_rules":[{"name":"r","pattern":"z","replacement":"[SAME]"}]}`)
	want := with(policy.Policy{
		Name: "from-file", Source: "policy.json",
		Rules: []policy.Rule{{Name: "r", Pattern: "z", Placeholder: stem("[SAME]"), Unmask: true}},
		ResponseRules: []policy.Rule{
			{Name: "Card Numbers", Pattern: "y", Placeholder: stem("[REDACTED_CARD_NUMBERS]")},
			{Name: "a.b", Pattern: "a.b", Literal: true, CaseSensitive: true, Placeholder: stem("[SAME]")},
		},
	})
	if err != nil || !same(got, want) {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
	}
	got, err = parse(`{"redaction_rules":[{"name":"r","pattern":"z"}],"response_rules":[]}`)
	if err != nil || len(got.ResponseRules) != 0 {
		t.Errorf("got  %+v, %v", got, err)
	}
}

func TestDisabledRulesAreLeftOut(t *testing.T) {
	p, err := parse(`{"redaction_rules":[{"name":"a","pattern":"x","enabled":false},{"name":"b","pattern":"y"},{"name":"c","pattern":"z","enabled":true}]}`)
	if err != nil || len(p.Rules) != 2 || p.Rules[0].Name != "b" || p.Rules[1].Name != "c" {
		t.Errorf("%+v, %v", p, err)
	}
}

// canary stands in for the pattern in every refusal: a pattern may be the
// password that it looks for.
const canary = "canary7d1f"

func TestRefusals(t *testing.T) {
	const (
		noRule    = "policy.json: field redaction_rules: holds no enabled rule, so nothing would be masked; enable or add a rule, name some \"packs\", or take redact-request out of the configuration"
		ofRule    = `policy.json: rule "r": field redaction_rules[0].`
		syntax    = `; see https://github.com/google/re2/wiki/Syntax, or set "literal": true for plain text`
		ofAnswer  = `policy.json: rule "r": field response_rules[0].`
		noPattern = `write what to look for, or name a "detector"`
		noUnmask  = "unmask_for_user: does not apply to response rules, whose findings are never given back; remove it"
		lookBack  = `looks behind at its end; put it at the very beginning ((?<=…), (?<!…)) or end ((?=…), (?!…)) of the pattern, or set "engine": "backtracking"`
	)
	rule := func(fields string) string {
		return `{"redaction_rules":[{"name":"r","pattern":"` + canary + `",` + fields + `}]}`
	}
	answer := func(rules string) string {
		return `{"redaction_rules":[{"name":"first","pattern":"f"}],"response_rules":` + rules + `}`
	}
	pattern := func(p string) string {
		return fmt.Sprintf(`{"redaction_rules":[{"name":"r","pattern":%q}]}`, canary+p)
	}
	long := strings.Repeat("R", 129)
	for _, tt := range []struct{ name, text, want string }{
		{"no rules", `{}`, noRule},
		{"empty rules", `{"redaction_rules":[]}`, noRule},
		{"all disabled", rule(`"enabled":false`), noRule},
		{"rules are no list", `{"redaction_rules":{}}`, "policy.json: field redaction_rules: must be a list of objects; write [ { … }, { … } ]"},
		{"null rules", `{"redaction_rules":null}`, "policy.json: field redaction_rules: must be a list of objects; write [ { … }, { … } ]"},
		{"a rule is no object", `{"redaction_rules":["` + canary + `"]}`, "policy.json: field redaction_rules[0]: must be an object; write { … }"},
		{"unknown field", `{"rules":[]}`, "policy.json: field rules: is unknown; known fields are alerts, allow, deny_terms, hash_key_env, hash_key_file, mode, name, packs, redaction_rules, response_rules, unmask_for_user, version"},
		{"wrong name", `{"name":5}`, "policy.json: field name: must be a string; put the value in quotes"},
		{"wrong version", `{"version":1.0}`, "policy.json: field version: must be a string; put the value in quotes"},
		{"wrong unmask", `{"unmask_for_user":"yes"}`, "policy.json: field unmask_for_user: must be true or false; write true or false, without quotes"},
		{"trailing text", rule(`"literal":true`) + "x", "policy.json: text follows the closing brace; remove it"},

		{"rule without a name", `{"redaction_rules":[{"pattern":"` + canary + `"}]}`, "policy.json: field redaction_rules[0].name: is missing; name the rule; logs and audit speak of it by this name"},
		{"blank name", `{"redaction_rules":[{"name":" \t","pattern":"` + canary + `"}]}`, `policy.json: rule " \t": field redaction_rules[0].name: is missing; name the rule; logs and audit speak of it by this name`},
		{"name of another type", `{"redaction_rules":[{"name":7,"pattern":"x"}]}`, "policy.json: field redaction_rules[0].name: must be a string; put the value in quotes"},
		{"same name twice", `{"redaction_rules":[{"name":"r","pattern":"x"},{"name":"r","pattern":"` + canary + `"}]}`, `policy.json: rule "r": field redaction_rules[1].name: stands on an earlier rule too; give every rule its own name`},
		{"same name as a disabled rule", `{"redaction_rules":[{"name":"r","pattern":"x","enabled":false},{"name":"r","pattern":"y"}]}`, `policy.json: rule "r": field redaction_rules[1].name: stands on an earlier rule too; give every rule its own name`},
		{"rule with an unknown field", rule(`"patern":"x"`), ofRule + "patern: is unknown; known fields are action, alert, allow, case_sensitive, context, detector, enabled, engine, examples, fields, group, keep_first, keep_last, literal, name, pattern, replacement, severity, unmask_for_user, validator"},
		{"wrong enabled", rule(`"enabled":"true"`), ofRule + "enabled: must be true or false; write true or false, without quotes"},
		{"wrong case_sensitive", rule(`"case_sensitive":null`), ofRule + "case_sensitive: must be true or false; write true or false, without quotes"},
		{"wrong literal", rule(`"literal":1`), ofRule + "literal: must be true or false; write true or false, without quotes"},
		{"wrong unmask of a rule", rule(`"unmask_for_user":[]`), ofRule + "unmask_for_user: must be true or false; write true or false, without quotes"},
		{"pattern twice", rule(`"pattern":"b"`), "policy.json: field redaction_rules[0].pattern: stands twice; keep one of them"},

		{"no pattern", `{"redaction_rules":[{"name":"r"}]}`, ofRule + "pattern: is missing; " + noPattern},
		{"empty pattern", `{"redaction_rules":[{"name":"r","pattern":""}]}`, ofRule + "pattern: is missing; " + noPattern},
		{"pattern of another type", `{"redaction_rules":[{"name":"r","pattern":4111111111111111}]}`, ofRule + "pattern: must be a string; put the value in quotes"},
		{"group", pattern("(x"), ofRule + "pattern: is not a valid regular expression: missing closing )" + syntax},
		{"class", pattern("[z-a]"), ofRule + "pattern: is not a valid regular expression: invalid character class range" + syntax},
		{"repeat", pattern("**"), ofRule + "pattern: is not a valid regular expression: invalid nested repetition operator" + syntax},
		{"count", pattern("{2000}"), ofRule + "pattern: is not a valid regular expression: invalid repeat count" + syntax},
		{"escape", pattern(`\y`), ofRule + "pattern: is not a valid regular expression: invalid escape sequence" + syntax},
		{"back reference", pattern(`(x)\1`), ofRule + "pattern: is not a valid regular expression: invalid escape sequence" + syntax},
		{"trailing backslash", pattern(`\`), ofRule + `pattern: is not a valid regular expression: trailing backslash at end of expression` + syntax},
		{"too large", pattern("((x{100}){100}){100}"), ofRule + "pattern: is not a valid regular expression: invalid repeat count" + syntax},
		{"too deep", pattern(strings.Repeat("(", 1001) + strings.Repeat(")", 1001)), ofRule + "pattern: is not a valid regular expression: expression nests too deeply" + syntax},
		{"look behind at the end", pattern("(?<=x)"), ofRule + "pattern: " + lookBack},
		{"negative look behind at the end", pattern("(?<!x)"), ofRule + "pattern: " + lookBack},

		{"empty replacement", rule(`"replacement":""`), ofRule + `replacement: is empty; write a placeholder such as "[REDACTED_EMAIL]", or leave the field out for one made from the rule's name`},
		{"long replacement", rule(`"replacement":"` + long + `"`), ofRule + "replacement: is longer than 128 bytes; shorten it"},
		{"line break in the replacement", rule(`"replacement":"[A\n]"`), ofRule + "replacement: holds control characters; use printable text"},
		{"DEL in the replacement", rule(`"replacement":"[A\u007f]"`), ofRule + "replacement: holds control characters; use printable text"},
		{"replacement that begins with a digit", rule(`"replacement":"0000"`), ofRule + "replacement: begins with a digit, which would read as the number of a placeholder before it; begin it with a bracket or a letter"},
		{"null replacement", rule(`"replacement":null`), ofRule + "replacement: must be a string; put the value in quotes"},

		{"disabled rule with a broken pattern", `{"redaction_rules":[{"name":"r","pattern":"` + canary + `(","enabled":false},{"name":"s","pattern":"x"}]}`, ofRule + "pattern: is not a valid regular expression: missing closing )" + syntax},
		{"disabled rule with a broken field", `{"redaction_rules":[{"name":"r","pattern":"x","enabled":false,"literal":0},{"name":"s","pattern":"x"}]}`, ofRule + "literal: must be true or false; write true or false, without quotes"},
		{"response rules alone", `{"response_rules":[{"name":"r","pattern":"` + canary + `"}]}`, noRule},
		{"response rules are no list", answer(`{}`), "policy.json: field response_rules: must be a list of objects; write [ { … }, { … } ]"},
		{"null response rules", answer(`null`), "policy.json: field response_rules: must be a list of objects; write [ { … }, { … } ]"},
		{"response rule without a name", answer(`[{"pattern":"` + canary + `"}]`), "policy.json: field response_rules[0].name: is missing; name the rule; logs and audit speak of it by this name"},
		{"response rule with an unknown field", answer(`[{"name":"r","pattern":"x","patern":"x"}]`), ofAnswer + "patern: is unknown; known fields are action, alert, allow, case_sensitive, context, detector, enabled, engine, examples, fields, group, keep_first, keep_last, literal, name, pattern, replacement, severity, unmask_for_user, validator"},
		{"response rule with a broken pattern", answer(`[{"name":"r","pattern":"` + canary + `("}]`), ofAnswer + "pattern: is not a valid regular expression: missing closing )" + syntax},
		{"disabled response rule with a broken pattern", answer(`[{"name":"r","pattern":"` + canary + `(","enabled":false}]`), ofAnswer + "pattern: is not a valid regular expression: missing closing )" + syntax},
		{"response rule with an empty replacement", answer(`[{"name":"r","pattern":"x","replacement":""}]`), ofAnswer + `replacement: is empty; write a placeholder such as "[REDACTED_EMAIL]", or leave the field out for one made from the rule's name`},
		{"response rule that unmasks", answer(`[{"name":"r","pattern":"x","unmask_for_user":true}]`), ofAnswer + noUnmask},
		{"response rule that does not unmask", answer(`[{"name":"r","pattern":"x","unmask_for_user":false}]`), ofAnswer + noUnmask},
		{"disabled response rule that unmasks", answer(`[{"name":"r","pattern":"x","enabled":false,"unmask_for_user":true}]`), ofAnswer + noUnmask},
		{"same name twice among response rules", answer(`[{"name":"r","pattern":"x"},{"name":"r","pattern":"` + canary + `"}]`), `policy.json: rule "r": field response_rules[1].name: stands on an earlier rule too; give every rule its own name`},
		{"same name in both lists", answer(`[{"name":"first","pattern":"` + canary + `"}]`), `policy.json: rule "first": field response_rules[0].name: stands on an earlier rule too; give every rule its own name`},
		{"same name in both lists, response rules first", `{"response_rules":[{"name":"r","pattern":"x"}],"redaction_rules":[{"name":"r","pattern":"y"}]}`, `policy.json: rule "r": field response_rules[0].name: stands on an earlier rule too; give every rule its own name`},

		{"first of two mistakes", `{"redaction_rules":[{"name":"r","pattern":"("},{"name":"s"}],"zzz":1}`, ofRule + "pattern: is not a valid regular expression: missing closing )" + syntax},
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

func TestWhatIsStillTaken(t *testing.T) {
	for name, fields := range map[string]string{
		"literal that is no expression": `"pattern":"a(?=b[","literal":true`,
		"named group":                   `"pattern":"(?P<year>x)"`,
		"Unicode class":                 `"pattern":"\\p{Greek}+"`,
		"longest replacement":           `"pattern":"x","replacement":"` + strings.Repeat("é", 64) + `"`,
		"a digit behind a bracket":      `"pattern":"x","replacement":"[0]"`,
	} {
		if _, err := parse(`{"redaction_rules":[{"name":"r",` + fields + `}]}`); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAFileNamesThePolicy(t *testing.T) {
	file := filepath.Join(t.TempDir(), "my.policy.json")
	if err := os.WriteFile(file, []byte("\xef\xbb\xbf"+`{"redaction_rules":[{"name":"r","pattern":"x"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := policy.Load(file)
	if err != nil || p.Name != "my.policy" || p.Source != file {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestLoadSaysWhyAFileCannotBeRead(t *testing.T) {
	const remedy = "; check the path (relative paths start at KrakenD's working folder) and its permissions"
	dir := t.TempDir()
	for file, reason := range map[string]string{
		filepath.Join(dir, "absent.json"): "no such file",
		dir:                               "not a readable file",
	} {
		if _, err := policy.Load(file); err == nil || err.Error() != file+": cannot be read: "+reason+remedy {
			t.Errorf("%v", err)
		}
	}
	if os.Getuid() == 0 {
		t.Log("permissions do not bind root: \"permission denied\" is not tested")
		return
	}
	locked := filepath.Join(dir, "locked.json")
	if err := os.WriteFile(locked, nil, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := policy.Load(locked); err == nil || err.Error() != locked+": cannot be read: permission denied"+remedy {
		t.Errorf("%v", err)
	}
}

func FuzzParse(f *testing.F) {
	text, err := os.ReadFile(seed)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	f.Add(`{"redaction_rules":[{"name":"a","pattern":"(?=x)"}]}`)
	f.Add(`{"redaction_rules":[{"name":"a","pattern":"x"}],"response_rules":[{"name":"b","pattern":"y","replacement":"{A}"}]}`)
	f.Add(`{"redaction_rules":[{"name":"a","pattern":"\\Qx","replacement":"]"}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parse(text)
		if err != nil {
			return
		}
		if len(p.Rules) == 0 {
			t.Error("no rules and no mistake")
		}
		// What Parse takes compiles, or is refused with a reason.
		if _, err := detect.Compile(p); err != nil && !strings.HasPrefix(err.Error(), "policy.json: rule ") {
			t.Error(err)
		}
		if _, err := detect.CompileResponse(p); err != nil && !strings.HasPrefix(err.Error(), "policy.json: rule ") {
			t.Error(err)
		}
		for _, r := range p.ResponseRules {
			if r.Unmask {
				t.Error("a response rule unmasks")
			}
		}
	})
}
