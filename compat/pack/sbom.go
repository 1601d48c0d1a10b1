package main

import (
	"encoding/json"
	"fmt"
	"runtime/debug"
	"sort"
	"strings"

	"github.com/krakend-redact/krakend-redact/compat"
)

// plugin is one built file.
type plugin struct {
	name string
	sum  [32]byte
	info *debug.BuildInfo
}

// The parts of CycloneDX 1.5 (https://cyclonedx.org/docs/1.5/json/) that are used.
// The optional time and serial number are not: they would differ each time.
type (
	bom struct {
		Format       string       `json:"bomFormat"`
		SpecVersion  string       `json:"specVersion"`
		Version      int          `json:"version"`
		Metadata     metadata     `json:"metadata"`
		Components   []component  `json:"components"`
		Dependencies []dependency `json:"dependencies"`
	}
	metadata struct {
		Component component `json:"component"`
	}
	component struct {
		Ref        string     `json:"bom-ref"`
		Type       string     `json:"type"`
		Name       string     `json:"name"`
		Version    string     `json:"version,omitempty"`
		PURL       string     `json:"purl,omitempty"`
		Hashes     []hash     `json:"hashes,omitempty"`
		Properties []property `json:"properties,omitempty"`
	}
	hash struct {
		Algorithm string `json:"alg"`
		Content   string `json:"content"`
	}
	property struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	dependency struct {
		Ref       string   `json:"ref"`
		DependsOn []string `json:"dependsOn,omitempty"`
	}
)

// sbom lists what the plugins are made of, as their build information has it: the
// modules, and Go's standard library, which is most of each.
func sbom(target compat.Target, version string, parts []plugin) ([]byte, error) {
	bundle := component{
		Ref: "krakend-redact", Type: "application", Name: "krakend-redact", Version: version,
		PURL: purl(compat.Module, version),
		Properties: []property{
			{Name: "krakend-redact:krakend", Value: target.KrakenD},
			{Name: "krakend-redact:libc", Value: target.LibC},
			{Name: "krakend-redact:arch", Value: target.Arch},
		},
	}
	b := bom{Format: "CycloneDX", SpecVersion: "1.5", Version: 1, Metadata: metadata{Component: bundle}}
	root := dependency{Ref: bundle.Ref}
	for _, p := range parts {
		root.DependsOn = append(root.DependsOn, p.name)
		b.Components = append(b.Components, component{
			Ref: p.name, Type: "library", Name: p.name, Version: version,
			Hashes: []hash{{Algorithm: "SHA-256", Content: fmt.Sprintf("%x", p.sum)}},
		})
		links := dependency{Ref: p.name}
		for path, v := range modulesOf([]plugin{p}) {
			links.DependsOn = append(links.DependsOn, purl(path, v))
		}
		links.DependsOn = append(links.DependsOn, purl("stdlib", goVersion(p)))
		sort.Strings(links.DependsOn)
		b.Dependencies = append(b.Dependencies, links)
	}
	b.Dependencies = append(b.Dependencies, root)

	linked := modulesOf(parts)
	linked["stdlib"] = goVersion(parts[0])
	var modules []component
	for path, v := range linked {
		modules = append(modules, component{Ref: purl(path, v), Type: "library", Name: path, Version: v, PURL: purl(path, v)})
	}
	sort.Slice(modules, func(i, j int) bool { return modules[i].Ref < modules[j].Ref })
	b.Components = append(b.Components, modules...)

	raw, err := json.MarshalIndent(b, "", "  ")
	return append(raw, '\n'), err
}

// modulesOf returns the versions of the modules that are linked into any plugin.
func modulesOf(parts []plugin) map[string]string {
	modules := map[string]string{}
	for _, p := range parts {
		for _, d := range p.info.Deps {
			modules[d.Path] = d.Version
		}
	}
	return modules
}

func goVersion(p plugin) string {
	return strings.TrimPrefix(p.info.GoVersion, "go")
}

// purl is a package URL (https://github.com/package-url/purl-spec).
func purl(path, version string) string {
	return "pkg:golang/" + path + "@" + version
}
