package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/policy"
)

const migrateInput = "testdata/migrate/input/"

func TestMigrate(t *testing.T) {
	for _, tc := range []struct {
		file string
		code int
	}{
		{"krakend.json", exitFine},
		{"presidio.yaml", exitFindings},
		{"gitleaks.toml", exitFindings},
		{"litellm.yaml", exitFindings},
		{"kong.yaml", exitFindings},
		{"bedrock.json", exitFindings},
	} {
		source := strings.TrimSuffix(tc.file, filepath.Ext(tc.file))
		got := run(t, "", "migrate", source, migrateInput+tc.file)
		if got.code != tc.code {
			t.Errorf("%s: exit code %d", tc.file, got.code)
		}
		golden(t, "migrate/"+source, got.out)
		golden(t, "migrate/"+source+"_errors", got.errOut)
		asJSON := run(t, "", "migrate", source, migrateInput+tc.file, "--output", "json", "--accept-loss")
		if asJSON.code != exitFine || asJSON.errOut != "" {
			t.Errorf("%s: with JSON, exit code %d, stderr %q", tc.file, asJSON.code, asJSON.errOut)
		}
		golden(t, "migrate/"+source+"_json", asJSON.out)
		if source == "krakend" {
			continue
		}
		// What was written loads.
		written := filepath.Join(t.TempDir(), "policy.json")
		again := run(t, "", "migrate", source, migrateInput+tc.file, "--write", written, "--accept-loss")
		if p, err := policy.Load(written); err != nil || again.code != exitFine || again.out != "" || len(p.Rules) == 0 {
			t.Errorf("%s: exit code %d, %v", tc.file, again.code, err)
		}
	}
}

func TestMigrateKrakenDBack(t *testing.T) {
	dir := t.TempDir()
	there, back := filepath.Join(dir, "there.json"), filepath.Join(dir, "back.json")
	for _, args := range [][]string{
		{"migrate", "krakend", migrateInput + "krakend.json", "--write", there},
		{"migrate", "krakend", there, "--reverse", "--write", back},
	} {
		if got := run(t, "", args...); got.code != exitFine {
			t.Fatalf("%v: exit code %d, stderr %q", args, got.code, got.errOut)
		}
	}
	text, err := os.ReadFile(back)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "migrate/krakend_back", string(text))
}

func TestMigrateExitCodes(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		args   []string
		code   int
		errOut string
	}{
		{[]string{}, exitFine, ""},
		{[]string{"nonsense"}, exitUsage, `unknown command "nonsense"`},
		{[]string{"kong"}, exitUsage, "accepts 1 arg"},
		{[]string{"kong", "missing"}, exitUsage, "no such file"},
		{[]string{"presidio", empty}, exitFindings, "has no list of recognizers"},
		{[]string{"gitleaks", migrateInput + "kong.yaml"}, exitFindings, "is not valid TOML"},
		{[]string{"litellm", empty}, exitFindings, "has neither guardrails"},
		{[]string{"kong", empty}, exitFindings, "has no plugin ai-sanitizer"},
		{[]string{"bedrock", empty}, exitFindings, "has neither sensitiveInformationPolicyConfig"},
		{[]string{"bedrock", migrateInput + "kong.yaml"}, exitFindings, "is not valid JSON"},
		{[]string{"krakend", migrateInput + "kong.yaml"}, exitFindings, "is not valid JSON"},
		{[]string{"krakend", empty}, exitFine, ""},
		{[]string{"kong", migrateInput + "kong.yaml", "--write", "/nowhere/policy.json"}, exitFindings, "no such file"},
	} {
		got := run(t, "", append([]string{"migrate"}, tc.args...)...)
		if got.code != tc.code || !strings.Contains(got.errOut, tc.errOut) || (tc.errOut == "") != (got.errOut == "") {
			t.Errorf("%v: exit code %d, stderr %q", tc.args, got.code, got.errOut)
		}
	}
	var report struct{ Config string }
	if got := run(t, "", "migrate", "krakend", empty, "--output", "json"); json.Unmarshal([]byte(got.out), &report) != nil || report.Config != "{}" {
		t.Errorf("JSON of a configuration: %s", got.out)
	}
}
