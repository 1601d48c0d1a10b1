package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// console is a running redact-console with a folder of its own, which goes with it.
type console struct {
	*process
	url, dir string
	login    string // the token that people log in with
	settings map[string]string
}

// startConsole starts a console, and says in settings what a gateway needs to know
// of it.
func startConsole(ctx context.Context, binary string, port int, patience time.Duration) (*console, error) {
	dir, err := os.MkdirTemp("", "krakend-redact-demo-")
	if err != nil {
		return nil, err
	}
	c := &console{url: "http://" + address(port), dir: dir}
	if err := c.start(ctx, binary, port, patience); err != nil {
		c.stop()
		return nil, err
	}
	return c, nil
}

func (c *console) start(ctx context.Context, binary string, port int, patience time.Duration) error {
	db, published := filepath.Join(c.dir, "console.db"), filepath.Join(c.dir, "published")
	// The console would make a first user by itself, and tell its token only in its log.
	login, err := c.ask(ctx, binary, "token", "create", "--db", db, "--name", "demo", "--role", "editor")
	if err != nil {
		return err
	}
	ingest, err := c.ask(ctx, binary, "ingest-token", "create", "--db", db, "--name", "demo")
	if err != nil {
		return err
	}
	if _, err := c.ask(ctx, binary, "policy", "import", "--db", db, "--publish", published, "--proxy", "chat", "--file", policyFile); err != nil {
		return err
	}
	c.login = login
	c.settings = map[string]string{
		"REDACT_POLICY":       filepath.Join(published, "proxies", "chat.json"),
		"REDACT_CONSOLE_URL":  c.url,
		"REDACT_INGEST_TOKEN": ingest,
		"REDACT_SPOOL":        filepath.Join(c.dir, "spool"),
	}
	c.process, err = start("console", nil, binary, "serve", "--listen", address(port), "--db", db, "--publish", published)
	if err != nil {
		return err
	}
	return c.await(ctx, c.url+"/healthz", patience)
}

// ask runs a command of the console's binary and returns what it printed.
func (c *console) ask(ctx context.Context, binary string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = cleanEnv(os.Environ())
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return "", errInterrupted
	}
	if err != nil {
		return "", fmt.Errorf("%s %s failed: %w\n%s", binary, args[0], err, complaints.String())
	}
	return strings.TrimSpace(string(out)), nil
}

// stop ends the console and removes what it has kept.
func (c *console) stop() {
	if c.process != nil {
		c.process.stop()
	}
	_ = os.RemoveAll(c.dir) // a folder of the system's own for such things
}
