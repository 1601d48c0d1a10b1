// Package browser looks at the console as people do: with a real Chromium, at a real
// console with a database, behind a real gateway that masks what it is sent.
//
// It needs Debian's chromium, and is skipped without, unless
// REDACT_REQUIRE_CHROMIUM=1. With REDACT_SCREENSHOTS=folder it takes pictures.
package browser

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// root is the repository.
const root = "../.."

// bin is what TestMain built, or found.
var bin struct {
	console, gateway string
	plugins          string // the gateway's plugin folder, with redact.so alone
	chromium         string // Debian's, or what there is
	profiles         string // folder for what browsers keep
	missing          string // why all tests are skipped
}

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var err error
	if bin.chromium, err = findChromium(); err != nil {
		if os.Getenv("REDACT_REQUIRE_CHROMIUM") == "1" {
			fmt.Fprintln(os.Stderr, "browser:", err)
			return 1
		}
		bin.missing = err.Error()
		return m.Run()
	}
	// A browser's last files may come after it was waited for, so they go in the end.
	bin.profiles, err = os.MkdirTemp("", "krakend-redact-browser-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "browser:", err)
		return 1
	}
	defer os.RemoveAll(bin.profiles)
	dir := bin.profiles
	if given := os.Getenv("E2E_BIN"); given != "" {
		dir = filepath.Join(given, "browser")
	}
	if err := build(dir); err != nil {
		fmt.Fprintln(os.Stderr, "browser: cannot build what the tests need:", err)
		return 1
	}
	return m.Run()
}

func findChromium() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("there is no Chromium: apt-get install chromium fonts-dejavu-core")
}

// build fills bin, leaving its files in dir.
func build(dir string) error {
	dir, err := filepath.Abs(dir) // go build -C is elsewhere
	if err != nil {
		return err
	}
	bin.console, bin.gateway, bin.plugins = filepath.Join(dir, "redact-console"), filepath.Join(dir, "krakend"), filepath.Join(dir, "plugins")
	for _, args := range [][]string{
		{"-C", filepath.Join(root, "console"), "-o", bin.console, "."},
		{"-C", root, "-o", bin.gateway, "./cmd/krakend"},
		{"-C", root, "-buildmode=plugin", "-o", filepath.Join(bin.plugins, "redact.so"), "./plugins/redact"},
	} {
		cmd := exec.Command("go", append([]string{"build"}, args...)...)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=1") // plugins need cgo on both sides
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", cmd, err, out)
		}
	}
	return nil
}
