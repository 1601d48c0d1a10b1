package compat

import (
	"debug/buildinfo"
	"debug/elf"
	"fmt"
	"runtime/debug"
	"strings"
)

// Target is what a plugin is built for.
type Target struct {
	KrakenD string // release, such as 2.13.8
	LibC    string // glibc or musl
	Arch    string // GOARCH: amd64 or arm64
}

// String is the target's part of folder and archive names.
func (t Target) String() string {
	return t.KrakenD + "-" + t.LibC + "-" + t.Arch
}

var machines = map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}

// Check reads from a plugin file whether it is one for the target: Go, versions
// of what both link, C library and processor. It cannot see the paths that the
// file was compiled under, which have to agree as well (compat/build.sh).
func (t Target) Check(file string) (*debug.BuildInfo, error) {
	releases, err := Releases()
	if err != nil {
		return nil, err
	}
	release, known := releases[t.KrakenD]
	if !known {
		return nil, fmt.Errorf("KrakenD %s is not in krakend-ce-modules.json", t.KrakenD)
	}
	info, err := buildinfo.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if want := "go" + release.Go; info.GoVersion != want {
		return nil, fmt.Errorf("%s: built with %s, KrakenD %s with %s", file, info.GoVersion, t.KrakenD, want)
	}
	if c := release.Conflicts(info); len(c) > 0 {
		return nil, fmt.Errorf("%s: %s", file, strings.Join(c, "; "))
	}
	return info, t.checkELF(file)
}

func (t Target) checkELF(file string) error {
	f, err := elf.Open(file)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	defer f.Close()
	if want, known := machines[t.Arch]; !known || f.Machine != want {
		return fmt.Errorf("%s: built for %s, not for %s", file, f.Machine, t.Arch)
	}
	libraries, err := f.ImportedLibraries()
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if got := libCOf(libraries); got != t.LibC {
		return fmt.Errorf("%s: linked against %s %v, not against %s", file, got, libraries, t.LibC)
	}
	return nil
}

// libCOf tells the C library by the name under which a file asks for it.
func libCOf(libraries []string) string {
	for _, l := range libraries {
		switch {
		case l == "libc.so.6":
			return "glibc"
		// The second is what Alpine calls it.
		case l == "libc.so", strings.HasPrefix(l, "libc.musl-"):
			return "musl"
		}
	}
	return "no known C library"
}
