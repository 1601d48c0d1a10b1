package main

import (
	"context"
	"debug/buildinfo"
	"path/filepath"

	"github.com/krakend-redact/krakend-redact/bench/host"
)

// binaries is what gets measured.
type binaries struct {
	gateway   string
	plugins   string // has a folder for each plugin
	goVersion string
	bench     string // the folder of this module
}

// build builds cmd/krakend, redact.so and flush.so.
func build(ctx context.Context, dir string) (*binaries, error) {
	root, err := host.Go(ctx, ".", nil, "list", "-m", "-f", "{{.Dir}}", "github.com/krakend-redact/krakend-redact")
	if err != nil {
		return nil, &host.BuildError{Err: err}
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
		if _, err := host.Go(ctx, build.dir, nil, build.args...); err != nil {
			return nil, &host.BuildError{Err: err}
		}
	}
	info, err := buildinfo.ReadFile(b.gateway)
	if err != nil {
		return nil, err
	}
	b.goVersion = info.GoVersion
	return b, nil
}
