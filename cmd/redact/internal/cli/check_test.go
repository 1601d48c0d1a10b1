package cli

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/check"
)

func TestCheckOutputs(t *testing.T) {
	for _, tc := range []struct {
		golden string
		args   []string
	}{
		{"check.txt", nil},
		{"check-colours.txt", []string{"--color", "always"}},
		{"check.json", []string{"--output", "json"}},
		{"check.sarif", []string{"--output", "sarif"}},
		{"check.junit.xml", []string{"--output", "junit"}},
		{"check-strict.junit.xml", []string{"--output", "junit", "--strict"}},
	} {
		got := run(t, "", append([]string{"check", "testdata/check", "--folder", "testdata/check"}, tc.args...)...)
		if got.code != exitFindings || got.errOut != "" {
			t.Errorf("%s: exit code %d, stderr %q", tc.golden, got.code, got.errOut)
		}
		golden(t, tc.golden, got.out)
	}
}

// TestSARIFIsValid by the official schema.
func TestSARIFIsValid(t *testing.T) {
	for _, file := range []string{"testdata/check", "testdata/check/plugins", "absent.json"} {
		got := run(t, "", "check", file, "--output", "sarif")
		report, err := sarif.FromString(got.out)
		if err != nil {
			t.Fatal(err)
		}
		if err := report.Validate(); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if err := new(sarif.Report).Validate(); err == nil {
			t.Error("the schema takes everything")
		}
	}
}

func TestJUnitIsWellFormed(t *testing.T) {
	for _, file := range []string{"testdata/check", "testdata/check/plugins"} {
		got := run(t, "", "check", file, "--output", "junit")
		dec := xml.NewDecoder(strings.NewReader(got.out))
		elements := 0
		for {
			token, err := dec.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			if _, ok := token.(xml.StartElement); ok {
				elements++
			}
		}
		if elements == 0 {
			t.Errorf("%s: nothing", file)
		}
	}
}

func TestCheckExitCodes(t *testing.T) {
	warned := "testdata/warned.json"
	for _, tc := range []struct {
		args []string
		code int
	}{
		{[]string{"testdata/check/policy.json"}, exitFindings},
		{[]string{warned}, exitFine},
		{[]string{warned, "--strict"}, exitFindings},
		{[]string{"absent.json"}, exitFindings},
		{nil, exitUsage},
		{[]string{warned, "--path", "x"}, exitUsage},
		{[]string{warned, warned, "--rendered", "x"}, exitUsage},
		{[]string{"testdata", "--rendered", "x"}, exitUsage},
		{[]string{warned, "--output", "xml"}, exitUsage},
	} {
		if got := run(t, "", append([]string{"check"}, tc.args...)...); got.code != tc.code {
			t.Errorf("%v: exit code %d, want %d: %s%s", tc.args, got.code, tc.code, got.out, got.errOut)
		}
	}
}

// TestCheckPrintsNothingThatSteersATerminal, such as a rule's name may hold.
func TestCheckPrintsNothingThatSteersATerminal(t *testing.T) {
	file := filepath.Join(t.TempDir(), "policy.json")
	if err := os.WriteFile(file, []byte(`{ "redaction_rules": [{ "name": "\u001b[2J\n", "pattern": "(" }] }`), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := run(t, "", "check", file); strings.Contains(got.out, "\x1b") || strings.Count(got.out, "\n") != 6 {
		t.Errorf("%q", got.out)
	}
}

// TestCheckUsesTheFoldersOfFlexibleConfiguration, named by flags or, as for
// KrakenD itself, by the environment.
func TestCheckUsesTheFoldersOfFlexibleConfiguration(t *testing.T) {
	krakend := filepath.Join("..", "..", "..", "..", "krakend")
	t.Setenv("LLM_API_KEY", "none")
	args := []string{"check", filepath.Join(krakend, "scenarios", "isolated-auth.json"), "--folder", filepath.Dir(krakend)}
	if got := run(t, "", args...); got.code != exitFindings || !strings.Contains(got.out, "KR004") {
		t.Errorf("without folders: exit code %d: %s", got.code, got.out)
	}
	flags := []string{"--settings", krakend + "/settings", "--partials", krakend + "/partials", "--templates", krakend + "/templates"}
	if got := run(t, "", append(args, flags...)...); got.code != exitFine {
		t.Errorf("with flags: exit code %d: %s", got.code, got.out)
	}
	t.Setenv("FC_SETTINGS", krakend+"/settings")
	t.Setenv("FC_PARTIALS", krakend+"/partials")
	t.Setenv("FC_TEMPLATES", krakend+"/templates")
	if got := run(t, "", args...); got.code != exitFine {
		t.Errorf("with the environment: exit code %d: %s", got.code, got.out)
	}
}

func TestExplain(t *testing.T) {
	code, _ := check.Lookup("KR047")
	if got := run(t, "", "explain", "kr047"); got.code != exitFine || got.out != code.Page() {
		t.Errorf("exit code %d: %s", got.code, got.out)
	}
	var answer explanation
	got := run(t, "", "explain", "KR047", "--output", "json")
	if err := json.Unmarshal([]byte(got.out), &answer); err != nil || answer.Code != "KR047" || answer.Page != code.Page() {
		t.Errorf("%v: %s", err, got.out)
	}
	if got := run(t, "", "explain", "KR000"); got.code != exitUsage {
		t.Errorf("exit code %d: %s", got.code, got.out)
	}
	if got := run(t, "", "__complete", "explain", ""); !strings.Contains(got.out, "KR047\t") {
		t.Errorf("completion: %s", got.out)
	}
}
