package browser

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	loginToken  = "login-token-of-the-browser-tests"
	ingestToken = "ingest-token-of-the-browser-tests"
)

type obj = map[string]any

// console is a running redact-console with a database of its own.
type console struct {
	url     string
	db      string
	publish string // the folder that it publishes to
}

func startConsole(t *testing.T) *console {
	t.Helper()
	if bin.missing != "" {
		t.Skip(bin.missing)
	}
	dir := t.TempDir()
	c := &console{db: filepath.Join(dir, "console.db"), publish: filepath.Join(dir, "published")}
	cmd := exec.Command(bin.console, "serve", "--listen", "127.0.0.1:0", "--db", c.db, "--publish", c.publish)
	cmd.Env = append(os.Environ(), "REDACT_CONSOLE_LOGIN_TOKEN="+loginToken, "REDACT_CONSOLE_INGEST_TOKEN="+ingestToken)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.url = strings.TrimPrefix(startProcess(t, "the console", cmd, func() string {
		line, _ := bufio.NewReader(out).ReadString('\n') // nothing is an error of its own
		return strings.TrimSpace(line)
	}), "redact-console: ")
	if !strings.HasPrefix(c.url, "http://127.0.0.1:") {
		t.Fatalf("the console says it is at %q", c.url)
	}
	return c
}

// startProcess runs a process until the test ends, with what it says shown
// should that fail, and returns what ready does.
func startProcess(t *testing.T, name string, cmd *exec.Cmd, ready func() string) string {
	t.Helper()
	var log buffer
	if cmd.Stderr = &log; cmd.Stdout == nil {
		cmd.Stdout = &log
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s said:\n%s", name, log.String())
		}
		if strings.Contains(log.String(), password) {
			t.Errorf("%s told the password:\n%s", name, log.String())
		}
	})
	return ready()
}

// buffer collects what a process prints.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// command runs the console's program with its database.
func (c *console) command(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command(bin.console, append(args, "--db", c.db)...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", args, err, out)
	}
}

// ingest sends lines as a gateway does and returns how many were rejected.
func (c *console) ingest(t *testing.T, lines ...obj) int {
	t.Helper()
	var body bytes.Buffer
	for _, line := range lines {
		if err := json.NewEncoder(&body).Encode(line); err != nil {
			t.Fatal(err)
		}
	}
	r, err := http.NewRequest(http.MethodPost, c.url+"/api/v1/ingest", &body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+ingestToken)
	r.Header.Set("Content-Type", "application/x-ndjson")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct{ Rejected int }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("ingestion answers %s, %v", resp.Status, err)
	}
	return answer.Rejected
}

// The lines of a gateway, in the format of docs/audit.md.

var ids int

// head is what all lines begin with.
func head(kind string, at time.Time) obj {
	ids++
	return obj{
		"schema": 1, "kind": kind, "id": fmt.Sprintf("01a2045e-0340-79ba-b654-%012x", ids), "gateway": "eu-2",
		"time": stamp(at),
	}
}

func stamp(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }

// merge puts more over an object.
func merge(o obj, more ...obj) obj {
	for _, m := range more {
		for k, v := range m {
			o[k] = v
		}
	}
	return o
}

func policyLine(name, mode string) obj {
	return obj{"name": name, "version": "3", "digest": "0beec7b5ea3f", "mode": mode}
}

func eventLine(at time.Time, proxy string, policy obj, rule obj) obj {
	e := head("event", at)
	return merge(e, obj{
		"exchange": e["id"], "request_id": fmt.Sprintf("req-%05d", ids), "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "proxy": proxy,
		"policy": policy, "direction": "request", "streamed": false, "profile": "openai-chat", "outcome": "masked", "reason": "", "rules": []obj{rule},
		"restored": 0, "unresolved": 0, "suppressed": 0, "bytes_in": 812, "bytes_out": 830, "micros": 241,
		"excerpts": []string{"please write to [REDACTED_EMAIL_1] about the invoice"},
	})
}

func alertLine(at time.Time, kind, severity, rule, proxy string, policy obj) obj {
	return merge(head("alert", at), obj{
		"type": kind, "severity": severity, "rule": rule, "proxy": proxy, "policy": policy, "first": stamp(at.Add(-time.Minute)),
		"last": stamp(at), "count": 7, "action": "mask", "reason": "", "exchange": "01a2045e-0340-79ba-b654-000000000001",
	})
}

func statusLine(at time.Time, proxies ...obj) obj {
	return merge(head("status", at), obj{"version": "1.1.0", "started": stamp(at.Add(-50 * time.Hour)), "proxies": proxies, "dropped": 0})
}

func ruleLine(name, severity, action, placeholder string) obj {
	return obj{"name": name, "severity": severity, "action": action, "count": 1, "placeholders": []string{placeholder}}
}

// history is what another gateway reported since yesterday.
func history(now time.Time) []obj {
	support := policyLine("support", "enforce")
	rules := []obj{
		ruleLine("Email Addresses", "medium", "mask", "[REDACTED_EMAIL_1]"), ruleLine("phone", "low", "mask", "[REDACTED_PHONE_1]"),
		ruleLine("Email Addresses", "medium", "mask", "[REDACTED_EMAIL_2]"), ruleLine("Customer Number", "high", "hash", "[CUSTOMER:5f3a]"),
		ruleLine("aws_access_key", "critical", "redact", "[REDACTED_AWS_ACCESS_KEY_1]"),
	}
	proxies := []string{"support-assistant", "code-review", "support-assistant"}
	var lines []obj
	for i := range 300 {
		at := now.Add(-10*time.Minute - time.Duration(i*i%1400)*time.Minute)
		lines = append(lines, eventLine(at, proxies[i%len(proxies)], support, rules[(i/3+i%7)%len(rules)]))
	}
	return append(lines,
		alertLine(now.Add(-3*time.Hour), "frequency", "high", "Customer Number", "support-assistant", support),
		alertLine(now.Add(-5*time.Hour), "severity", "critical", "aws_access_key", "code-review", support),
		statusLine(now.Add(-20*time.Second), obj{
			"proxy": "support-assistant", "policy": support, "source": "policies/support.json", "loaded": stamp(now.Add(-30 * time.Hour)),
			"reload_error": `policies/support.json: rule "Account": field pattern is not a regular expression`,
		}, obj{"proxy": "code-review", "policy": support, "source": "policies/support.json", "loaded": stamp(now.Add(-30 * time.Hour))}),
	)
}
