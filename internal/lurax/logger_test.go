package lurax_test

import (
	"fmt"
	"io"
	"os"
	"sync"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/lurax"
)

type recorder struct {
	mu    sync.Mutex
	lines []string
}

func (r *recorder) add(level string, v []interface{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, level+fmt.Sprint(v...))
}

func (r *recorder) Debug(v ...interface{})    { r.add("D", v) }
func (r *recorder) Info(v ...interface{})     { r.add("I", v) }
func (r *recorder) Warning(v ...interface{})  { r.add("W", v) }
func (r *recorder) Error(v ...interface{})    { r.add("E", v) }
func (r *recorder) Critical(v ...interface{}) { r.add("C", v) }

// stderrOf returns what f writes to standard error.
func stderrOf(t *testing.T, f func()) string {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	before := os.Stderr
	os.Stderr = write
	f()
	os.Stderr = before
	if err := write.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(read)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func logAll(l lurax.Logger) {
	l.Debug("debug", 1)
	l.Info("info", 2)
	l.Warning("warning")
	l.Error("error", fmt.Errorf("reason"))
	l.Critical("critical")
}

func TestUntilALoggerIsRegisteredLinesGoToStandardError(t *testing.T) {
	var h lurax.LogHolder
	want := "INFO: info 2\nWARNING: warning\nERROR: error reason\nCRITICAL: critical\n"
	if got := stderrOf(t, func() { logAll(h.Logger()) }); got != want {
		t.Errorf("got %q", got)
	}
	for _, v := range []interface{}{nil, "text", struct{}{}} {
		h.RegisterLogger(v)
		if got := stderrOf(t, func() { logAll(h.Logger()) }); got != want {
			t.Errorf("after %v: got %q", v, got)
		}
	}
}

func TestTheRegisteredLoggerGetsTheLines(t *testing.T) {
	var h lurax.LogHolder
	first, second := &recorder{}, &recorder{}
	h.RegisterLogger(first)
	h.RegisterLogger("no logger")
	if got := stderrOf(t, func() { logAll(h.Logger()) }); got != "" {
		t.Errorf("on standard error: %q", got)
	}
	if got := fmt.Sprint(first.lines); got != "[Ddebug1 Iinfo2 Wwarning Eerrorreason Ccritical]" {
		t.Errorf("got %s", got)
	}
	h.RegisterLogger(second)
	h.Logger().Info("now")
	if len(second.lines) != 1 {
		t.Error("a later logger does not take over")
	}
}

func TestALoggerCanBeRegisteredWhileOthersLog(t *testing.T) {
	var h lurax.LogHolder
	r := &recorder{}
	h.RegisterLogger(r)
	var wait sync.WaitGroup
	for i := 0; i < 4; i++ {
		wait.Add(2)
		go func() { defer wait.Done(); h.RegisterLogger(r) }()
		go func() { defer wait.Done(); h.Logger().Info("x") }()
	}
	wait.Wait()
	if len(r.lines) != 4 {
		t.Errorf("%d lines", len(r.lines))
	}
}
