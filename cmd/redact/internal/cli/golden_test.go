package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const chatBody = `{"model":"gpt-4o","messages":[{"role":"user","content":"note: tall, jane@corp.example"}],"metadata":{"x":"note: tall"},"card":4111111111111111}`

// Every command as text and as JSON. numbers are what differs from run to run.
func TestGolden(t *testing.T) {
	const text = "customer C-123456, jane@corp.example, card 4111 1111 1111 1111\nnot 4111 1111 1111 1112, sample C-654321, info@shop.example\n"
	for _, tc := range []struct {
		name, in string
		args     []string
		code     int
	}{
		{"try", text, []string{"try", "testdata/policy.json"}, exitFine},
		{"try-json", text, []string{"try", "testdata/policy.json", "-", "--output", "json"}, exitFine},
		{"try-color", "", []string{"try", "testdata/policy.json", "to jane@corp.example", "--color", "always"}, exitFine},
		{"try-why", text, []string{"try", "testdata/policy.json", "--why"}, exitFine},
		{"try-why-json", "", []string{"try", "testdata/policy.json", "sample C-654321", "--why", "--output", "json"}, exitFine},
		{"try-nothing", "", []string{"try", "testdata/policy.json", "nothing"}, exitFine},
		{"try-blocked", "", []string{"try", "testdata/policy.json", "the merger of 123456 and\x1b[2J"}, exitFine},
		{"try-profile", chatBody, []string{"try", "testdata/policy.json", "--profile", "openai", "--why"}, exitFine},
		{"try-profile-json", chatBody, []string{"try", "testdata/policy.json", "--profile", "auto", "--output", "json"}, exitFine},
		{"test", "", []string{"test", "testdata/policy.json", "--cases", "testdata/cases.jsonl", "--coverage"}, exitFine},
		{"test-json", "", []string{"test", "testdata/policy.json", "--cases", "testdata/cases.jsonl", "--output", "json"}, exitFine},
		{"test-detectors", "", []string{"test", "testdata/policy.json", "--detectors", "--coverage"}, exitFindings},
		{"test-failing", "", []string{"test", "testdata/failing.json"}, exitFindings},
		{"test-failing-values", "", []string{"test", "testdata/failing.json", "--show-values"}, exitFindings},
		{"test-cases-failing", "", []string{"test", "testdata/policy.json", "--cases", "testdata/failing.jsonl"}, exitFindings},
		{"test-cases-failing-json", "", []string{"test", "testdata/policy.json", "--cases", "testdata/failing.jsonl", "--show-values", "--output", "json"}, exitFindings},
		{"test-junit", "", []string{"test", "testdata/policy.json", "--cases", "testdata/failing.jsonl", "--coverage", "--output", "junit"}, exitFindings},
		{"mask", text, []string{"mask", "testdata/policy.json"}, exitFine},
		{"mask-json", text, []string{"mask", "testdata/policy.json", "--output", "json"}, exitFine},
		{"mask-profile", chatBody, []string{"mask", "testdata/policy.json", "-", "--profile", "openai"}, exitFine},
		{"detectors", "", []string{"detectors", "--pack", "health"}, exitFine},
		{"detectors-names", "", []string{"detectors", "jwt", "us_npi"}, exitFine},
		{"detectors-json", "", []string{"detectors", "us_npi", "--output", "json"}, exitFine},
		{"help-try", "", []string{"try", "--help"}, exitFine},
		{"help-test", "", []string{"test", "--help"}, exitFine},
		{"help-mask", "", []string{"mask", "--help"}, exitFine},
		{"help-unmask", "", []string{"unmask", "--help"}, exitFine},
		{"help-keygen", "", []string{"keygen", "--help"}, exitFine},
		{"help-bench", "", []string{"bench", "--help"}, exitFine},
		{"help-detectors", "", []string{"detectors", "--help"}, exitFine},
		{"help-init", "", []string{"init", "--help"}, exitFine},
		{"help-version", "", []string{"version", "--help"}, exitFine},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := run(t, tc.in, tc.args...)
			if got.code != tc.code || got.errOut != "" {
				t.Errorf("exit code %d, stderr %q", got.code, got.errOut)
			}
			golden(t, tc.name, got.out)
		})
	}
}

