// Package host builds the KrakenD that gets measured, and runs it in a process of
// its own. It knows nothing of what is measured.
package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// BuildError says that this machine or checkout cannot build what gets measured.
type BuildError struct{ Err error }

func (e *BuildError) Error() string {
	return "cannot build the gateway and the plugin: " + e.Err.Error()
}

// Unwrap returns the reason.
func (e *BuildError) Unwrap() error { return e.Err }

// Go runs the go command in a folder, with cgo, which plugins need, and returns
// what it printed. env is added to the environment.
func Go(ctx context.Context, dir string, env []string, args ...string) (string, error) {
	var stderr strings.Builder
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Stderr = dir, &stderr
	cmd.Env = append(append(os.Environ(), "CGO_ENABLED=1"), env...)
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimSpace(string(out)), nil
}

// Process is a running KrakenD.
type Process struct {
	// URL is where it listens.
	URL string
	// Client is what it was started with.
	Client *http.Client
	cmd    *exec.Cmd
	exited chan struct{}
}

// Start runs a gateway in a process of its own, so that none pays for another
// one's garbage, and waits until it is ready. config is its configuration, to
// which the port is added; it and the log are kept as file.json and file.log. env
// is added to the environment.
func Start(ctx context.Context, gateway, file string, config map[string]any, client *http.Client, env ...string) (*Process, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	config["version"], config["listen_ip"], config["port"] = 3, "127.0.0.1", port
	text, err := json.Marshal(config)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(file+".json", text, 0o600); err != nil {
		return nil, err
	}
	log, err := os.Create(file + ".log")
	if err != nil {
		return nil, err
	}
	defer log.Close() // the process has its own handle

	p := &Process{URL: fmt.Sprintf("http://127.0.0.1:%d", port), Client: client, exited: make(chan struct{})}
	p.cmd = exec.CommandContext(ctx, gateway, "run", "-c", file+".json")
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.Env = append(cleanEnv(os.Environ()), env...)
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { _ = p.cmd.Wait(); close(p.exited) }()
	if err := p.ready(ctx); err != nil {
		p.Stop()
		text, _ := os.ReadFile(log.Name())
		return nil, fmt.Errorf("gateway %s: %w\n%s", file, err, text)
	}
	return p, nil
}

func (p *Process) ready(ctx context.Context) error {
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		if r, err := p.Client.Get(p.URL + "/__health"); err == nil {
			_ = r.Body.Close()
			return nil
		}
		select {
		case <-p.exited:
			return errors.New("it ended: " + p.cmd.ProcessState.String())
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
	return errors.New("it is not ready after 30 s")
}

// PID returns the number of the process.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Stop ends the process.
func (p *Process) Stop() {
	p.Client.CloseIdleConnections()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.exited:
	case <-time.After(3 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.exited
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
