package e2e

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// testPlugin runs `krakend test-plugin -m`; it skips where the binary lacks it.
func testPlugin(t *testing.T, file string) (output string, code int) {
	t.Helper()
	if out, err := exec.Command(bin.gateway, "test-plugin", "--help").CombinedOutput(); err != nil || !strings.Contains(string(out), "--modifier") {
		t.Skipf("%s has no test-plugin command", bin.gateway)
	}
	cmd := exec.Command(bin.gateway, "test-plugin", "-m", file)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

func TestEveryPluginOfTheRepositoryLoads(t *testing.T) {
	t.Parallel()
	if len(bin.products) == 0 {
		t.Fatal("the repository has no plugins")
	}
	for _, so := range bin.products {
		t.Run(filepath.Base(so), func(t *testing.T) {
			out, code := testPlugin(t, so)
			if code != 0 || !strings.Contains(out, "OK") || strings.Contains(out, "KO") {
				t.Errorf("exit status %d:\n%s", code, out)
			}
		})
	}
}

// TestPluginsAreInitializedAlike: plugins share packages, which the first one that
// loads initializes for all. What its linker left out of that would be missing in
// the others; see internal/filled.
func TestPluginsAreInitializedAlike(t *testing.T) {
	t.Parallel()
	for name, so := range bin.products {
		file, err := elf.Open(so)
		if err != nil {
			t.Skip(err)
		}
		symbols, err := file.Symbols()
		file.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range symbols {
			if strings.HasPrefix(s.Name, "github.com/krakend-redact/") && strings.Contains(s.Name, ".map.init.") {
				t.Errorf("%s: %s fills a map that only some plugins fill: make it with filled.Map", name, s.Name)
			}
		}
	}
}

func TestAFileThatIsNoPluginDoesNotLoad(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "none.so")
	if err := os.WriteFile(file, []byte("not a shared object"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := testPlugin(t, file); code != 1 || !strings.Contains(out, "KO") {
		t.Errorf("exit status %d, want 1:\n%s", code, out)
	}
}
