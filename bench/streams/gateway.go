package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

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
	url    string
	client *http.Client
	cmd    *exec.Cmd
	exited chan struct{}
}

// startGateway runs the variant in a process of its own and waits until it is
// ready. model and timer are the upstreams.
func startGateway(ctx context.Context, b *binaries, v variant, model, timer, dir string) (*gateway, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	config, err := json.Marshal(configuration(b, v, model, timer, port))
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, strings.ReplaceAll(v.name, " ", "-"))
	if err := os.WriteFile(file+".json", config, 0o600); err != nil {
		return nil, err
	}
	log, err := os.Create(file + ".log")
	if err != nil {
		return nil, err
	}
	defer log.Close() // the process has its own handle

	g := &gateway{
		variant: v, url: fmt.Sprintf("http://127.0.0.1:%d", port),
		client: &http.Client{Timeout: time.Minute, Transport: &http.Transport{DisableCompression: true}},
		exited: make(chan struct{}),
	}
	g.cmd = exec.CommandContext(ctx, b.gateway, "run", "-c", file+".json")
	g.cmd.Stdout, g.cmd.Stderr = log, log
	for _, kv := range os.Environ() { // without what would change the configuration
		if !strings.HasPrefix(kv, "KRAKEND_") && !strings.HasPrefix(kv, "FC_") {
			g.cmd.Env = append(g.cmd.Env, kv)
		}
	}
	if err := g.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { _ = g.cmd.Wait(); close(g.exited) }()
	if err := g.ready(ctx); err != nil {
		g.stop()
		text, _ := os.ReadFile(log.Name())
		return nil, fmt.Errorf("gateway %q: %w\n%s", v.name, err, text)
	}
	return g, nil
}

func configuration(b *binaries, v variant, model, timer string, port int) object {
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
		"version": 3, "listen_ip": "127.0.0.1", "port": port,
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
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, g.url+path, strings.NewReader(string(body)))
	if err != nil {
		return nil, err
	}
	split.Authorize(r.Header)
	resp, err := g.client.Do(r)
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

func (g *gateway) ready(ctx context.Context) error {
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		if r, err := g.client.Get(g.url + "/__health"); err == nil {
			_ = r.Body.Close()
			return nil
		}
		select {
		case <-g.exited:
			return errors.New("it ended: " + g.cmd.ProcessState.String())
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
	return errors.New("it is not ready after 30 s")
}

func (g *gateway) stop() {
	g.client.CloseIdleConnections()
	_ = g.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-g.exited:
	case <-time.After(3 * time.Second):
		_ = g.cmd.Process.Kill()
		<-g.exited
	}
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
