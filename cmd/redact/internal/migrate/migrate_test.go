package migrate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/krakend-redact/krakend-redact/internal/detector"
	"github.com/tailscale/hujson"
	"gopkg.in/yaml.v3"
)

const input = "../cli/testdata/migrate/input"

// TestNothingIsDroppedSilently takes away and changes every value of a source: the
// result or one of its lists must show it.
func TestNothingIsDroppedSilently(t *testing.T) {
	toTOML := func(v any) ([]byte, error) {
		var b bytes.Buffer
		err := toml.NewEncoder(&b).Encode(v)
		return b.Bytes(), err
	}
	fromTOML := func(text []byte, v any) error { return toml.Unmarshal(text, v) }
	for _, tc := range []struct {
		file   string
		source Source
		read   func([]byte, any) error
		write  func(any) ([]byte, error)
	}{
		{"presidio.yaml", Presidio, yaml.Unmarshal, yaml.Marshal},
		{"litellm.yaml", LiteLLM, yaml.Unmarshal, yaml.Marshal},
		{"kong.yaml", Kong, yaml.Unmarshal, yaml.Marshal},
		{"bedrock.json", Bedrock, json.Unmarshal, json.Marshal},
		{"gitleaks.toml", Gitleaks, fromTOML, toTOML},
	} {
		text, err := os.ReadFile(input + "/" + tc.file)
		if err != nil {
			t.Fatal(err)
		}
		var root any
		if tc.file == "gitleaks.toml" {
			m := map[string]any{}
			err = tc.read(text, &m)
			root = m
		} else {
			err = tc.read(text, &root)
		}
		if err != nil {
			t.Fatal(err)
		}
		var listed []Item
		result := func() string {
			text, err := tc.write(root)
			if err != nil {
				t.Fatal(err)
			}
			r, err := tc.source(text, input)
			if listed == nil && r != nil {
				listed = slices.Concat(r.Lost, r.Ignored)
			}
			told, jsonErr := json.Marshal([]any{r, fmt.Sprint(err)})
			if jsonErr != nil {
				t.Fatal(jsonErr)
			}
			return string(told)
		}
		whole := result()
		values := 0
		eachScalar(root, "", func(path string, set func(v any), remove func()) {
			values++
			inList := func(i Item) bool {
				return strings.HasPrefix(path+".", "."+i.Path+".") || strings.HasPrefix(path, "."+i.Path+"[")
			}
			if slices.ContainsFunc(listed, inList) {
				return
			}
			set("zzz")
			changed := result()
			remove()
			if removed := result(); changed == whole && removed == whole {
				t.Errorf("%s: %s makes no difference and stands in no list", tc.file, path)
			}
		})
		if values < 15 || result() != whole {
			t.Errorf("%s: %d values", tc.file, values)
		}
	}
}

// eachScalar visits every scalar of a document, whose visitor may set and remove it.
// Afterwards the document is as it was.
func eachScalar(v any, path string, visit func(path string, set func(any), remove func())) {
	one := func(path string, value any, set func(any), remove func()) {
		switch value.(type) {
		case map[string]any, []any, []map[string]any:
			eachScalar(value, path, visit)
		default:
			visit(path, set, remove)
			set(value)
		}
	}
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			one(path+"."+key, v[key], func(value any) { v[key] = value }, func() { delete(v, key) })
		}
	case []any:
		for i := range v {
			// A list cannot be made shorter in place.
			one(fmt.Sprintf("%s[%d]", path, i), v[i], func(value any) { v[i] = value }, func() { v[i] = "yyy" })
		}
	case []map[string]any:
		for i := range v {
			eachScalar(v[i], fmt.Sprintf("%s[%d]", path, i), visit)
		}
	}
}

func TestTablesNameDetectors(t *testing.T) {
	for _, table := range []map[string]entity{presidioEntities, bedrockTypes, kongCategories} {
		for name, e := range table {
			if len(e.detectors) == 0 && e.reason == "" {
				t.Errorf("%s becomes nothing", name)
			}
			for _, d := range e.detectors {
				if _, ok := detector.Lookup(d); !ok {
					t.Errorf("%s: no detector %s", name, d)
				}
			}
		}
	}
	for name, entity := range presidioRecognizers {
		if _, ok := presidioEntities[entity]; !ok {
			t.Errorf("%s: no entity %s", name, entity)
		}
	}
}