// What these print differs from run to run: numbers, or the build.
func TestGoldenButNumbers(t *testing.T) {
	const one = `{"redaction_rules": [{"name": "slow", "pattern": "[ab]*a[ab]{12}c"}]}`
	file := filepath.Join(t.TempDir(), "policy.json")
	if err := os.WriteFile(file, []byte(one), 0o600); err != nil {
		t.Fatal(err)
	}
	numbers := regexp.MustCompile(`\d+(\.\d+)?(e-?\d+)?`)
	for name, args := range map[string][]string{
		"bench":        {"bench", file, "--time", "1ms"},
		"bench-json":   {"bench", file, "some text", "--time", "1ms", "--output", "json"},
		"version":      {"version"},
		"version-json": {"version", "--output", "json"},
	} {
		got := run(t, "", args...)
		if got.code != exitFine || got.errOut != "" {
			t.Errorf("%s: exit code %d, stderr %q", name, got.code, got.errOut)
		}
		out := strings.ReplaceAll(got.out, file, "policy.json")
		out = regexp.MustCompile(` +`).ReplaceAllString(numbers.ReplaceAllString(out, "N"), " ")
		out = regexp.MustCompile(`(go)N\S*?([,"])|linux/\w+|darwin/\w+|\(commit \w+.*?\)|"(commit|modified)": .*\n`).ReplaceAllString(out, "$1$2")
		golden(t, name, out)
	}
}

func TestInit(t *testing.T) {
	for name, args := range map[string][]string{
		"init":      {"--provider", "anthropic", "--packs", "pii,secrets", "--unmask=false", "--yes", "--color", "always"},
		"init-json": {"--output", "json", "--jwk-url", "https://id.example/jwks.json", "--issuer", "https://id.example", "--audience", "llm"},
	} {
		dir := t.TempDir()
		got := run(t, "", append([]string{"init", "--dir", dir}, args...)...)
		if got.code != exitFine || got.errOut != "" {
			t.Errorf("exit code %d, stderr %q", got.code, got.errOut)
		}
		golden(t, name, strings.ReplaceAll(got.out, dir, "DIR"))
		for _, file := range []string{"policies/llm.json", "templates/llm_backend.tmpl", "krakend.json", "docker-compose.yml"} {
			text, err := os.ReadFile(filepath.Join(dir, file))
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name+"-"+strings.ReplaceAll(file, "/", "-"), string(text))
		}
		got = run(t, "", append([]string{"init", "--dir", dir}, args...)...)
		if got.code != exitFindings || !strings.Contains(got.errOut, "--force") {
			t.Errorf("a second time: exit code %d, stderr %q", got.code, got.errOut)
		}
		if got = run(t, "", append([]string{"init", "--force", "--dir", dir}, args...)...); got.code != exitFine {
			t.Errorf("with --force: exit code %d, stderr %q", got.code, got.errOut)
		}
	}
}

