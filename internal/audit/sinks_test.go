package audit

import (
	"path/filepath"
	"testing"
	"time"
)

// What is written, lost and waiting is counted by the kind of sink.
func TestSinks(t *testing.T) {
	t.Setenv("SINKS_TOKEN", "token-1")
	file := fileSettings(t)
	before := Sinks()
	for _, s := range []Settings{
		{File: &file},
		{File: &FileSettings{Path: "/dev/full", MaxBytes: 1 << 20, MaxAge: time.Hour}},
		{Console: &ConsoleSettings{URL: "http://127.0.0.1:1", TokenEnv: "SINKS_TOKEN", Spool: filepath.Join(t.TempDir(), "spool"), SpoolBytes: 1 << 20}},
	} {
		l, err := Open(s, quiet)
		if err != nil {
			t.Fatal(err)
		}
		_ = l.Event(event("x"))
	}
	after := Sinks()
	if n := after["file"].Written - before["file"].Written; n != 1 {
		t.Errorf("files took %d lines", n)
	}
	// The alert of the lost line is lost as well.
	if n := after["file"].Dropped - before["file"].Dropped; n < 1 {
		t.Errorf("files lost %d lines", n)
	}
	if c := after["console"]; c.Written-before["console"].Written != 1 || c.Spooled <= before["console"].Spooled || c.Dropped != before["console"].Dropped {
		t.Errorf("console: %+v, before %+v", c, before["console"])
	}
	if _, there := after["stdout"]; there != (before["stdout"] != SinkState{}) {
		t.Errorf("standard output: %+v", after["stdout"])
	}
}
