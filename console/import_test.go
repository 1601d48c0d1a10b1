package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/console/internal/store"
)

func TestPolicyImport(t *testing.T) {
	dir := t.TempDir()
	db, published, file := filepath.Join(dir, "console.db"), filepath.Join(dir, "published"), filepath.Join(dir, "policy.json")
	take := func(text string, args ...string) (status int, said string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		status = run(t.Context(), append([]string{"policy", "import", "--db", db, "--file", file}, args...), env(), &out, &out)
		return status, out.String()
	}
	policy := func(version int) string {
		return fmt.Sprintf(`{"name": "llm", "version": "%d", "redaction_rules": [{"name": "Password", "pattern": "hunter\\d"}]}`, version)
	}
	want := func(path, text string) {
		t.Helper()
		if got, err := os.ReadFile(filepath.Join(published, path)); err != nil || string(got) != text {
			t.Errorf("%s holds %q, %v", path, got, err)
		}
	}

	for i, text := range []string{policy(1), policy(1), policy(2)} { // the same again is no new version
		number := max(i, 1)
		if status, said := take(text, "--proxy", "chat", "--publish", published); status != 0 || !strings.Contains(said, fmt.Sprintf("version %d of \"llm\"", number)) {
			t.Fatalf("%d: %s", status, said)
		}
		want("policies/llm.json", text)
		want("proxies/chat.json", text)
	}
	for name, text := range map[string]string{
		"no name":    `{"redaction_rules": [{"name": "Password", "pattern": "hunter\\d"}]}`,
		"no JSON":    `hunter2`,
		"no pattern": `{"name": "llm", "redaction_rules": [{"name": "Password", "pattern": "hunter2("}]}`,
		"no example": `{"name": "llm", "redaction_rules": [{"name": "Password", "pattern": "x", "examples": {"match": ["hunter2"]}}]}`,
	} {
		if status, said := take(text, "--proxy", "chat", "--publish", published); status != 1 || strings.Contains(said, "hunter2") {
			t.Errorf("%s: %d: %s", name, status, said)
		}
	}
	want("proxies/chat.json", policy(2))

	s, err := store.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	versions, err := s.PolicyVersions(t.Context(), "llm")
	if err != nil || len(versions) != 2 || versions[0].Author != by {
		t.Errorf("%+v, %v", versions, err)
	}
	if chat, err := s.Proxy(t.Context(), "chat"); err != nil || chat.Policy != "llm" || chat.Number != 2 || chat.AssignedBy != by {
		t.Errorf("%+v, %v", chat, err)
	}
	trail, err := s.Trail(t.Context(), store.TrailFilter{Who: by, Action: "policy.publish", Object: "policy/llm"}, store.Page{})
	if err != nil || len(trail.Changes) != 3 || trail.Changes[0].Detail != "version 2 as proxies/chat.json" {
		t.Errorf("the trail is %+v, %v", trail.Changes, err)
	}

	for _, args := range [][]string{{"policy"}, {"policy", "export"}, {"policy", "import", "--nonsense"}} {
		if status := run(t.Context(), args, env(), &bytes.Buffer{}, &bytes.Buffer{}); status != 2 {
			t.Errorf("%v: %d", args, status)
		}
	}
	if status := run(t.Context(), []string{"policy", "import", "--db", db}, env(), &bytes.Buffer{}, &bytes.Buffer{}); status != 1 {
		t.Errorf("without a file: %d", status)
	}
}
