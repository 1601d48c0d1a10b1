package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/scaffold"
)

// TestCheckFindsNothingInWhatInitWrites, once the plugin is in its folder.
func TestCheckFindsNothingInWhatInitWrites(t *testing.T) {
	t.Setenv("LLM_API_KEY", "none")
	for _, provider := range scaffold.Providers() {
		for _, unmask := range []string{"true", "false"} {
			dir := t.TempDir()
			if got := run(t, "", "init", "--dir", dir, "--provider", provider, "--unmask="+unmask); got.code != exitFine {
				t.Fatalf("%s: %s", provider, got.errOut)
			}
			if err := os.WriteFile(filepath.Join(dir, "plugins", "redact.so"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			got := run(t, "", "check", dir, "--strict", "--folder", dir, "--templates", filepath.Join(dir, "templates"))
			if want := "3 files: 0 errors, 0 warnings, 0 info\n"; got.code != exitFine || got.out != want {
				t.Errorf("%s, unmask %s: %s", provider, unmask, got.out)
			}
		}
	}
}
