package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// gateway is a running KrakenD with one endpoint.
type gateway struct {
	variant
	url    string
	client *http.Client
	cmd    *exec.Cmd
	exited chan struct{}
}

// startGateway runs the variant in a process of its own, so that no variant pays
// for another one's garbage, and waits until it is ready.
func startGateway(ctx context.Context, b *binaries, v variant, upstream, dir string, clients int) (*gateway, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	config, err := json.Marshal(gatewayConfig(b, v, upstream, port))
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, v.name+".json")
	if err := os.WriteFile(file, config, 0o600); err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(dir, v.name+".log"))
	if err != nil {
		return nil, err
	}
	defer log.Close() // the process has its own handle

	g := &gateway{
		variant: v, url: fmt.Sprintf("http://127.0.0.1:%d", port),
		client: newClient(clients), exited: make(chan struct{}),
	}
	g.cmd = exec.CommandContext(ctx, b.gateway, "run", "-c", file)
	g.cmd.Stdout, g.cmd.Stderr = log, log
	g.cmd.Env = cleanEnv(os.Environ())
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

func gatewayConfig(b *binaries, v variant, upstream string, port int) object {
	c := object{
		"version": 3, "listen_ip": "127.0.0.1", "port": port,
		"extra_config": object{
			"router":            object{"disable_access_log": true},
			"telemetry/logging": object{"level": "ERROR", "stdout": true, "prefix": "[KRAKEND]"},
		},
		"endpoints": []object{{
			"endpoint": "/chat", "method": http.MethodPost, "output_encoding": "no-op", "timeout": "20s",
			"backend": []object{{
				"host": []string{upstream}, "url_pattern": "/chat", "method": http.MethodPost, "encoding": "no-op",
				"extra_config": v.extra,
			}},
		}},
	}
	// Only the variant that needs it carries the plugin.
	if _, ok := v.extra["plugin/req-resp-modifier"]; ok && b.plugins != "" {
		c["plugin"] = object{"pattern": ".so", "folder": b.plugins + "/"}
	}
	return c
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

// cleanEnv is env without what would change KrakenD's configuration.
func cleanEnv(env []string) []string {
	var clean []string
	for _, kv := range env {
		if !strings.HasPrefix(kv, "KRAKEND_") && !strings.HasPrefix(kv, "FC_") {
			clean = append(clean, kv)
		}
	}
	return clean
}
