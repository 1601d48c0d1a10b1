// Command streams measures what streamed answers come to through a real gateway:
// whether the right values come back, whether any leak, and how much later the
// text arrives.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"github.com/krakend-redact/krakend-redact/bench/streams/split"
)

// options are the command line.
type options struct {
	prompts int
	rounds  int
	streams int
	events  int
	pause   time.Duration
	peers   bool
}

func main() {
	o, err := parse(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "streams:", err)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if _, err := run(ctx, o, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "streams:", err)
		os.Exit(1)
	}
}

func parse(args []string) (options, error) {
	var o options
	var quick bool
	f := flag.NewFlagSet("streams", flag.ExitOnError)
	f.IntVar(&o.prompts, "prompts", 4, "how many prompts are answered in every way")
	f.IntVar(&o.rounds, "rounds", 7, "how often everything is timed")
	f.IntVar(&o.streams, "streams", 3, "how many answers of each kind are timed, per variant and round")
	f.IntVar(&o.events, "events", 150, "how many events a timed answer has; ten times as many without pauses")
	f.DurationVar(&o.pause, "pause", 2*time.Millisecond, "how long the model pauses between events")
	f.BoolVar(&o.peers, "peers", true, "measure WSO2's pii-masking-regex as well; fetches its module the first time")
	f.BoolVar(&quick, "quick", false, "1 prompt and 1 round of 1 stream: shows that it works, not how fast it is")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("unknown argument %q", f.Arg(0))
	}
	if quick {
		given := map[string]bool{}
		f.Visit(func(f *flag.Flag) { given[f.Name] = true })
		for name, option := range map[string]*int{"prompts": &o.prompts, "rounds": &o.rounds, "streams": &o.streams} {
			if !given[name] {
				*option = 1
			}
		}
	}
	if o.prompts < 1 || o.rounds < 1 || o.streams < 1 || o.events < 10 || o.pause < 0 {
		return o, errors.New("-prompts, -rounds and -streams must be positive, -events at least 10, -pause not negative")
	}
	return o, nil
}

// run builds, checks, measures and writes the tables. It returns the rates of
// the gateway with response rules.
func run(ctx context.Context, o options, out, progress io.Writer) ([]split.Result, error) {
	dir, err := os.MkdirTemp("", "krakend-redact-streams-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	fmt.Fprintln(progress, "building")
	b, err := build(ctx, dir)
	if err != nil {
		return nil, err
	}
	model, clock := split.NewModel(), newTimer(o.events)
	modelServer, timerServer := httptest.NewServer(model), httptest.NewServer(clock)
	defer modelServer.Close()
	defer timerServer.Close()
	var gateways []*gateway
	for _, v := range variants() {
		g, err := startGateway(ctx, b, v, modelServer.URL, timerServer.URL, dir)
		if err != nil {
			return nil, err
		}
		defer g.Stop()
		gateways = append(gateways, g)
	}
	fmt.Fprintf(out, "KrakenD (%s) on %d CPUs, shared with client and model\n\n## Fidelity and leaks\n\n", b.goVersion, runtime.NumCPU())
	fmt.Fprintln(progress, "fidelity and leaks")
	through := exchange(gateways[withResponseRules], model)
	results, err := split.Measure(ctx, split.Formats(), o.prompts, through)
	if err != nil {
		return nil, err
	}
	if err := split.WriteRates(out, "krakend-redact", results); err != nil {
		return nil, err
	}
	fmt.Fprintln(out)
	if err := writeSample(ctx, out, through); err != nil {
		return nil, err
	}
	timings, err := measure(ctx, o, gateways, clock, progress)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(out, "## Time\n\n%d rounds of %d streams of each kind, %d events %s apart, %d without pauses\n\n",
		o.rounds, o.streams, o.events, o.pause, burst*o.events)
	if err := writeTimes(out, timings); err != nil {
		return nil, err
	}
	if o.peers {
		fmt.Fprintln(progress, "peers")
		writePeers(ctx, out, b.bench, o.prompts)
	}
	return results, nil
}
