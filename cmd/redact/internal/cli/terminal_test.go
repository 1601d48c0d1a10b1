package cli

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/creack/pty"
)

// onTerminal runs a command line on a pseudo-terminal. answers are typed one by
// one, when what stands before them has been printed.
func onTerminal(t *testing.T, answers [][2]string, args ...string) (code int, screen string) {
	t.Helper()
	here, there, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer here.Close()
	done := make(chan int, 1)
	go func() {
		done <- Run(args, there, there, there)
		there.Close()
	}()
	var b strings.Builder
	// Once nobody has the other end open, reading fails.
	for r := bufio.NewReader(here); ; {
		c, err := r.ReadByte()
		if err != nil {
			break
		}
		b.WriteByte(c)
		if len(answers) > 0 && strings.HasSuffix(b.String(), answers[0][0]) {
			if _, err := here.WriteString(answers[0][1]); err != nil {
				t.Fatal(err)
			}
			answers = answers[1:]
		}
	}
	if len(answers) > 0 {
		t.Errorf("never asked %q", answers[0][0])
	}
	return <-done, strings.ReplaceAll(b.String(), "\r\n", "\n")
}

func TestColoursOnATerminal(t *testing.T) {
	t.Setenv("TERM", "xterm")
	t.Setenv("NO_COLOR", "")
	command := []string{"try", "testdata/policy.json", "to jane@corp.example"}
	code, screen := onTerminal(t, nil, command...)
	if code != exitFine {
		t.Errorf("exit code %d", code)
	}
	golden(t, "try-color", screen) // as --color always

	for name, change := range map[string]func(t *testing.T) []string{
		"NO_COLOR": func(t *testing.T) []string { t.Setenv("NO_COLOR", "1"); return nil },
		"dumb":     func(t *testing.T) []string { t.Setenv("TERM", "dumb"); return nil },
		"--color":  func(*testing.T) []string { return []string{"--color", "never"} },
	} {
		t.Run(name, func(t *testing.T) {
			_, screen := onTerminal(t, nil, append(command, change(t)...)...)
			if strings.Contains(screen, "\x1b") || !strings.Contains(screen, "«jane@corp.example»") {
				t.Errorf("%q", screen)
			}
		})
	}
}

func TestTypedText(t *testing.T) {
	code, screen := onTerminal(t, [][2]string{{"ends it.\r\n", "to jane@corp.example\n\x04"}}, "try", "testdata/policy.json", "--color", "never")
	if code != exitFine || !strings.Contains(screen, "to [REDACTED_EMAIL_1]") {
		t.Errorf("exit code %d, %q", code, screen)
	}
}

func TestInitAsks(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gateway")
	code, screen := onTerminal(t, [][2]string{
		{"[openai]: ", "nonsense\n"},
		{"[openai]: ", "gemini\n"},
		{"[default]: ", "pii, secrets\n"},
		{"[yes]: ", "no\n"},
		{"[none]: ", "http://id.example\n"},
		{"[none]: ", "https://id.example/jwks.json\n"},
		{"issues the tokens: ", "\n"},
		{"issues the tokens: ", "https://id.example\n"},
		{"meant for: ", "llm\n"},
	}, "init", "--dir", dir, "--color", "never")
	if code != exitFine {
		t.Errorf("exit code %d", code)
	}
	golden(t, "init-asks", strings.ReplaceAll(screen, dir, "DIR"))
	for file, want := range map[string]string{
		"policies/llm.json": `"unmask_for_user": false`, "krakend.json": `"jwk_url": "https://id.example/jwks.json"`, "templates/llm_backend.tmpl": `"profile": "gemini"`,
	} {
		if text, err := os.ReadFile(filepath.Join(dir, file)); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s: %v, %s", file, err, text)
		}
	}
}

// Flags are not asked for, and the end of the answers writes nothing.
func TestInitAsksForNoFlag(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gateway")
	args := []string{"init", "--dir", dir, "--provider", "ollama", "--packs", "pii", "--jwk-url", ""}
	code, screen := onTerminal(t, [][2]string{{"Give values back in answers (yes, no) [yes]: ", "\x04"}}, args...)
	if _, err := os.Stat(dir); code != exitUsage || !strings.Contains(screen, "nothing was written") || err == nil {
		t.Errorf("exit code %d, %q", code, screen)
	}
	if code, screen := onTerminal(t, nil, append(args, "--yes")...); code != exitFine || strings.Contains(screen, "[yes]") {
		t.Errorf("exit code %d, %q", code, screen)
	}
}

func TestBenchShowsProgress(t *testing.T) {
	code, screen := onTerminal(t, nil, "bench", "testdata/policy.json", "text", "--time", "0s")
	if code != exitFine || !strings.Contains(screen, "measuring") {
		t.Errorf("exit code %d, %q", code, screen)
	}
}

// TestNamesDoNotSteerTheTerminal: policies and cases may come from somebody else.
func TestNamesDoNotSteerTheTerminal(t *testing.T) {
	policy := filepath.Join(t.TempDir(), "policy.json")
	const text = `{"name": "a\u001b[2Jb", "version": "\u009b2J", "redaction_rules": [
		{"name": "X\u001b[31m\nY", "pattern": "abcd", "examples": {"match": ["abcd"]}},
		{"name": "Z\u001b[31m", "pattern": "abcdef", "context": {"require": ["\u001b[1m"]}},
		{"name": "B\u001b[31m", "pattern": "block", "action": "block"}]}`
	if err := os.WriteFile(policy, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"try", policy, "abcd abcdef block", "--why"},
		{"test", policy, "--coverage"},
		{"bench", policy, "text", "--time", "0s"},
		{"mask", policy, "/dev/null"},
		{"scan", policy, policy},
		{"check", policy},
	} {
		if got := run(t, "", args...); strings.ContainsAny(got.out+got.errOut, "\x1b\u009b") || got.code == exitUsage {
			t.Errorf("%v: exit code %d, %q %q", args, got.code, got.out, got.errOut)
		}
	}
}
