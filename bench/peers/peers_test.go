package main

import (
	"testing"

	"github.com/krakend-redact/krakend-redact/bench/streams/split"
)

// The policy is driven as it wants to be: what it promises, it does here too.
func TestExchange(t *testing.T) {
	for _, s := range settings {
		exchange, err := newExchange(s.params)
		if err != nil {
			t.Fatal(err)
		}
		results, err := split.Measure(t.Context(), split.Formats()[:1], 1, exchange)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range results {
			if len(r.Way.Scripts) == 1 && r.Way.Choices+r.Way.Calls == 0 && r.Restored != r.Of {
				t.Errorf("%s, %s: %d of %d values came back", s.name, r.Way.Name, r.Restored, r.Of)
			}
			if r.Up == r.Sent {
				t.Errorf("%s, %s: nothing was masked", s.name, r.Way.Name)
			}
		}
	}
}
