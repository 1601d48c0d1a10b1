package e2e

import (
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// bin is what TestMain built or was given.
var bin struct {
	gateway string // the KrakenD under test
	mockllm string // cmd/mockllm; "" when it is missing

	products   map[string]string // every plugin of the repository by its name
	compiledIn bool              // the gateway brings the modifiers along
	folder     string            // plugin folder with what the gateway needs to know redact
	hostile    string            // the same with the plugins of testdata
}

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir := os.Getenv("E2E_BIN")
		if dir == "" {
			tmp, err := os.MkdirTemp("", "krakend-redact-e2e-")
			if err != nil {
				fmt.Fprintln(os.Stderr, "e2e:", err)
				return 1
			}
			defer os.RemoveAll(tmp)
			dir = tmp
		}
		if err := build(dir); err != nil {
			fmt.Fprintln(os.Stderr, "e2e: cannot build what the tests need:", err)
			return 1
		}
		return m.Run()
	}())
}

// build fills bin, leaving its files in dir.
func build(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if bin.gateway = os.Getenv("KRAKEND_BIN"); bin.gateway == "" {
		bin.gateway = filepath.Join(dir, "krakend")
		if err := goBuild("..", nil, "-o", bin.gateway, "./cmd/krakend"); err != nil {
			return err
		}
	} else if bin.gateway, err = filepath.Abs(bin.gateway); err != nil {
		return err
	}
	host, err := buildinfo.ReadFile(bin.gateway)
	if err != nil {
		return fmt.Errorf("KRAKEND_BIN: %w", err)
	}

	if _, err := os.Stat("../cmd/mockllm"); err == nil {
		bin.mockllm = filepath.Join(dir, "mockllm")
		if err := goBuild("..", nil, "-o", bin.mockllm, "./cmd/mockllm"); err != nil {
			return err
		}
	}

	env, flags := likeHost(host)
	plugin := func(wd, pkg, name string) (string, error) {
		out := filepath.Join(dir, "so", name+".so")
		return out, goBuild(wd, env, append(append([]string{"-buildmode=plugin"}, flags...), "-o", out, pkg)...)
	}
	mains, err := filepath.Glob("../plugins/*/main.go")
	if err != nil {
		return err
	}
	bin.products = map[string]string{}
	for _, main := range mains {
		name := filepath.Base(filepath.Dir(main))
		so, err := plugin("..", "./plugins/"+name, name)
		if err != nil {
			return err
		}
		bin.products[name] = so
	}
	var own []string
	for _, name := range []string{"panicker", "watcher"} {
		so, err := plugin(".", "./testdata/"+name, name)
		if err != nil {
			return err
		}
		own = append(own, so)
	}

	// All of ours, as they are shipped: what one of them does to another shows.
	var ours []string
	if bin.compiledIn = compiledIn(host); !bin.compiledIn {
		for _, so := range bin.products {
			ours = append(ours, so)
		}
	}
	bin.folder, bin.hostile = filepath.Join(dir, "plugins"), filepath.Join(dir, "plugins-hostile")
	if err := link(bin.folder, ours...); err != nil {
		return err
	}
	return link(bin.hostile, append(ours, own...)...)
}

// compiledIn tells a gateway that brings the modifiers along (cmd/krakend-redact)
// from one that must load redact.so. E2E_NO_PLUGINS=1 or =0 decides it by hand.
func compiledIn(host *buildinfo.BuildInfo) bool {
	if v := os.Getenv("E2E_NO_PLUGINS"); v != "" {
		return v != "0"
	}
	return strings.HasSuffix(host.Path, "/cmd/krakend-redact")
}

// likeHost returns what a plugin's build needs to load into host: its Go
// toolchain and its -trimpath.
func likeHost(host *buildinfo.BuildInfo) (env, flags []string) {
	own, err := exec.Command("go", "env", "GOVERSION").Output()
	if version, _, _ := strings.Cut(host.GoVersion, " "); err == nil && version != strings.TrimSpace(string(own)) {
		env = append(env, "GOTOOLCHAIN="+version)
	}
	for _, s := range host.Settings {
		if s.Key == "-trimpath" && s.Value == "true" {
			flags = append(flags, "-trimpath")
		}
	}
	return env, flags
}

func goBuild(wd string, env []string, args ...string) error {
	cmd := exec.Command("go", append([]string{"build"}, args...)...)
	cmd.Dir = wd
	cmd.Env = append(append(os.Environ(), "CGO_ENABLED=1"), env...) // plugins need cgo on both sides
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// link fills the folder with links to the files and nothing else.
func link(folder string, files ...string) error {
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, f := range files {
		if err := os.Symlink(f, filepath.Join(folder, filepath.Base(f))); err != nil {
			return err
		}
	}
	return nil
}

// pluginFolder is a folder with these plugins, by default all of them, or an
// empty one where the modifiers are compiled in.
func pluginFolder(t *testing.T, names ...string) string {
	t.Helper()
	var files []string
	for name, so := range bin.products {
		if !bin.compiledIn && (len(names) == 0 || slices.Contains(names, name)) {
			files = append(files, so)
		}
	}
	folder := filepath.Join(t.TempDir(), "plugins")
	if err := link(folder, files...); err != nil {
		t.Fatal(err)
	}
	return folder
}
