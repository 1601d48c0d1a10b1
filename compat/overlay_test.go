package compat_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/compat"
)

func TestOverlaysAreUpToDate(t *testing.T) {
	modules, err := compat.PluginModules("..")
	if err != nil {
		t.Fatal(err)
	}
	if modules["golang.org/x/crypto"] == "" {
		t.Fatalf("the plugins are said to link %v", modules)
	}
	releases := allReleases(t)
	for version, release := range releases {
		want := release.Overlay(modules)
		got, err := os.ReadFile("overlays/" + version + ".mod")
		if err != nil || string(got) != want {
			t.Errorf("overlays/%s.mod is not what `make overlays` makes (%v), which is:\n%s", version, err, want)
		}
		sums, err := os.ReadFile("overlays/" + version + ".sum")
		if err != nil {
			t.Error(err)
		}
		for path := range modules {
			// Plugins are pinned where KrakenD is, so this is that release's version.
			v := modules[path]
			if theirs, shared := release.Modules[path]; shared {
				v = theirs
			}
			if !bytes.Contains(sums, []byte(path+" "+v+" h1:")) {
				t.Errorf("overlays/%s.sum has no checksum of %s %s: run `make overlays`", version, path, v)
			}
		}
	}
	if files, err := filepath.Glob("overlays/*"); err != nil || len(files) != 2*len(releases) {
		t.Errorf("%d overlay files for %d releases (%v): run `make overlays`", len(files), len(releases), err)
	}
}

func TestOverlayPrefersTheReleasesVersions(t *testing.T) {
	release := compat.Release{Go: "1.22.11", Modules: map[string]string{"example.com/shared": "v1.0.0", "example.com/theirs": "v3.0.0"}}
	got := release.Overlay(map[string]string{"example.com/shared": "v1.5.0", "example.com/ours": "v2.0.0"})
	want := "module " + compat.Module + "\n\ngo 1.22.11\n\nrequire (\n\texample.com/ours v2.0.0\n\texample.com/shared v1.0.0\n)\n"
	if _, rest, _ := strings.Cut(got, "\n\n"); rest != want {
		t.Errorf("got\n%s\nwant\n%s", rest, want)
	}
}

func TestBuildRefusesWhatItCannotBuild(t *testing.T) {
	tests := []struct{ name, release, libc, arch, says string }{
		{"unknown release", "2.8.0", "glibc", "amd64", "not known. Known are: 2.9.0 2.9.1"},
		{"no release", "", "glibc", "amd64", "not known. Known are: 2.9.0 2.9.1"},
		{"3.x", "3.0.4", "musl", "amd64", "cmd/krakend-redact"},
		{"C library", compat.Reference, "uclibc", "amd64", "must be glibc or musl"},
		{"processor", compat.Reference, "musl", "riscv64", "must be amd64 or arm64"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			folder := t.TempDir()
			out, err := exec.Command("./build.sh", tt.release, tt.libc, tt.arch, folder).CombinedOutput()
			if err == nil || !strings.Contains(string(out), tt.says) {
				t.Errorf("%v, want %q in:\n%s", err, tt.says, out)
			}
			if made, _ := os.ReadDir(folder); len(made) > 0 {
				t.Errorf("made %v", made)
			}
		})
	}
	t.Run("compiler", func(t *testing.T) {
		cmd := exec.Command("./build.sh", compat.Reference, "glibc", "amd64", t.TempDir())
		cmd.Env = append(os.Environ(), "CC=no-such-gcc")
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "C compiler no-such-gcc is missing") {
			t.Errorf("%v:\n%s", err, out)
		}
	})
}

func TestCheckRefusesAnotherGo(t *testing.T) {
	file := buildPlugin(t, "redact", nil)
	target := compat.Target{KrakenD: "2.9.0", LibC: "glibc", Arch: "amd64"}
	if _, err := target.Check(file); err == nil || !strings.Contains(err.Error(), "KrakenD 2.9.0 with go1.22.11") {
		t.Errorf("said of a plugin built here: %v", err)
	}
	target.KrakenD = "1.0.0"
	if _, err := target.Check(file); err == nil || !strings.Contains(err.Error(), "not in krakend-ce-modules.json") {
		t.Errorf("said of an unknown release: %v", err)
	}
}