func TestMaskAndUnmask(t *testing.T) {
	dir := t.TempDir()
	key, vault := filepath.Join(dir, "key"), filepath.Join(dir, "vault")
	ok := func(in string, args ...string) string {
		t.Helper()
		got := run(t, in, args...)
		if got.code != exitFine || got.errOut != "" {
			t.Fatalf("%v: exit code %d, stderr %q", args, got.code, got.errOut)
		}
		return got.out
	}
	ok("", "keygen", key)
	flags := []string{"--vault", vault, "--key-file", key, "--force"}
	at := flags[:4]
	for _, text := range []string{
		"to jane@corp.example, Blue Heron\r\n\xff", `{"to":"jane@corp.example", "n":[1.50,{"text":"Blue Heron \"!\" "}]}`, "",
		strings.Repeat("jane@corp.example and joe@corp.example\n", 5000),
	} {
		masked := ok(text, append([]string{"mask", "testdata/policy.json"}, flags...)...)
		if text != "" && (masked == text || strings.Contains(masked, "corp.example")) {
			t.Errorf("%.100q is masked as %.100q", text, masked)
		}
		if got := ok(masked, append([]string{"unmask"}, at...)...); got != text {
			t.Errorf("%.100q comes back as %.100q", text, got)
		}
		if strings.HasPrefix(text, "{") {
			continue
		}
		if got := ok(masked, append([]string{"unmask", "--max-bytes", "10"}, at...)...); got != text {
			t.Errorf("streamed, %.100q comes back as %.100q", text, got)
		}
	}

	masked := ok("to jane@corp.example at https://wiki.example/", append([]string{"mask", "testdata/policy.json"}, flags...)...)
	if masked != "to [REDACTED_EMAIL_1] at https://wiki.example/" {
		t.Errorf("%q", masked)
	}
	for in, want := range map[string]string{
		"［redacted-email-1］ [REDACTED_EMAIL_2]":      "jane@corp.example [REDACTED_EMAIL_2]",
		"https://wiki.example/?m=[REDACTED_EMAIL_1]": "https://wiki.example/?m=jane@corp.example",
	} {
		if got := ok(in, append([]string{"unmask"}, at...)...); got != want {
			t.Errorf("%q comes back as %q", in, got)
		}
	}
	const stream = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"[REDACTED_\"}}]}\n\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"EMAIL_1]\"}}]}\n\n"
	if got := ok(stream, append([]string{"unmask", "--profile", "openai"}, at...)...); !strings.Contains(got, "jane@corp.example") {
		t.Errorf("%q", got)
	}
	if got := ok("redacted_email_1", append([]string{"unmask", "--tolerant", "aggressive"}, at...)...); got != "jane@corp.example" {
		t.Errorf("%q", got)
	}
	if got := run(t, "![x](https://evil.example/?m=[REDACTED_EMAIL_1])", append([]string{"unmask"}, at...)...); strings.Contains(got.out, "jane") || !strings.Contains(got.errOut, "1 placeholders in links") {
		t.Errorf("a link: %+v", got)
	}
}

