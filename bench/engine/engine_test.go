package main

import (
	"testing"
	"time"
)

func TestTheTableIsMade(t *testing.T) {
	enough = time.Microsecond
	if err := run(1, 2<<10, ""); err != nil {
		t.Fatal(err)
	}
}
