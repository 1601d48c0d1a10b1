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
	if code != exitFine || !strings.Contains(screen, "\rmeasuring 1 of 16") || !strings.Contains(screen, "\r\x1b[K") {
		t.Errorf("exit code %d, %q", code, screen)
	}
}
