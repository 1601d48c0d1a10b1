package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/creack/pty"
)

// TestScanShowsHowFarItIs feeds a scan until its terminal shows share, rate and time.
func TestScanShowsHowFarItIs(t *testing.T) {
	dir := t.TempDir()
	folder, pipe := filepath.Join(dir, "folder"), filepath.Join(dir, "pipe")
	// A file without contents makes the whole so large that the end is never near.
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "large"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(folder, "large"), 1<<40); err != nil {
		t.Skip(err)
	}
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	screen, terminal, err := pty.Open()
	if err != nil {
		t.Skip(err)
	}
	defer screen.Close()
	shown := make(chan struct{})
	go func() {
		var all []byte
		part := make([]byte, 4096)
		for told := false; ; {
			n, err := screen.Read(part)
			all = append(all, part[:n]...)
			if !told && bytes.Contains(all, []byte("scanning")) && bytes.Contains(all, []byte("%")) && bytes.Contains(all, []byte("B/s")) {
				told = true
				close(shown)
			}
			if err != nil {
				return
			}
		}
	}()
	codes := make(chan int)
	var out bytes.Buffer
	go func() {
		codes <- Run([]string{"scan", scanPolicy, folder, pipe}, strings.NewReader(""), &out, terminal)
		terminal.Close()
	}()
	w, err := os.OpenFile(pipe, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	line := []byte(strings.Repeat("lorem ipsum\n", 1000))
	for more := true; more; {
		select {
		case <-shown:
			more = false
		case code := <-codes:
			t.Fatalf("the scan ended with %d before it showed how far it is", code)
		default:
			if _, err := w.Write(line); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if code := <-codes; code != exitFine || strings.Contains(out.String(), "scanning") {
		t.Errorf("exit code %d, stdout %q", code, out.String())
	}
}
