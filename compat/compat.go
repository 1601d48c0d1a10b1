// Package compat knows what each KrakenD CE release pins. A Go plugin loads
// only into a host that was built by the same Go with the same version of every
// package that both link.
//
// The data is krakend-ce-modules.json; the package builds nothing.
package compat

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"sort"
)

// Release is what one KrakenD CE release is made of.
type Release struct {
	// Go is the version of the toolchain, such as 1.25.6.
	Go string `json:"go"`
	// Alpine is the version of the official image's base, empty if unknown.
	Alpine string `json:"alpine"`
	// Modules are the versions of all modules in its build list.
	Modules map[string]string `json:"modules"`
}

// Reference is the release that this repository's go.mod pins.
const Reference = "2.12.1"

//go:embed krakend-ce-modules.json
var data []byte

// Releases returns all releases by their version. Older files stop working
// silently when a field is renamed, so an unreadable one is an error.
func Releases() (map[string]Release, error) {
	var all map[string]Release
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, fmt.Errorf("compat: krakend-ce-modules.json: %w", err)
	}
	return all, nil
}

// Conflicts lists the modules that a plugin and a release both link at
// different versions, each as "path: plugin v1, KrakenD v2". The plugin loads
// only if there are none.
func (r Release) Conflicts(plugin *debug.BuildInfo) []string {
	var conflicts []string
	for _, m := range plugin.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		if theirs, shared := r.Modules[m.Path]; shared && theirs != m.Version {
			conflicts = append(conflicts, fmt.Sprintf("%s: plugin %s, KrakenD %s", m.Path, m.Version, theirs))
		}
	}
	sort.Strings(conflicts)
	return conflicts
}

// Shared lists the modules that a plugin and a release both link at the same
// version.
func (r Release) Shared(plugin *debug.BuildInfo) []string {
	var shared []string
	for _, m := range plugin.Deps {
		if r.Modules[m.Path] == m.Version {
			shared = append(shared, m.Path+" "+m.Version)
		}
	}
	sort.Strings(shared)
	return shared
}