func TestPolicies(t *testing.T) {
	for _, tc := range []struct {
		name   string
		source Source
		text   string
		want   []string // in the policy
		lost   []string // paths
	}{
		{"flags", Presidio, `{recognizers: [{name: a, supported_entity: A, patterns: [{name: x, regex: '^a[.$]\.b$', score: 1}]}]}`, []string{`"(?m)^a[.$]\\.b$"`}, []string{"recognizers[0].patterns[0].score"}},
		{"registry", Presidio, `{recognizer_registry: {recognizers: [EmailRecognizer, DateRecognizer]}}`, []string{`"email"`, `"date_of_birth"`}, []string{"recognizer_registry.recognizers[1]"}},
		{"group that may be missing", Gitleaks, "[[rules]]\nid='a'\nregex='''key(?:-(x{9}))?y'''\n", []string{`key(?:-(x{9}))?y`}, nil},
		{"condition", Gitleaks, "[[rules]]\nid='a'\nregex='''k{9}'''\n[[rules.allowlists]]\ncondition='AND'\nregexes=['b']\nstopwords=['c']\n", []string{"k{9}"}, []string{"rules[0].allowlists[0].condition", "rules[0].allowlists[0].regexes[0]", "rules[0].allowlists[0].stopwords[0]"}},
		{"global of one rule", Gitleaks, "[[rules]]\nid='a'\nregex='''k{9}'''\n[[allowlists]]\ntargetRules=['a']\nregexes=['bb']\n", []string{`(?s:.*)(?:bb)(?s:.*)`}, nil},
		{"own placeholder", Gitleaks, "[[rules]]\nid='a'\nregex='''[A-Z_\\[\\]0-9]+'''\n[[rules]]\nid='b'\nregex='''k{9}'''\n", []string{"k{9}"}, []string{"rules[0]"}},
		{"everything", Kong, `{name: ai-sanitizer, config: {block_if_detected: true}}`, []string{`"email"`, `"generic_secret"`, `"action": "block"`}, []string{"config.anonymize[0]"}},
		{"everything in answers", Kong, `{plugins: [{name: ai-sanitizer, config: {anonymize: [all], sanitization_mode: OUTPUT}}]}`, []string{`"packs"`, `"response_rules"`, `"email in answers"`}, []string{"plugins[0].config.anonymize[0]", "plugins[0].config.sanitization_mode"}},
		{"custom that is off", Kong, `{name: ai-sanitizer, config: {anonymize: [email], custom_patterns: [{name: a, regex: b, score: 1}]}}`, []string{`"email"`}, []string{"config.custom_patterns[0]", "config.custom_patterns[0].score"}},
		{"the stricter action", LiteLLM, `{guardrails: [{litellm_params: {guardrail: presidio, pii_entities_config: {US_SSN: BLOCK}}}, {litellm_params: {guardrail: presidio, pii_entities_config: {US_SSN: MASK}}}]}`, []string{`"action": "block"`}, nil},
		{"callback", LiteLLM, `{litellm_settings: {callbacks: [presidio], output_parse_pii: true}}`, []string{`"pii"`, `"unmask_for_user": true`}, []string{"litellm_settings.callbacks[0]"}},
		{"CloudFormation", Bedrock, `{"Resources":{"G":{"Type":"AWS::Bedrock::Guardrail","Properties":{"SensitiveInformationPolicyConfig":{"PiiEntitiesConfig":[{"Type":"EMAIL","Action":"BLOCK"}]}}}}}`, []string{`"email"`, `"block"`}, nil},
		{"GetGuardrail", Bedrock, `{"sensitiveInformationPolicy":{"piiEntities":[{"type":"EMAIL","action":"ANONYMIZE"}],"regexes":[{"name":"a","pattern":"a{9}","action":"NONE"}]}}`, []string{`"alert"`, `"email in answers"`}, nil},
	} {
		r, err := tc.source([]byte(tc.text), "")
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		for _, want := range tc.want {
			if !strings.Contains(string(r.Text), want) {
				t.Errorf("%s: no %s in %s", tc.name, want, r.Text)
			}
		}
		var lost []string
		for _, item := range r.Lost {
			lost = append(lost, item.Path)
		}
		slices.Sort(lost)
		if !reflect.DeepEqual(slices.Compact(lost), tc.lost) && !(len(lost) == 0 && len(tc.lost) == 0) {
			t.Errorf("%s: lost %q, want %q", tc.name, r.Lost, tc.lost)
		}
	}
	if r, err := Presidio([]byte(`{recognizers: [SpacyRecognizer]}`), ""); err == nil || len(r.Lost) != 1 {
		t.Errorf("nothing to carry over: %v", err)
	}
}

