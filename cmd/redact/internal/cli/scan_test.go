package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/scan"
)

const (
	scanInput  = "testdata/scan/input"
	scanPolicy = scanInput + "/policy.json"
)

func TestScan(t *testing.T) {
	for _, tc := range []struct {
		golden string
		code   int
		args   []string
	}{
		{"scan/text", exitFindings, nil},
		{"scan/json", exitFindings, []string{"--output", "json"}},
		{"scan/partial", exitFindings, []string{"--show", "partial", "--include", "*.log"}},
		{"scan/partial_json", exitFindings, []string{"--show", "partial", "--include", "*.jsonl", "--output", "json"}},
		{"scan/limit", exitFindings, []string{"--limit", "2"}},
		{"scan/none", exitFine, []string{"--include", "*.txt"}},
		{"scan/colours", exitFindings, []string{"--include", "*.log", "--color", "always"}},
	} {
		got := run(t, "", append([]string{"scan", scanPolicy, scanInput, "--exclude", "policy.json"}, tc.args...)...)
		if got.code != tc.code || got.errOut != "" {
			t.Errorf("%s: exit code %d, stderr %q", tc.golden, got.code, got.errOut)
		}
		golden(t, tc.golden, got.out)
	}
}

func TestScanExitCodes(t *testing.T) {
	log := scanInput + "/gateway.log" // high at the most
	broken := filepath.Join(t.TempDir(), "broken.gz")
	if err := os.WriteFile(broken, []byte("\x1f\x8b\x08 and nothing more"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		args   []string
		code   int
		errOut string
	}{
		{[]string{scanPolicy, log}, exitFindings, ""},
		{[]string{scanPolicy, log, "--fail-on", "high"}, exitFindings, ""},
		{[]string{scanPolicy, log, "--fail-on", "critical"}, exitFine, ""},
		{[]string{scanPolicy, log, "--fail-on", "never"}, exitFine, ""},
		{[]string{scanPolicy, broken, "--fail-on", "never"}, exitFindings, "broken.gz: the compressed data is broken"},
		{[]string{scanPolicy, "missing", "--fail-on", "never"}, exitFindings, "missing: no such file"},
		{[]string{scanPolicy, log, "--fail-on", "bad"}, exitUsage, "--fail-on is"},
		{[]string{scanPolicy, log, "--show", "all"}, exitUsage, "--show is"},
		{[]string{scanPolicy, log, "--format", "xml"}, exitUsage, "--format is"},
		{[]string{scanPolicy, log, "--limit", "-1"}, exitUsage, "--limit is negative"},
		{[]string{scanPolicy, log, "--include", "{a,b}"}, exitUsage, "cannot be read"},
		{[]string{scanPolicy}, exitUsage, "requires at least 2 arg"},
		{[]string{log, log}, exitUsage, "gateway.log"},
		{[]string{scanPolicy, log, "--state", scanPolicy}, exitUsage, "is not the state of a scan"},
	} {
		got := run(t, "", append([]string{"scan"}, tc.args...)...)
		if got.code != tc.code || !strings.Contains(got.errOut, tc.errOut) || (tc.errOut == "") != (got.errOut == "") {
			t.Errorf("%v: exit code %d, stderr %q", tc.args, got.code, got.errOut)
		}
	}
}

// TestScanIsInterrupted interrupts a scan while it reads a pipe, and goes on.
func TestScanIsInterrupted(t *testing.T) {
	dir := t.TempDir()
	pipe, saved := filepath.Join(dir, "pipe"), filepath.Join(dir, "state")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	log := scanInput + "/gateway.log"
	args := []string{"scan", scanPolicy, log, pipe, "--state", saved, "--output", "json"}
	results := make(chan result)
	go func() {
		var out, errOut bytes.Buffer
		code := Run(args, strings.NewReader(""), &out, &errOut)
		results <- result{code, out.String(), errOut.String()}
	}()
	// It opens once the scan reads, which is after the log.
	opened := make(chan *os.File)
	go func() {
		w, err := os.OpenFile(pipe, os.O_WRONLY, 0)
		if err != nil {
			t.Error(err)
		}
		opened <- w
	}()
	var w *os.File
	select {
	case w = <-opened:
	case got := <-results:
		t.Fatalf("the scan ended before it read the pipe: %+v", got)
	}
	if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	var err error
	line := []byte(strings.Repeat("lorem ipsum\n", 1000))
	for err == nil {
		_, err = w.Write(line)
	}
	if !errors.Is(err, syscall.EPIPE) {
		t.Fatal(err)
	}
	got := <-results
	if got.code != exitFindings || !strings.Contains(got.errOut, "interrupted; the same command goes on") || strings.Contains(got.out, "summary") {
		t.Fatalf("exit code %d, stderr %q, stdout %s", got.code, got.errOut, got.out)
	}
	first := strings.Count(got.out, `"type":"finding"`)
	state, err := scanStateOf(saved)
	if err != nil || state.Summary.Findings != first || state.Summary.Files != 1 {
		t.Fatalf("%d findings printed, state %+v, %v", first, state, err)
	}
	if info, err := os.Stat(saved); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the state can be read by others: %v %v", info.Mode(), err)
	}
	for _, other := range [][]string{{"--limit", "7"}, {"--include", "x"}} {
		if again := run(t, "", append(args, other...)...); again.code != exitUsage || !strings.Contains(again.errOut, "another scan") {
			t.Errorf("%v: exit code %d, stderr %q", other, again.code, again.errOut)
		}
	}
	// What is done is not scanned again, and the pipe is gone.
	if err := os.Remove(pipe); err != nil {
		t.Fatal(err)
	}
	again := run(t, "", args...)
	if again.code != exitFindings || strings.Contains(again.out, `"type":"finding"`) {
		t.Errorf("exit code %d, stdout %s, stderr %s", again.code, again.out, again.errOut)
	}
}

func scanStateOf(file string) (*scan.State, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var state scan.State
	err = json.Unmarshal(text, &state)
	return &state, err
}
