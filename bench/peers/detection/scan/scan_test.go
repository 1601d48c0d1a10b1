package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheTableIsMade(t *testing.T) {
	if _, err := exec.LookPath("rg"); err != nil {
		t.Skip(err)
	}
	var out strings.Builder
	if err := run(&out, t.TempDir(), 1<<20, 1); err != nil {
		t.Fatal(err)
	}
	if strings.Count(out.String(), "\n| ") != 6 {
		t.Errorf("no five rows in\n%s", &out)
	}
}

// The check before the measurement can fail.
func TestCheck(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.log"), []byte("nothing\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	found, err := leaks(dir)
	if err != nil || len(found) != 0 {
		t.Fatal(found, err)
	}
	if err := check("true", "", dir, map[place]int{{"a.log", "github", 1}: 1}); err == nil {
		t.Error("a planted value that nobody finds is no error")
	}
}
