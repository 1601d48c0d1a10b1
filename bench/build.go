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
	gateway string
	// plugins is the folder of redact.so, "" for a gateway with the modifiers
	// compiled in.
	plugins   string
	goVersion string
}

// buildError says that this machine or checkout cannot build what gets measured.
type buildError struct{ err error }

func (e *buildError) Error() string {
	return "cannot build the gateway and the plugin: " + e.err.Error()
}
func (e *buildError) Unwrap() error { return e.err }

// build builds cmd/krakend, or takes the gateway of the environment variable
// KRAKEND_BIN, and a redact.so that loads into it.
func build(ctx context.Context, dir string) (*binaries, error) {
	b := &binaries{gateway: os.Getenv("KRAKEND_BIN")}
	if b.gateway == "" {
		b.gateway = filepath.Join(dir, "krakend")
		if err := goBuild(ctx, nil, "-o", b.gateway, "./cmd/krakend"); err != nil {
			return nil, &buildError{err}
		}
	}
	path, err := filepath.Abs(b.gateway)
	if err != nil {
		return nil, err
	}
	b.gateway = path
	host, err := buildinfo.ReadFile(b.gateway)
	if err != nil {
		return nil, err
	}
	b.goVersion = host.GoVersion
	if strings.HasSuffix(host.Path, "/cmd/krakend-redact") {
		return b, nil
	}
	b.plugins = filepath.Join(dir, "plugins")
	env, args := likeHost(host)
	args = append(args, "-buildmode=plugin", "-o", filepath.Join(b.plugins, "redact.so"), "./plugins/redact")
	if err := goBuild(ctx, env, args...); err != nil {
		return nil, &buildError{err}
	}
	return b, nil
}

// likeHost returns what a plugin's build needs to load into host: the same Go and
// the same -trimpath.
func likeHost(host *buildinfo.BuildInfo) (env, args []string) {
	// Behind the version there may be a list of experiments.
	version, _, _ := strings.Cut(host.GoVersion, " ")
	env = []string{"GOTOOLCHAIN=" + version}
	for _, s := range host.Settings {
		if s.Key == "-trimpath" && s.Value == "true" {
			args = append(args, "-trimpath")
		}
	}
	return env, args
}

// goBuild builds in the root of the repository, with cgo: plugins need it.
func goBuild(ctx context.Context, env []string, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", append([]string{"build"}, args...)...)
	cmd.Dir = ".."
	cmd.Env = append(append(os.Environ(), "CGO_ENABLED=1"), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go %s: %w\n%s", strings.Join(cmd.Args[1:], " "), err, out)
	}
	return nil
}
