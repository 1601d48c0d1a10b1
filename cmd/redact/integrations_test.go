package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

const root = "../.."

func readYAML(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

const (
	sound  = `{ "packs": ["pii"] }`
	warned = `{ "mode": "test", "packs": ["pii"] }`
	broken = `{ "packs": ["nonsense"] }`
)

// TestStatic: the program is one file that needs no libraries.
func TestStatic(t *testing.T) {
	file := build(t)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "ld-linux") || strings.Contains(string(text), "ld-musl") {
		t.Error("it asks for a dynamic linker")
	}
}

// build builds the program as make does.
func build(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "redact")
	cmd := exec.Command("go", "build", "-o", file, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return file
}

// TestAction runs the scripts of the GitHub Action with its inputs.
func TestAction(t *testing.T) {
	var action struct {
		Inputs map[string]struct{ Default string }
		Runs   struct {
			Steps []struct {
				Run string
				Env map[string]string
			}
		}
	}
	readYAML(t, "action.yml", &action)
	home, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	temp := t.TempDir()
	input := regexp.MustCompile(`\$\{\{ inputs\.(\w+) \}\}`)
	runSteps := func(folder string, with map[string]string) (string, error) {
		var all strings.Builder
		for _, step := range action.Runs.Steps {
			if step.Run == "" {
				continue
			}
			cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step.Run)
			cmd.Dir = folder
			cmd.Env = append(os.Environ(), "GITHUB_ACTION_PATH="+home, "RUNNER_TEMP="+temp)
			for name, value := range step.Env {
				value = input.ReplaceAllStringFunc(value, func(v string) string {
					name := input.FindStringSubmatch(v)[1]
					known, ok := action.Inputs[name]
					if !ok {
						t.Fatalf("there is no input %s", name)
					}
					if given, ok := with[name]; ok {
						return given
					}
					return known.Default
				})
				cmd.Env = append(cmd.Env, name+"="+value)
			}
			out, err := cmd.CombinedOutput()
			all.Write(out)
			if err != nil {
				return all.String(), err
			}
		}
		return all.String(), nil
	}
	for _, c := range []struct {
		name, policy string
		with         map[string]string
		want         string // in what is printed
		fails        bool
	}{
		{"sound", sound, nil, "0 errors", false},
		{"warned", warned, nil, "KR024", false},
		{"strict", warned, map[string]string{"strict": "true"}, "KR024", true},
		{"broken", broken, map[string]string{"files": "policy.json", "report": "redact.sarif"}, "KR010", true},
		{"an input is no command", sound, map[string]string{"files": "$(touch$IFS.hacked)"}, "KR001", true},
	} {
		folder := t.TempDir()
		write(t, filepath.Join(folder, "policy.json"), c.policy)
		out, err := runSteps(folder, c.with)
		if (err != nil) != c.fails || !strings.Contains(out, c.want) {
			t.Errorf("%s: %v: %s", c.name, err, out)
		}
		report, err := os.ReadFile(filepath.Join(folder, "redact.sarif"))
		if c.with["report"] != "" && (err != nil || !strings.Contains(string(report), `"ruleId": "KR010"`)) {
			t.Errorf("%s: %v: %s", c.name, err, report)
		}
		if _, err := os.Stat(filepath.Join(folder, ".hacked")); err == nil {
			t.Errorf("%s: it ran", c.name)
		}
	}
}

// TestPreCommitHook runs the hook's entry as pre-commit does: in the root of the
// repository that is checked, with the names of its changed files.
func TestPreCommitHook(t *testing.T) {
	var hooks []struct{ ID, Entry, Language, Files string }
	readYAML(t, ".pre-commit-hooks.yaml", &hooks)
	if len(hooks) != 1 || hooks[0].Language != "script" {
		t.Fatalf("%+v", hooks)
	}
	files := regexp.MustCompile(hooks[0].Files)
	for name, want := range map[string]bool{
		"krakend.json": true, "gateway/krakend-prod.json": true, "policies/a.json": true, "x/policies/a.json": true, "Dockerfile": true,
		"deploy/api.Dockerfile": true, "docker-compose.yml": true, "compose.prod.yaml": true, "package.json": false, "settings/llm.json": false, "README.md": false,
	} {
		if files.MatchString(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
	entry, err := filepath.Abs(filepath.Join(root, hooks[0].Entry))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	write(t, filepath.Join(folder, "sound.json"), sound)
	write(t, filepath.Join(folder, "broken.json"), broken)
	for name, fails := range map[string]bool{"sound.json": false, "broken.json": true} {
		cmd := exec.Command(entry, name)
		cmd.Dir = folder
		if out, err := cmd.CombinedOutput(); (err != nil) != fails {
			t.Errorf("%s: %v: %s", name, err, out)
		}
	}
}
