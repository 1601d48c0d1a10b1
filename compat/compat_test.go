package compat_test

import (
	"debug/buildinfo"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/compat"
)

// loadsInto names the releases that a plugin loads into when it is built under
// this repository's own go.mod, if these are not all. The overlays serve the others.
var loadsInto = map[string][]string{"body-generator": {compat.Reference, "2.13.0", "2.13.1"}}

// moving is the only module whose version may keep a plugin out of a release.
const moving = "golang.org/x/crypto"

func TestPluginsShareOnlyEqualModules(t *testing.T) {
	releases := allReleases(t)
	for _, name := range pluginNames(t) {
		t.Run(name, func(t *testing.T) {
			info := readInfo(t, buildPlugin(t, name, nil))
			t.Logf("shared with KrakenD %s: %v", compat.Reference, releases[compat.Reference].Shared(info))
			for version, release := range releases {
				conflicts := release.Conflicts(info)
				loads := loadsInto[name] == nil || slices.Contains(loadsInto[name], version)
				switch {
				case loads && len(conflicts) > 0:
					t.Errorf("does not load into KrakenD %s: %s", version, strings.Join(conflicts, "; "))
				case !loads && (len(conflicts) != 1 || !strings.HasPrefix(conflicts[0], moving+": ")):
					t.Errorf("KrakenD %s should differ in %s and nothing else: %s", version, moving, strings.Join(conflicts, "; "))
				}
			}
		})
	}
}

func TestGatewayLinksTheReferenceVersions(t *testing.T) {
	info := readInfo(t, buildGateway(t, nil))
	release := allReleases(t)[compat.Reference]
	if c := release.Conflicts(info); len(c) > 0 {
		t.Errorf("differs from KrakenD %s: %s", compat.Reference, strings.Join(c, "; "))
	}
	if n := len(release.Shared(info)); n < 100 {
		t.Errorf("links only %d modules of KrakenD %s: the comparison is not one", n, compat.Reference)
	}
}

func TestGatewayLoadsThePlugins(t *testing.T) {
	testLoading(t, nil)
}

func TestGatewayLoadsThePluginsWithMusl(t *testing.T) {
	if _, err := exec.LookPath("musl-gcc"); err != nil {
		t.Skip("SKIPPED: musl-gcc is not installed (Debian: apt-get install musl-tools), so plugins for KrakenD's Alpine image are not tested here")
	}
	testLoading(t, []string{"CC=musl-gcc"})
}

func testLoading(t *testing.T, env []string) {
	gateway := buildGateway(t, env)
	for _, name := range pluginNames(t) {
		out, err := exec.Command(gateway, "test-plugin", "-m", buildPlugin(t, name, env)).CombinedOutput()
		if err != nil || !strings.Contains(string(out), "[OK]") {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

func TestConflictsAreSeen(t *testing.T) {
	release := compat.Release{Modules: map[string]string{"example.com/a": "v1.0.0", "example.com/b": "v2.0.0"}}
	info := &debug.BuildInfo{Deps: []*debug.Module{
		{Path: "example.com/a", Version: "v1.0.1"},
		{Path: "example.com/b", Version: "v2.0.0"},
		{Path: "example.com/c", Version: "v3.0.0"},
	}}
	if got, want := release.Conflicts(info), []string{"example.com/a: plugin v1.0.1, KrakenD v1.0.0"}; !reflect.DeepEqual(got, want) {
		t.Errorf("conflicts %v, want %v", got, want)
	}
	if got, want := release.Shared(info), []string{"example.com/b v2.0.0"}; !reflect.DeepEqual(got, want) {
		t.Errorf("shared %v, want %v", got, want)
	}
}

func allReleases(t *testing.T) map[string]compat.Release {
	t.Helper()
	releases, err := compat.Releases()
	if err != nil {
		t.Fatal(err)
	}
	for version, r := range releases {
		if r.Go == "" || len(r.Modules) < 200 {
			t.Errorf("release %s is incomplete: Go %q, %d modules", version, r.Go, len(r.Modules))
		}
	}
	if _, ok := releases[compat.Reference]; !ok || len(releases) < 20 {
		t.Fatalf("%d releases known, or none for %s", len(releases), compat.Reference)
	}
	return releases
}

func pluginNames(t *testing.T) []string {
	t.Helper()
	mains, err := filepath.Glob("../plugins/*/main.go")
	if err != nil || len(mains) == 0 {
		t.Fatalf("no plugins found: %v", err)
	}
	var names []string
	for _, m := range mains {
		names = append(names, filepath.Base(filepath.Dir(m)))
	}
	return names
}

func readInfo(t *testing.T, file string) *debug.BuildInfo {
	t.Helper()
	info, err := buildinfo.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func buildPlugin(t *testing.T, name string, env []string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), name+".so")
	goBuild(t, env, "-buildmode=plugin", "-o", out, "../plugins/"+name)
	return out
}

func buildGateway(t *testing.T, env []string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "krakend")
	goBuild(t, env, "-o", out, "../cmd/krakend")
	return out
}

func goBuild(t *testing.T, env []string, args ...string) {
	t.Helper()
	cmd := exec.Command("go", append([]string{"build"}, args...)...)
	cmd.Env = append(append(os.Environ(), "CGO_ENABLED=1"), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}
