// Command bench measures what redaction costs in a real gateway, in time and
// memory, against the same gateway without it and against a Lua script that does
// the same.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// options are the command line.
type options struct {
	rounds   int
	duration time.Duration
	clients  int
	sizes    []int // bytes
	held     []int // bytes of the bodies of requests whose memory is measured
}

func main() {
	o, err := parse(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func parse(args []string) (options, error) {
	o := options{held: []int{4 << 10, 32 << 10, 256 << 10, 1 << 20}}
	var quick bool
	var sizes string
	f := flag.NewFlagSet("bench", flag.ExitOnError)
	f.IntVar(&o.rounds, "rounds", 7, "how often everything is measured")
	f.DurationVar(&o.duration, "duration", 1200*time.Millisecond, "how long each variant is under load, per body and round")
	f.IntVar(&o.clients, "clients", 8, "how many requests are on their way at a time")
	f.StringVar(&sizes, "sizes", "1,4,32", "bodies to send, in KB")
	f.BoolVar(&quick, "quick", false, "3 rounds of 300ms: shows that it works, not how fast it is")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("unknown argument %q", f.Arg(0))
	}
	if quick {
		o.held = o.held[1:2]
		given := map[string]bool{}
		f.Visit(func(f *flag.Flag) { given[f.Name] = true })
		if !given["rounds"] {
			o.rounds = 3
		}
		if !given["duration"] {
			o.duration = 300 * time.Millisecond
		}
	}
	for _, s := range strings.Split(sizes, ",") {
		kb, err := strconv.Atoi(strings.TrimSpace(s))
		// Beyond that, redact refuses the body (max_body_bytes).
		if err != nil || kb < 1 || kb > 10000 {
			return o, fmt.Errorf("-sizes: %q is not a number of KB from 1 to 10000", s)
		}
		o.sizes = append(o.sizes, kb*1024)
	}
	if o.rounds < 1 || o.clients < 1 || o.duration <= 0 {
		return o, errors.New("-rounds, -clients and -duration must be positive")
	}
	return o, nil
}

// run builds, checks, measures and writes the table.
func run(ctx context.Context, o options, out, progress io.Writer) error {
	dir, err := os.MkdirTemp("", "krakend-redact-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fmt.Fprintln(progress, "building")
	b, err := build(ctx, dir)
	if err != nil {
		return err
	}
	vs, err := variants(dir)
	if err != nil {
		return err
	}
	u, err := startUpstream()
	if err != nil {
		return err
	}
	defer u.close()
	var gateways []*gateway
	for _, v := range vs {
		g, err := startGateway(ctx, b, v, u.url, dir, o.clients)
		if err != nil {
			return err
		}
		defer g.Stop()
		gateways = append(gateways, g)
	}
	results, err := measure(ctx, o, gateways, u, progress)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s (%s) on %d CPUs, shared with clients and upstream; %d rounds of %s, %d clients\n\n",
		filepath.Base(b.gateway), b.goVersion, runtime.NumCPU(), o.rounds, o.duration, o.clients)
	if err := writeTable(out, results); err != nil {
		return err
	}
	fmt.Fprintln(progress, "memory")
	return memoryTable(ctx, o, b, vs[:2], u, dir, out)
}

// measure checks every variant with every body and then puts them under load, in
// rounds. Variants take turns in going first, because the first of a round finds
// the machine in the state that the last one left.
func measure(ctx context.Context, o options, gateways []*gateway, u *upstream, progress io.Writer) ([]result, error) {
	var results []result
	lengths := map[string]int64{}
	for _, size := range o.sizes {
		r, err := newRequest(size)
		if err != nil {
			return nil, err
		}
		for _, g := range gateways {
			if lengths[r.name], err = g.check(ctx, u, r); err != nil {
				return nil, err
			}
		}
		results = append(results, result{request: r, samples: make([][]sample, len(gateways))})
	}
	fmt.Fprintln(progress, "checked: the upstream sees no value from redact and lua, the clients get all back")

	// Round 0 warms up connections, heaps and caches, and does not count.
	for round := range o.rounds + 1 {
		fmt.Fprintf(progress, "round %d of %d\n", round, o.rounds)
		duration := o.duration
		if round == 0 {
			duration /= 3
		}
		for _, r := range results {
			for turn := range gateways {
				i := (turn + round) % len(gateways)
				s, err := gateways[i].load(ctx, o.clients, duration, r.request.body, lengths[r.request.name])
				if err != nil {
					return nil, err
				}
				if round > 0 {
					r.samples[i] = append(r.samples[i], s)
				}
			}
		}
	}
	return results, nil
}
