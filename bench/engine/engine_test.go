package main

import (
	"testing"
	"time"

	"github.com/krakend-redact/krakend-redact/bench/timing"
)

func TestTheTableIsMade(t *testing.T) {
	timing.Enough = time.Microsecond
	if err := run(1, 2<<10, ""); err != nil {
		t.Fatal(err)
	}
}