// What goes wrong is told without any value, with the right exit code.
func TestRefuses(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	const policy = "testdata/policy.json"
	oneWay := file("one-way.json", `{"packs": ["pii"]}`)
	key, other, vault := filepath.Join(dir, "key"), filepath.Join(dir, "other"), filepath.Join(dir, "vault")
	for _, k := range []string{key, other} {
		run(t, "", "keygen", k)
	}
	run(t, "to jane@corp.example", "mask", policy, "--vault", vault, "--key-file", key)
	for _, tc := range []struct {
		in   string
		args []string
		code int
		want string
	}{
		{"", []string{"try", "none.json"}, exitUsage, "none.json: cannot be read: no such file"},
		{"", []string{"try", file("bad.json", `{"nonsense": 1}`)}, exitUsage, "field nonsense"},
		{"", []string{"try"}, exitUsage, "arg(s)"},
		{"", []string{"try", policy, "x", "--profile", "nonsense"}, exitUsage, `"nonsense" is no profile; there are auto, generic`},
		{"jane@corp.example {", []string{"try", policy, "--profile", "openai"}, exitFindings, "not valid JSON"},
		{strings.Repeat("x", maxWhy+1), []string{"try", policy, "--why"}, exitUsage, "--why explains texts of up to"},
		{"12345678901", []string{"try", policy, "--max-bytes", "10"}, exitFindings, "--max-bytes"},
		{"x", []string{"mask", policy, "--max-bytes", "-1"}, exitUsage, "--max-bytes is negative"},
		{"x", []string{"unmask", "--vault", vault, "--key-file", key, "--max-bytes", "-1"}, exitFindings, "--max-bytes is negative"},
		{"the merger", []string{"mask", policy}, exitFindings, "block: merger"},
		{"", []string{"mask", policy, "--vault", vault}, exitUsage, "belong together"},
		{"", []string{"mask", oneWay, "--vault", vault, "--key-file", key}, exitUsage, "no rule of the policy unmasks"},
		{"x", []string{"mask", policy, "--vault", vault, "--key-file", key}, exitFindings, "vault exists"},
		{"x", []string{"mask", policy, filepath.Join(dir, "none")}, exitFindings, "no such file"},
		{"x", []string{"mask", policy, "--vault", filepath.Join(dir, "new"), "--key-file", "none"}, exitFindings, "the key file none: no such file"},
		{"", []string{"unmask"}, exitUsage, "--vault and --key-file are missing"},
		{"", []string{"unmask", "--vault", vault, "--key-file", other}, exitFindings, "made with another key"},
		{"", []string{"unmask", "--vault", key, "--key-file", key}, exitFindings, "damaged or no vault"},
		{"", []string{"unmask", "--vault", vault, "--key-file", key, "--tolerant", "x"}, exitUsage, "--tolerant"},
		{"", []string{"unmask", "--vault", vault, "--key-file", key, "--restore-in-urls", "x"}, exitUsage, "--restore-in-urls"},
		{"", []string{"unmask", "--vault", vault, "--key-file", key, "--profile", "x"}, exitUsage, "no profile"},
		{"", []string{"unmask", "--vault", vault, "--key-file", key, "--output", "json"}, exitUsage, "it can be text"},
		{"", []string{"keygen", key}, exitFindings, "key exists"},
		{"", []string{"test", policy, "--cases", "none"}, exitUsage, "no such file"},
		{"", []string{"test", policy, "--cases", file("a", `{"input": "jane@corp.example", "x": 1}`)}, exitUsage, "a:1: field x"},
		{"", []string{"test", policy, "--cases", file("b", "\n{}")}, exitUsage, "b:2: field input: is missing"},
		{"", []string{"test", policy, "--cases", file("c", `{"input": "x", "findings": [{"rule": "y"}]}`)}, exitUsage, `c:1: the policy has no rule "y"`},
		{"", []string{"test", policy, "--cases", file("d", `{"input": "x", "findings": [{}]}`)}, exitUsage, "name the rule"},
		{"", []string{"test", policy, "--cases", file("e", `{"input": "x", "answer": "y"}`)}, exitUsage, "field restored"},
		{"", []string{"test", policy, "--cases", file("f", `{"input": "x", "profile": "y"}`)}, exitUsage, "no profile"},
		{"", []string{"test", policy, "--cases", file("g", `{"input": "x" jane@corp.example`)}, exitUsage, "g:1"},
		{"", []string{"bench", policy, ""}, exitUsage, "the text is empty"},
		{"", []string{"detectors", "nonsense"}, exitUsage, `no detector "nonsense"`},
		{"", []string{"detectors", "email", "--pack", "secrets"}, exitUsage, "in the pack secrets"},
		{"", []string{"detectors", "--pack", "nonsense"}, exitUsage, "--pack is"},
		{"", []string{"init", "--dir", dir, "--provider", "nonsense"}, exitUsage, "no provider"},
		{"", []string{"init", "--dir", dir, "--packs", "nonsense"}, exitUsage, "--packs is"},
		{"", []string{"init", "--dir", dir, "--jwk-url", "http://x"}, exitUsage, "https://"},
	} {
		got := run(t, tc.in, tc.args...)
		if got.code != tc.code || !strings.Contains(got.errOut, tc.want) || got.out != "" {
			t.Errorf("%v: exit code %d, stdout %q, stderr %q; want %d, %q", tc.args, got.code, got.out, got.errOut, tc.code, tc.want)
		}
		if strings.Contains(got.errOut, "jane") {
			t.Errorf("%v: stderr has a value: %q", tc.args, got.errOut)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "new")); err == nil {
		t.Error("a vault was written")
	}
}
