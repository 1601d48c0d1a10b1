package main

import (
	"strings"
	"testing"
)

// TestRuns shows that everything that is measured works, and not how fast it is.
func TestRuns(t *testing.T) {
	var out strings.Builder
	b := &bench{ctx: t.Context(), out: &out, rounds: 1, taken: 1000}
	if err := b.run(3000, "", false); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); !strings.Contains(text, "SQLite, 3000 events") || !strings.Contains(text, "| placeholder |") || !strings.Contains(text, "events deleted") {
		t.Errorf("it prints\n%s", text)
	}
}
