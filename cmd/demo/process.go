package main

import (
	"bytes"
	"context"
	"errors"
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

// process is a program that runs beside the demo.
type process struct {
	name   string // for people
	cmd    *exec.Cmd
	tail   tail
	exited chan struct{} // closed when the process is gone
	result error         // of the process; valid once exited is closed
}

// start starts a program with the settings in its environment.
func start(name string, settings map[string]string, binary string, args ...string) (*process, error) {
	p := &process{name: name, cmd: exec.Command(binary, args...), exited: make(chan struct{})}
	p.cmd.Env = cleanEnv(os.Environ())
	for name, value := range settings {
		p.cmd.Env = append(p.cmd.Env, name+"="+value)
	}
	p.cmd.Stdout, p.cmd.Stderr = &p.tail, &p.tail
	ownGroup(p.cmd)
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("cannot start the %s: %w", name, err)
	}
	go func() {
		p.result = p.cmd.Wait()
		close(p.exited)
	}()
	return p, nil
}

// cleanEnv drops what would change the configuration of gateway or console, so that
// the demo shows the same on every machine.
func cleanEnv(environ []string) []string {
	var kept []string
	for _, entry := range environ {
		if !strings.HasPrefix(entry, "FC_") && !strings.HasPrefix(entry, "KRAKEND_") && !strings.HasPrefix(entry, "REDACT_") {
			kept = append(kept, entry)
		}
	}
	return kept
}

// errInterrupted is what becomes of a start when somebody stops the demo.
var errInterrupted = errors.New("interrupted")

// await returns when url answers with 200, or says why it never will.
func (p *process) await(ctx context.Context, url string, patience time.Duration) error {
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
		case <-p.exited:
			return p.died()
		case <-ctx.Done():
			return errInterrupted
		case <-deadline:
			return fmt.Errorf("%s does not answer after %v\n%s", url, patience, p.log())
		}
	}
}

// died describes a process that ended by itself.
func (p *process) died() error {
	how := "without an error"
	if p.result != nil {
		how = p.result.Error()
	}
	return fmt.Errorf("the %s has stopped: %s\n%s", p.name, how, p.log())
}

// stop ends the process, the hard way if it does not obey.
func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // fails if it is gone, which is fine
	select {
	case <-p.exited:
	case <-time.After(5 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.exited
	}
}

func (p *process) log() string {
	lines := p.tail.lines()
	if len(lines) == 0 {
		return "The " + p.name + " has logged nothing."
	}
	return "The last log lines of the " + p.name + ":\n  " + strings.Join(lines, "\n  ")
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
