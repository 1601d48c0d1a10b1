package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/krakend-redact/krakend-redact/compat"
)

var target = compat.Target{KrakenD: "2.13.8", LibC: "musl", Arch: "amd64"}

func TestArchiveIsTheSameEachTime(t *testing.T) {
	files := map[string][]byte{"b": []byte("2"), "a/x": []byte("1")}
	var archives [][]byte
	for range 2 {
		archive, err := write(filepath.Join(t.TempDir(), "new", "x.tar.gz"), "x", files)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(archive)
		if err != nil {
			t.Fatal(err)
		}
		archives = append(archives, raw)

		sum, err := os.ReadFile(archive + ".sha256")
		if want := fmt.Sprintf("%x  x.tar.gz\n", sha256.Sum256(raw)); err != nil || string(sum) != want {
			t.Errorf("checksum file %q (%v), want %q", sum, err, want)
		}
	}
	if !bytes.Equal(archives[0], archives[1]) {
		t.Error("two archives of the same files differ")
	}
	if got, want := list(t, archives[0]), "x/a/x=1 x/b=2 "; got != want {
		t.Errorf("the archive holds %q, want %q", got, want)
	}
}

func list(t *testing.T, archive []byte) string {
	t.Helper()
	zipped, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for tarred := tar.NewReader(zipped); ; {
		header, err := tarred.Next()
		if errors.Is(err, io.EOF) {
			return b.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(tarred)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s=%s ", header.Name, content)
	}
}

func TestSBOMListsWhatIsLinked(t *testing.T) {
	crypto := &debug.Module{Path: "golang.org/x/crypto", Version: "v0.52.0"}
	parts := []plugin{
		{name: "plugins/a.so", sum: sha256.Sum256([]byte("a")), info: &debug.BuildInfo{GoVersion: "go1.25.12", Deps: []*debug.Module{crypto}}},
		{name: "plugins/b.so", info: &debug.BuildInfo{GoVersion: "go1.25.12"}},
	}
	raw, err := sbom(target, "v1.0.0", parts)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := sbom(target, "v1.0.0", parts); !bytes.Equal(raw, again) {
		t.Error("two lists of the same plugins differ")
	}
	var b bom
	if err := json.Unmarshal(raw, &b); err != nil {
		t.Fatal(err)
	}
	known := map[string]component{b.Metadata.Component.Ref: b.Metadata.Component}
	for _, c := range b.Components {
		known[c.Ref] = c
	}
	if c := known["plugins/a.so"]; len(c.Hashes) != 1 || c.Hashes[0].Content != fmt.Sprintf("%x", sha256.Sum256([]byte("a"))) {
		t.Errorf("hashes of a.so: %v", c.Hashes)
	}
	links := map[string]string{}
	for _, d := range b.Dependencies {
		links[d.Ref] = strings.Join(d.DependsOn, " ")
		for _, ref := range append(d.DependsOn, d.Ref) {
			if _, ok := known[ref]; !ok {
				t.Errorf("%s refers to %s, which is no component", d.Ref, ref)
			}
		}
	}
	const stdlib = "pkg:golang/stdlib@1.25.12"
	for ref, want := range map[string]string{
		"krakend-redact": "plugins/a.so plugins/b.so",
		"plugins/a.so":   "pkg:golang/golang.org/x/crypto@v0.52.0 " + stdlib,
		"plugins/b.so":   stdlib,
	} {
		if links[ref] != want {
			t.Errorf("%s depends on %q, want %q", ref, links[ref], want)
		}
	}
}

func TestForeignPluginsAreNotPacked(t *testing.T) {
	folder := t.TempDir()
	if _, err := pack(target, "v1", folder, t.TempDir()); err == nil || !strings.Contains(err.Error(), "no plugins") {
		t.Errorf("an empty folder: %v", err)
	}
	// A Go program that is certainly not for that KrakenD: this test.
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "redact.so"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	if _, err := pack(target, "v1", folder, out); err == nil || !strings.Contains(err.Error(), "KrakenD 2.13.8 with go1.25.12") {
		t.Errorf("another Go: %v", err)
	}
	if made, _ := os.ReadDir(out); len(made) > 0 {
		t.Errorf("made %v all the same", made)
	}
}
