package check

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/config"
)

// plugin reports a gateway that does not find our plugins.
func (k *krakendCheck) plugin(routes []route) {
	var needed []string
	var first *config.Node
	for _, r := range routes {
		for _, s := range r.all() {
			for _, name := range s.names {
				if m, ok := modifierOf(name); ok && !slices.Contains(needed, m.plugin) {
					needed = append(needed, m.plugin)
					if first == nil {
						first = s.settings
					}
				}
			}
		}
	}
	if first == nil || k.CompiledIn {
		return
	}
	section := k.root.Get("plugin")
	if section == nil {
		k.at("KR050", k.doc, first, "modifiers are named, but nothing tells KrakenD to load plugins: there is no \"plugin\" at the root", "")
		return
	}
	folder, pattern := section.Get("folder"), section.Get("pattern").Str()
	if folder.Str() == "" {
		k.at("KR050", k.doc, section, "\"plugin\" names no folder", "")
		return
	}
	at := section.Find("pattern")
	if strings.Contains(pattern, "*") {
		k.at("KR051", k.doc, at, "plugin.pattern is a part of the file's name and no glob, and no file has a * in its name", "")
		return
	}
	path := k.resolve(folder.Str())
	entries, err := os.ReadDir(path)
	if err != nil {
		if info, statErr := os.Stat(path); statErr == nil && !info.IsDir() {
			k.at("KR051", k.doc, folder, "plugin.folder is a file, and KrakenD reads folders only", "name the folder that holds it")
			return
		}
		for _, file := range needed {
			if !strings.Contains(file, pattern) {
				k.at("KR051", k.doc, at, fmt.Sprintf("the name %s does not contain plugin.pattern", file), "")
				return
			}
		}
		k.at("KR052", k.doc, folder, "the folder "+path+" is not on this machine, so nobody can say whether the plugins are in it", "")
		return
	}
	var matching []string
	for _, e := range entries {
		if !e.IsDir() && strings.Contains(e.Name(), pattern) {
			matching = append(matching, e.Name())
		}
	}
	for _, file := range needed {
		base := strings.TrimSuffix(file, ".so")
		if !slices.ContainsFunc(matching, func(name string) bool { return strings.Contains(name, base) }) {
			k.at("KR051", k.doc, folder, fmt.Sprintf("no file in %s with plugin.pattern in its name looks like %s", path, file), "")
		}
	}
}

// service reports what holds for the whole gateway.
func (k *krakendCheck) service(routes []route) {
	if !slices.ContainsFunc(routes, func(r route) bool { return r.anyHas(redactRequest) }) {
		return
	}
	router := k.root.Get("extra_config", "router")
	place := k.root.Find("extra_config.router")
	if !router.Get("return_error_msg").True() {
		k.at("KR060", k.doc, place, "return_error_msg is off: callers do not learn why a request was refused", "")
	}
	if !router.Get("disable_access_log").True() {
		k.at("KR061", k.doc, place, "the access log prints query strings before they are masked", "")
	}
	if debug := k.root.Get("debug_endpoint"); debug.True() {
		k.at("KR062", k.doc, debug, "the endpoint /__debug/ logs what it is sent, unmasked", "")
	}
	if echo := k.root.Get("echo_endpoint"); echo.True() && !usesEcho(routes) {
		k.at("KR062", k.doc, echo, "the endpoint /__echo/ shows callers what KrakenD received", "")
	}
}

// usesEcho tells whether the echo endpoint is there for a backend.
func usesEcho(routes []route) bool {
	return slices.ContainsFunc(routes, func(r route) bool {
		return slices.ContainsFunc(r.backends, func(b scope) bool {
			return strings.HasPrefix(b.owner.Get("url_pattern").Str(), "/__echo/")
		})
	})
}
