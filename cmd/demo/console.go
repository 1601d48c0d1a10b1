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
	login, err := c.token(ctx, binary, db, "token", "--role", "editor")
	if err != nil {
		return err
	}
	ingest, err := c.token(ctx, binary, db, "ingest-token")
	if err != nil {
		return err
	}
	// What applies to the proxy until somebody assigns another policy in the console.
	policy := filepath.Join(published, "proxies", "chat.json")
	if err := copyFile(policy, policyFile); err != nil {
		return err
	}
	c.login = login
	c.settings = map[string]string{
		"REDACT_POLICY":       policy,
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

// token makes a token of a kind.
func (c *console) token(ctx context.Context, binary, db, kind string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, binary, append([]string{kind, "create", "--db", db, "--name", "demo"}, args...)...)
	cmd.Env = cleanEnv(os.Environ())
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("the console makes no %s: %w", kind, err)
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

func copyFile(to, from string) error {
	raw, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	return os.WriteFile(to, raw, 0o600)
}