// TestThereAndBack moves namespaces into plugins and back.
func TestThereAndBack(t *testing.T) {
	blocks := []string{
		"// why\n        \"modifier/request-body-generator\": {\n          \"path\": \"a.tmpl\" // here\n        }",
		"/* two\n           lines */ \"modifier/response-body\" : {\n\n          \"modifiers\": [{\"lower\": {\"field\": \"a\",}}],\n        }",
		`"modifier/body-generator":{"template":"e30="}`,
		"\"modifier/response-body-generator\": {\r\n          \"path\": \"b.tmpl\"\r\n        }",
	}
	rest := []string{"", `"backend/http": {"a": [1, 2]}`, "// alone\n        \"@comment\": \"x\""}
	for mask := 1; mask < 1<<len(blocks); mask++ {
		for _, before := range rest {
			for _, after := range rest[:2] {
				for _, tail := range []string{"", ","} {
					var members []string
					if before != "" {
						members = append(members, before)
					}
					for i, block := range blocks {
						if mask&(1<<i) != 0 {
							members = append(members, block)
						}
					}
					if after != "" {
						members = append(members, after)
					}
					for _, join := range []string{"\n        ", " "} {
						text := "{\n  \"backend\": [\n    { // b\n      \"extra_config\": {" + join + strings.Join(members, ","+join) + tail + strings.Replace(join, "        ", "      ", 1) + "}\n    }\n  ]\n}\n"
						checkThereAndBack(t, text)
					}
				}
			}
		}
	}
}

func checkThereAndBack(t *testing.T, text string) {
	t.Helper()
	there, err := ToPlugins([]byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if len(there.Lost) > 0 || !bytes.Contains(there.Text, []byte(plugin)) {
		t.Fatalf("%v\n%s", there.Lost, there.Text)
	}
	root, err := hujson.Parse(there.Text)
	if err != nil {
		t.Fatal(err)
	}
	eachExtra(&root, "", func(_ string, extra *hujson.Object) bool {
		for _, m := range extra.Members {
			if isEnterprise(nameOf(&m)) {
				t.Fatalf("%s is left over:\n%s", nameOf(&m), there.Text)
			}
		}
		return false
	})
	back, err := ToEnterprise(there.Text)
	if err != nil {
		t.Fatal(err)
	}
	if string(back.Text) != text {
		t.Fatalf("%q\nthere %q\nback %q", text, there.Text, back.Text)
	}
}

// TestContentReplacerStaysAPlugin on the way back: it is one in the Enterprise
// edition, too, which would ignore it as a namespace and mask nothing.
func TestContentReplacerStaysAPlugin(t *testing.T) {
	const text = `{"extra_config":{"plugin/req-resp-modifier":{"name":["content-replacer"],"content-replacer":{"a":{"find":"x","replace":"y"}}}}}`
	r, err := ToEnterprise([]byte(text))
	if err != nil || len(r.Lost) != 0 || string(r.Text) != text {
		t.Errorf("%v %v\n%s", r.Lost, err, r.Text)
	}
	r, err = ToEnterprise([]byte(strings.Replace(text, `"],`, `","modifier/body-generator"],"modifier/body-generator":{},`, 1)))
	if want := strings.Replace(text, `"plugin/`, `"modifier/body-generator":{},"plugin/`, 1); err != nil || len(r.Lost) != 0 || !sameJSON(t, r.Text, []byte(want)) {
		t.Errorf("%v %v\n%s", r.Lost, err, r.Text)
	}
}

func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var left, right any
	if err := json.Unmarshal(a, &left); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &right); err != nil {
		t.Fatal(err)
	}
	return reflect.DeepEqual(left, right)
}

// TestWhatOnlyEnterpriseHasIsListed: the free edition would leave an endpoint open
// that was guarded.
func TestWhatOnlyEnterpriseHasIsListed(t *testing.T) {
	const text = `{"extra_config":{"auth/api-keys":{}},"endpoints":[{"extra_config":{"security/policies":{},"qos/ratelimit/router":{},"modifier/body-generator":{}}}]}`
	r, err := ToPlugins([]byte(text))
	var lost []string
	for _, item := range r.Lost {
		lost = append(lost, item.Path)
	}
	if want := []string{"extra_config.auth/api-keys", "endpoints[0].extra_config.security/policies"}; err != nil || !reflect.DeepEqual(lost, want) || !bytes.Contains(r.Text, []byte(plugin)) {
		t.Errorf("%v %v\n%s", r.Lost, err, r.Text)
	}
}

func TestKrakenDThatCannotBeMoved(t *testing.T) {
	for _, tc := range []struct{ text, path string }{
		{`{"extra_config":{"plugin/req-resp-modifier":{"name":"x"},"content-replacer":{}}}`, "extra_config.plugin/req-resp-modifier"},
		{`{"extra_config":{"plugin/req-resp-modifier":{"name":["content-replacer"],"content-replacer":{"a":{}}},"content-replacer":{}}}`, "extra_config.content-replacer"},
	} {
		r, err := ToPlugins([]byte(tc.text))
		if err != nil || len(r.Lost) != 1 || r.Lost[0].Path != tc.path || string(r.Text) != tc.text {
			t.Errorf("%s: %v %v\n%s", tc.text, r.Lost, err, r.Text)
		}
	}
}
