package main

import (
	"context"
	"debug/buildinfo"
	"os"
	"path/filepath"
	"strings"

	"github.com/krakend-redact/krakend-redact/bench/host"
)

// binaries is what gets measured.
type binaries struct {
	gateway string
	// plugins is the folder of redact.so, "" for a gateway with the modifiers
	// compiled in.
	plugins   string
	goVersion string
}

// build builds cmd/krakend, or takes the gateway of the environment variable
// KRAKEND_BIN, and a redact.so that loads into it.
func build(ctx context.Context, dir string) (*binaries, error) {
	b := &binaries{gateway: os.Getenv("KRAKEND_BIN")}
	if b.gateway == "" {
		b.gateway = filepath.Join(dir, "krakend")
		if _, err := host.Go(ctx, "..", nil, "build", "-o", b.gateway, "./cmd/krakend"); err != nil {
			return nil, &host.BuildError{Err: err}
		}
	}
	path, err := filepath.Abs(b.gateway)
	if err != nil {
		return nil, err
	}
	b.gateway = path
	info, err := buildinfo.ReadFile(b.gateway)
	if err != nil {
		return nil, err
	}
	b.goVersion = info.GoVersion
	if strings.HasSuffix(info.Path, "/cmd/krakend-redact") {
		return b, nil
	}
	b.plugins = filepath.Join(dir, "plugins")
	env, args := likeHost(info)
	args = append(append([]string{"build"}, args...), "-buildmode=plugin", "-o", filepath.Join(b.plugins, "redact.so"), "./plugins/redact")
	if _, err := host.Go(ctx, "..", env, args...); err != nil {
		return nil, &host.BuildError{Err: err}
	}
	return b, nil
}

// likeHost returns what a plugin's build needs to load into a gateway: the same Go and
// the same -trimpath.
func likeHost(info *buildinfo.BuildInfo) (env, args []string) {
	// Behind the version there may be a list of experiments.
	version, _, _ := strings.Cut(info.GoVersion, " ")
	env = []string{"GOTOOLCHAIN=" + version}
	for _, s := range info.Settings {
		if s.Key == "-trimpath" && s.Value == "true" {
			args = append(args, "-trimpath")
		}
	}
	return env, args
}
