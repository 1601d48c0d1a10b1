package main

import "testing"

func TestTheTableIsMade(t *testing.T) {
	if err := run(1, 2<<10, ""); err != nil {
		t.Fatal(err)
	}
}
