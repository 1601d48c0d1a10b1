// Command pack makes the archive of one build of the plugins for distribution:
// the plugins, what they are used with, licences, checksums and a list of what is
// linked (CycloneDX). The same files make the same bytes.
//
// usage: pack -krakend 2.13.8 -libc musl -arch amd64 -version v1.2.0 -plugins folder -out dist
//
// It runs in the repository's root and refuses plugins that are not for the target.
package main

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/krakend-redact/krakend-redact/compat"
)

func main() {
	var target compat.Target
	flag.StringVar(&target.KrakenD, "krakend", "", "KrakenD release")
	flag.StringVar(&target.LibC, "libc", "", "glibc or musl")
	flag.StringVar(&target.Arch, "arch", "", "amd64 or arm64")
	version := flag.String("version", "", "version of this project")
	plugins := flag.String("plugins", "", "folder with the plugins")
	out := flag.String("out", "dist", "folder for the archive")
	flag.Parse()

	archive, err := pack(target, *version, *plugins, *out)
	if err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
	fmt.Println(archive)
}

// shipped are the files of the repository that go into an archive, by their
// folder there.
var shipped = map[string]string{
	"":          "LICENSE",
	"schemas":   "schemas/*.json",
	"templates": "templates/*.tmpl",
	"policies":  "krakend/policies/*.json",
}

func pack(target compat.Target, version, plugins, out string) (string, error) {
	built, err := filepath.Glob(filepath.Join(plugins, "*.so"))
	if err != nil || len(built) == 0 {
		return "", fmt.Errorf("no plugins in %q (%v)", plugins, err)
	}
	files := map[string][]byte{}
	add := func(name, file string) error {
		content, err := os.ReadFile(file)
		files[name] = content
		return err
	}

	var parts []plugin
	for _, file := range built {
		info, err := target.Check(file)
		if err != nil {
			return "", err
		}
		name := "plugins/" + filepath.Base(file)
		if err := add(name, file); err != nil {
			return "", err
		}
		parts = append(parts, plugin{name: name, sum: sha256.Sum256(files[name]), info: info})
	}
	for folder, pattern := range shipped {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			return "", fmt.Errorf("no %s: run this in the repository's root", pattern)
		}
		for _, file := range found {
			if err := add(filepath.ToSlash(filepath.Join(folder, filepath.Base(file))), file); err != nil {
				return "", err
			}
		}
	}
	if err := addLicences(files, target.KrakenD, parts); err != nil {
		return "", err
	}
	if files["sbom.cdx.json"], err = sbom(target, version, parts); err != nil {
		return "", err
	}
	files["SHA256SUMS"] = checksums(files)

	name := fmt.Sprintf("krakend-redact-%s-krakend-%s", version, target)
	return write(filepath.Join(out, name+".tar.gz"), name, files)
}

// checksums is what `sha256sum -c` reads.
func checksums(files map[string][]byte) []byte {
	var b strings.Builder
	for _, name := range names(files) {
		fmt.Fprintf(&b, "%x  %s\n", sha256.Sum256(files[name]), name)
	}
	return []byte(b.String())
}

// write makes the archive, and its own checksum beside it.
func write(archive, root string, files map[string][]byte) (string, error) {
	if err := os.MkdirAll(filepath.Dir(archive), 0o755); err != nil {
		return "", err
	}
	f, err := os.Create(archive)
	if err != nil {
		return "", err
	}
	defer f.Close()
	hash := sha256.New()
	zipped := gzip.NewWriter(io.MultiWriter(f, hash))
	tarred := tar.NewWriter(zipped)
	for _, name := range names(files) {
		header := &tar.Header{
			Typeflag: tar.TypeReg, Name: root + "/" + name, Mode: 0o644,
			Size: int64(len(files[name])), ModTime: buildTime(), Format: tar.FormatUSTAR,
		}
		if err := tarred.WriteHeader(header); err != nil {
			return "", err
		}
		if _, err := tarred.Write(files[name]); err != nil {
			return "", err
		}
	}
	if err := tarred.Close(); err != nil {
		return "", err
	}
	if err := zipped.Close(); err != nil {
		return "", err
	}
	if err := f.Close(); err != nil {
		return "", err
	}
	sum := fmt.Sprintf("%x  %s\n", hash.Sum(nil), filepath.Base(archive))
	return archive, os.WriteFile(archive+".sha256", []byte(sum), 0o644)
}

// buildTime follows https://reproducible-builds.org/docs/source-date-epoch/.
func buildTime() time.Time {
	seconds, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
	if err != nil {
		return time.Unix(0, 0)
	}
	return time.Unix(seconds, 0)
}

func names(files map[string][]byte) []string {
	var all []string
	for name := range files {
		all = append(all, name)
	}
	sort.Strings(all)
	return all
}
