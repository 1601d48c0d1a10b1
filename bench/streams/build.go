package main

import (
	"context"
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// binaries is what gets measured.
type binaries struct {
	gateway   string
	plugins   string // has a folder for each plugin
	goVersion string
	bench     string // the folder of this module
}

// buildError says that this machine or checkout cannot build what gets measured.
type buildError struct{ err error }

func (e *buildError) Error() string {
	return "cannot build the gateway and the plugin: " + e.err.Error()
}
func (e *buildError) Unwrap() error { return e.err }

// build builds cmd/krakend, redact.so and flush.so.
func build(ctx context.Context, dir string) (*binaries, error) {
	root, err := goCommand(ctx, ".", "list", "-m", "-f", "{{.Dir}}", "github.com/krakend-redact/krakend-redact")
	if err != nil {
		return nil, &buildError{err}
	}
	b := &binaries{gateway: filepath.Join(dir, "krakend"), plugins: filepath.Join(dir, "plugins"), bench: filepath.Join(root, "bench")}
	plugin := func(name string) string { return filepath.Join(b.plugins, name, name+".so") }
	for _, build := range []struct {
		dir  string
		args []string
	}{
		{root, []string{"build", "-o", b.gateway, "./cmd/krakend"}},
		{root, []string{"build", "-buildmode=plugin", "-o", plugin("redact"), "./plugins/redact"}},
		{b.bench, []string{"build", "-buildmode=plugin", "-o", plugin("flush"), "./streams/flush"}},
	} {
		if _, err := goCommand(ctx, build.dir, build.args...); err != nil {
			return nil, &buildError{err}
		}
	}
	info, err := buildinfo.ReadFile(b.gateway)
	if err != nil {
		return nil, err
	}
	b.goVersion = info.GoVersion
	return b, nil
}

// goCommand runs the go command with cgo, which plugins need, and returns what it
// printed.
func goCommand(ctx context.Context, dir string, args ...string) (string, error) {
	var errors strings.Builder
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Stderr = dir, &errors
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1")
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, errors.String())
	}
	return strings.TrimSpace(string(out)), nil
}
