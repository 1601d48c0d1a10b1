// Command mkoverlays writes compat/overlays: for each KrakenD release a go.mod
// and go.sum under which `make plugins` builds the plugins for it. It runs in the
// repository's root, after a change of krakend-ce-modules.json or of what the
// plugins import, and asks the Go module proxy for each release's Go.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/krakend-redact/krakend-redact/compat"
)

const folder = "compat/overlays"

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "mkoverlays:", err)
		os.Exit(1)
	}
}

func run() error {
	releases, err := compat.Releases()
	if err != nil {
		return err
	}
	modules, err := compat.PluginModules(".")
	if err != nil {
		return err
	}
	// A release that was taken out must not stay.
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for version, release := range releases {
		mod := filepath.Join(folder, version+".mod")
		if err := os.WriteFile(mod, []byte(release.Overlay(modules)), 0o644); err != nil {
			return err
		}
		if err := addChecksums(mod, release.Go); err != nil {
			return fmt.Errorf("%s: %w", version, err)
		}
	}
	return nil
}

// addChecksums lets that Go write the go.sum, which it does beside the .mod: it
// alone knows what it will ask for. The .mod must stay as it is: were it changed,
// the release's versions did not suffice.
func addChecksums(mod, goVersion string) error {
	before, err := os.ReadFile(mod)
	if err != nil {
		return err
	}
	cmd := exec.Command("go", "list", "-mod=mod", "-modfile="+mod, "-deps", "./plugins/...")
	cmd.Env = append(os.Environ(), "GOTOOLCHAIN=go"+goVersion, "GOFLAGS=", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	after, err := os.ReadFile(mod)
	if err != nil {
		return err
	}
	if string(after) != string(before) {
		return fmt.Errorf("go %s changes the requirements: %s", goVersion, mod)
	}
	return nil
}
