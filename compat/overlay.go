package compat

import (
	"fmt"
	"os"
	"os/exec"
	"sort"
	"strings"
)

// Module is the path of this repository's module.
const Module = "github.com/krakend-redact/krakend-redact"

// Overlay returns a go.mod for this repository, to be used with -modfile, that
// demands the release's Go and the given modules: each at the release's version
// where the release links it too, else at the version given here.
func (r Release) Overlay(modules map[string]string) string {
	var b strings.Builder
	b.WriteString("// Made by `make overlays` from krakend-ce-modules.json. Do not edit.\n\n")
	fmt.Fprintf(&b, "module %s\n\ngo %s\n\nrequire (\n", Module, r.Go)
	for _, path := range sortedKeys(modules) {
		version := modules[path]
		if theirs, shared := r.Modules[path]; shared {
			version = theirs
		}
		fmt.Fprintf(&b, "\t%s %s\n", path, version)
	}
	b.WriteString(")\n")
	return b.String()
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// PluginModules returns the modules that the plugins in the repository at root
// link, by path, at the versions that the repository's own go.mod gives them. It
// asks the go command.
func PluginModules(root string) (map[string]string, error) {
	cmd := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}} {{.Version}}{{end}}", "./plugins/...")
	cmd.Dir = root
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("compat: modules of the plugins: %w", err)
	}
	modules := map[string]string{}
	for _, line := range strings.Split(string(out), "\n") {
		if path, version, ok := strings.Cut(line, " "); ok && path != Module {
			modules[path] = version
		}
	}
	return modules, nil
}
