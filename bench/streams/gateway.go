package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/krakend-redact/krakend-redact/bench/host"
	"github.com/krakend-redact/krakend-redact/bench/streams/split"
)

type (
	object = map[string]any
	list   = []any
)

// variant is one way to set up the endpoints.
type variant struct {
	name     string
	plugin   string // "" for none
	modifier object // settings of plugin/req-resp-modifier
}

func (v variant) redacts() bool { return v.plugin == "redact" }

// These are the variants, in this order.
const (
	alone    = iota // KrakenD without plugins
	flushing        // it hands on events as they arrive, and does nothing else
	redacting
	withResponseRules
)

func variants() []variant {
	redact := func(responses bool) object {
		return object{"name": list{"redact-request", "redact-response"}, "redact": object{"policy": policy(responses)}}
	}
	return []variant{
		alone:             {name: "alone"},
		flushing:          {name: "flushing", plugin: "flush", modifier: object{"name": list{"bench-flush"}}},
		redacting:         {name: "redact", plugin: "redact", modifier: redact(false)},
		withResponseRules: {name: "redact with response rules", plugin: "redact", modifier: redact(true)},
	}
}

func policy(responses bool) object {
	var rules, responseRules list
	split.Kinds(func(name, pattern string) {
		rules = append(rules, object{"name": name, "pattern": pattern, "replacement": "[REDACTED_" + name + "]"})
		responseRules = append(responseRules, object{"name": "new " + name, "pattern": pattern, "replacement": "[REMOVED_" + name + "]"})
	})
	p := object{"name": "streams", "unmask_for_user": true, "redaction_rules": rules}
	if responses {
		p["response_rules"] = responseRules
	}
	return p
}

// timedPath is the endpoint whose answers are timed.
const timedPath = "/timed"

// gateway is a running KrakenD.
type gateway struct {
	variant
	*host.Process
}

// startGateway runs the variant and waits until it is ready. model and timer are
// the upstreams.
func startGateway(ctx context.Context, b *binaries, v variant, model, timer, dir string) (*gateway, error) {
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{DisableCompression: true}}
	p, err := host.Start(ctx, b.gateway, filepath.Join(dir, strings.ReplaceAll(v.name, " ", "-")), configuration(b, v, model, timer), client)
	return &gateway{v, p}, err
}

func configuration(b *binaries, v variant, model, timer string) object {
	extra := object{}
	if v.plugin != "" {
		extra["plugin/req-resp-modifier"] = v.modifier
	}
	endpoint := func(path, host, target string) object {
		return object{
			"endpoint": path, "method": http.MethodPost, "output_encoding": "no-op", "timeout": "60s",
			"input_headers": list{"*"}, "input_query_strings": list{"alt"},
			"backend": list{object{
				"host": list{host}, "url_pattern": target, "method": http.MethodPost, "encoding": "no-op", "extra_config": extra,
			}},
		}
	}
	formats := split.Formats()
	endpoints := list{endpoint(timedPath, timer, formats[0].Path)}
	for _, f := range formats {
		path := f.Path
		if at := strings.LastIndexByte(path, '/'); f.StreamPath != "" { // a colon would begin a parameter
			path = path[:at] + "/{call}"
		}
		endpoints = append(endpoints, endpoint(path, model, path))
	}
	c := object{
		"extra_config": object{
			"router":            object{"disable_access_log": true, "return_error_msg": true},
			"telemetry/logging": object{"level": "ERROR", "stdout": true, "prefix": "[KRAKEND]"},
		},
		"endpoints": endpoints,
	}
	if v.plugin != "" { // only the variant that needs it carries the plugin
		c["plugin"] = object{"pattern": ".so", "folder": filepath.Join(b.plugins, v.plugin) + "/"}
	}
	return c
}

// post sends a body and returns the answer, which is open.
func (g *gateway) post(ctx context.Context, path string, body []byte) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, g.URL+path, strings.NewReader(string(body)))
	if err != nil {
		return nil, err
	}
	split.Authorize(r.Header)
	resp, err := g.Client.Do(r)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		defer resp.Body.Close()
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 1000))
		return nil, fmt.Errorf("gateway %q answered %s: %s", g.name, resp.Status, text)
	}
	return resp, nil
}
