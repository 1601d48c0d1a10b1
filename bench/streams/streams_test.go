package main

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/krakend-redact/krakend-redact/bench/host"
)

// TestRun runs everything once. Times mean nothing then; the rates do.
func TestRun(t *testing.T) {
	o, err := parse([]string{"-quick", "-events=60", "-pause=0s", "-peers=false"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	var out, progress bytes.Buffer
	results, err := run(ctx, o, &out, &progress)
	if unbuilt := (*host.BuildError)(nil); errors.As(err, &unbuilt) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, &progress)
	}
	t.Logf("\n%s", &out)
	for _, r := range results {
		if r.Restored != r.Of || r.Up > 0 || r.Down > 0 || r.Of == 0 || r.Sent == 0 || r.Injected == 0 {
			t.Errorf("%s: %d of %d values came back, %d of %d leaked to the model, %d of %d to the user",
				r.Way.Name, r.Restored, r.Of, r.Up, r.Sent, r.Down, r.Injected)
		}
	}
}

func TestParse(t *testing.T) {
	o, err := parse([]string{"-rounds=3", "-quick", "-events=20", "-pause=1ms", "-peers=false"})
	want := options{prompts: 1, rounds: 3, streams: 1, events: 20, pause: time.Millisecond}
	if err != nil || !reflect.DeepEqual(o, want) {
		t.Errorf("got %+v, %v; want %+v", o, err, want)
	}
	for _, bad := range []string{"-prompts=0", "-rounds=0", "-streams=0", "-events=9", "-pause=-1s", "now"} {
		if o, err := parse([]string{bad}); err == nil {
			t.Errorf("%s was taken: %+v", bad, o)
		}
	}
}

// The texts that are due after each event are those that a reader finds.
func TestReply(t *testing.T) {
	r := newReply(300)
	got, err := read(strings.NewReader(strings.Join(r.events, "")+"data: [DONE]\n\n"), 0)
	if err != nil || len(got) != len(r.events) || len(got) < 300 {
		t.Fatalf("%d events arrived of %d, %v", len(got), len(r.events), err)
	}
	parts := 0
	for i, a := range got {
		switch {
		case r.plain[i] < 0 && r.restored[i] < 0:
			parts++
		case a.text != r.plain[i]:
			t.Errorf("event %d: %d bytes of text arrived, %d are due", i, a.text, r.plain[i])
		}
	}
	if parts == 0 {
		t.Error("no placeholder is cut")
	}
	last := len(got) - 1
	placeholders := strings.Count(strings.Join(r.events, ""), `"RED"`)
	grown := 0
	for i := range placeholders {
		grown += len(values[i%len(values)]) - len("[REDACTED_EMAIL_1]")
	}
	if r.restored[last]-r.plain[last] != grown {
		t.Errorf("values make the answer %d bytes longer, want %d", r.restored[last]-r.plain[last], grown)
	}
}

func TestQuantile(t *testing.T) {
	for share, want := range map[float64]float64{0: 1, 0.25: 2, 0.5: 3, 0.625: 3.5, 1: 5} {
		if got := quantile([]float64{5, 1, 3, 2, 4}, share); got != want {
			t.Errorf("quantile %v is %v, want %v", share, got, want)
		}
	}
	a := []timing{{delay: 1}, {delay: 4}, {delay: 9}}
	b := []timing{{delay: 1}, {delay: 2}, {delay: 3}}
	if got, want := ratio(a, b, delay), "2.00 (1.50–2.50)"; got != want {
		t.Errorf("the ratio is %s, want %s", got, want)
	}
}

// A peer that cannot be measured leaves a notice, not a gap.
func TestPeersSkipped(t *testing.T) {
	var out strings.Builder
	writePeers(t.Context(), &out, t.TempDir(), 1)
	if !strings.Contains(out.String(), "## Peers: SKIPPED\n") {
		t.Errorf("got %q", out.String())
	}
}
