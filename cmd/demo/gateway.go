package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"
)

// gateway is a running KrakenD.
type gateway struct {
	cmd    *exec.Cmd
	tail   tail
	exited chan struct{} // closed when the process is gone
	result error         // of the process; valid once exited is closed
}

// startGateway starts KrakenD with the settings in its environment.
func startGateway(binary string, settings map[string]string) (*gateway, error) {
	g := &gateway{cmd: exec.Command(binary, "run", "-c", configFile), exited: make(chan struct{})}
	g.cmd.Env = cleanEnv(os.Environ())
	for name, value := range settings {
		g.cmd.Env = append(g.cmd.Env, name+"="+value)
	}
	g.cmd.Stdout, g.cmd.Stderr = &g.tail, &g.tail
	ownGroup(g.cmd)
	if err := g.cmd.Start(); err != nil {
		return nil, fmt.Errorf("cannot start the gateway: %w", err)
	}
	go func() {
		g.result = g.cmd.Wait()
		close(g.exited)
	}()
	return g, nil
}

// cleanEnv drops what would change the gateway's configuration, so that the demo
// shows the same on every machine.
func cleanEnv(environ []string) []string {
	var kept []string
	for _, entry := range environ {
		if !strings.HasPrefix(entry, "FC_") && !strings.HasPrefix(entry, "KRAKEND_") {
			kept = append(kept, entry)
		}
	}
	return kept
}

// await returns when url answers with 200, or says why it never will.
func (g *gateway) await(ctx context.Context, url string, patience time.Duration) error {
	deadline := time.After(patience)
	client := http.Client{Timeout: time.Second}
	for {
		if resp, err := client.Get(url); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-g.exited:
			return g.died()
		case <-ctx.Done():
			return fmt.Errorf("interrupted")
		case <-deadline:
			return fmt.Errorf("%s does not answer after %v\n%s", url, patience, g.log())
		}
	}
}

// died describes a gateway that ended by itself.
func (g *gateway) died() error {
	how := "without an error"
	if g.result != nil {
		how = g.result.Error()
	}
	return fmt.Errorf("the gateway has stopped: %s\n%s", how, g.log())
}

// stop ends the process, the hard way if it does not obey.
func (g *gateway) stop() {
	_ = g.cmd.Process.Signal(syscall.SIGTERM) // fails if it is gone, which is fine
	select {
	case <-g.exited:
	case <-time.After(5 * time.Second):
		_ = g.cmd.Process.Kill()
		<-g.exited
	}
}

func (g *gateway) log() string {
	lines := g.tail.lines()
	if len(lines) == 0 {
		return "The gateway has logged nothing."
	}
	return "The gateway's last log lines:\n  " + strings.Join(lines, "\n  ")
}

// tail keeps the end of what is written to it.
type tail struct {
	mu  sync.Mutex
	end []byte
}

const (
	tailLines = 20
	tailBytes = 16 << 10
)

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end = append(t.end, p...)
	if surplus := len(t.end) - tailBytes; surplus > 0 {
		t.end = append(t.end[:0], t.end[surplus:]...)
	}
	return len(p), nil
}

// escapes are the colours in KrakenD's log.
var escapes = regexp.MustCompile(`\x1b\[[0-9;]*m`)

func (t *tail) lines() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := bytes.TrimSpace(escapes.ReplaceAll(t.end, nil))
	if len(text) == 0 {
		return nil
	}
	lines := strings.Split(string(text), "\n")
	return lines[max(0, len(lines)-tailLines):]
}
