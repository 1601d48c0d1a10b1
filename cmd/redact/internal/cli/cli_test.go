package cli

import (
	"errors"
	"os"
	"strings"
	"testing"
)

func TestExitCodes(t *testing.T) {
	for _, tc := range []struct {
		args   []string
		code   int
		errOut string // what it begins with
	}{
		{[]string{"version"}, exitFine, ""},
		{[]string{"nonsense"}, exitUsage, `redact: unknown command "nonsense"`},
		{[]string{"version", "nonsense"}, exitUsage, `redact: unknown command "nonsense" for "redact version"`},
		{[]string{"version", "--nonsense"}, exitUsage, "redact: unknown flag: --nonsense"},
		{[]string{"version", "--output", "sarif"}, exitUsage, `redact: --output is "sarif"; it can be text, json`},
		{[]string{"version", "--color", "blue"}, exitUsage, `redact: --color is "blue"; it can be auto, always, never`},
	} {
		got := run(t, "", tc.args...)
		if got.code != tc.code || !strings.HasPrefix(got.errOut, tc.errOut) || (tc.errOut == "") != (got.errOut == "") {
			t.Errorf("%v: exit code %d, stderr %q", tc.args, got.code, got.errOut)
		}
	}
}

func TestExitCodeOfErrors(t *testing.T) {
	broken := errors.New("broken")
	for _, tc := range []struct {
		err     error
		code    int
		printed error
	}{
		{nil, exitFine, nil},
		{errFindings, exitFindings, nil},
		{failure{broken}, exitFindings, broken},
		{broken, exitUsage, broken},
	} {
		if code, printed := exitCode(tc.err); code != tc.code || !errors.Is(printed, tc.printed) {
			t.Errorf("%v: exit code %d, prints %v", tc.err, code, printed)
		}
	}
}

func TestResultThatDoesNotArriveIsAFailure(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	var errOut strings.Builder
	if code := Run([]string{"version"}, strings.NewReader(""), full, &errOut); code != exitFindings || !strings.Contains(errOut.String(), "could not be written") {
		t.Errorf("exit code %d, stderr %q", code, errOut.String())
	}
}

func TestCompletions(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish"} {
		if got := run(t, "", "completion", shell); got.code != exitFine || !strings.Contains(got.out, "__redact") && !strings.Contains(got.out, "_redact") {
			t.Errorf("%s: exit code %d, %d bytes", shell, got.code, len(got.out))
		}
	}
	for _, tc := range []struct {
		typed []string
		want  string
	}{
		{[]string{"ver"}, "version\t"},
		{[]string{"detectors", "cred"}, "credit_card\tPayment card number"},
		{[]string{"detectors", "--pack", "se"}, "secrets\n"},
		{[]string{"try", "policy.json", "--profile", "open"}, "openai-chat\n"},
		{[]string{"try", ""}, "json\n:8\n"}, // files of that ending
		{[]string{"version", "--color", "al"}, "always\n"},
		{[]string{"init", "--provider", ""}, "gemini\n"},
	} {
		if got := run(t, "", append([]string{"__complete"}, tc.typed...)...); !strings.Contains(got.out, tc.want) {
			t.Errorf("%q: %q", tc.typed, got.out)
		}
	}
}

func TestEveryCommandHasExamples(t *testing.T) {
	for _, c := range (&app{}).root(nil).Commands() {
		if c.Example == "" || c.Short == "" {
			t.Errorf("%s: example %q, short %q", c.Name(), c.Example, c.Short)
		}
	}
}
