package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// inFlight is how many requests are held at a time to measure what each takes.
const inFlight = 32

// footprint is the memory of a gateway in bytes per request.
type footprint struct {
	held float64 // while all of them wait for the upstream
	most float64 // at any moment, from their arrival to the end of their answers
}

// memoryTable measures plain and redact and writes what a request in flight takes.
func memoryTable(ctx context.Context, o options, b *binaries, vs []variant, u *upstream, dir string, out io.Writer) error {
	if _, err := residentOf(os.Getpid(), "VmHWM"); err != nil {
		_, err := fmt.Fprintf(out, "\nMemory: SKIPPED, %v\n", err)
		return err
	}
	fmt.Fprintf(out, "\nmemory per request in KB, %d requests in flight, medians of %d\n\n", inFlight, rounds(o))
	fmt.Fprintln(out, "| body | waiting: plain | redact | at most: plain | redact | redact less plain | × body | aim: 4 × body + 64 KB |")
	fmt.Fprintln(out, "|---:|---:|---:|---:|---:|---:|---:|---|")
	for _, size := range o.held {
		r, err := newRequest(size)
		if err != nil {
			return err
		}
		var medians [2]footprint
		for i, v := range vs {
			var held, most []float64
			for range rounds(o) {
				f, err := footprintOf(ctx, b, v, u, dir, r)
				if err != nil {
					return err
				}
				held, most = append(held, f.held), append(most, f.most)
			}
			medians[i] = footprint{quartilesOf(held).median, quartilesOf(most).median}
		}
		plain, redact := medians[0], medians[1]
		body := float64(len(r.body))
		verdict := "met"
		if redact.most > 4*body+64<<10 {
			verdict = "missed"
		}
		if _, err := fmt.Fprintf(out, "| %s | %.0f | %.0f | %.0f | %.0f | %.0f | %.1f | %s |\n", r.name,
			plain.held/1024, redact.held/1024, plain.most/1024, redact.most/1024, (redact.most-plain.most)/1024, redact.most/body, verdict); err != nil {
			return err
		}
	}
	return nil
}

// rounds is how often memory is measured, which varies less than time.
func rounds(o options) int { return min(o.rounds, 3) }

// footprintOf starts a gateway, holds requests at the upstream, lets them go, and
// sees how much memory the process got from the system for them. It collects its
// garbage early, so that this is what requests need and not what they have left.
func footprintOf(ctx context.Context, b *binaries, v variant, u *upstream, dir string, r request) (footprint, error) {
	var f footprint
	g, err := startGateway(ctx, b, v, u.url, dir, inFlight, "GOGC=10")
	if err != nil {
		return f, err
	}
	defer g.Stop()
	// The first request fills tables that all share.
	length, err := g.check(ctx, u, r)
	if err != nil {
		return f, err
	}
	if err := os.WriteFile(filepath.Join("/proc", strconv.Itoa(g.PID()), "clear_refs"), []byte("5"), 0); err != nil {
		return f, err // the peak so far would count
	}
	before, err := residentOf(g.PID(), "VmRSS")
	if err != nil {
		return f, err
	}
	gate := &gate{make(chan struct{}, inFlight), make(chan struct{})}
	u.gate.Store(gate)
	defer u.gate.Store(nil)
	ended := make(chan error, inFlight)
	for range inFlight {
		go func() {
			ended <- g.post(ctx, r.body, func(answer io.Reader) error {
				n, err := io.Copy(io.Discard, answer)
				if err == nil && n != length {
					err = fmt.Errorf("gateway %q answered %d bytes instead of %d", g.name, n, length)
				}
				return err
			})
		}()
	}
	for waiting := 0; waiting < inFlight && err == nil; {
		select {
		case <-gate.arrived:
			waiting++
		case err = <-ended:
			if err == nil {
				err = fmt.Errorf("gateway %q answered without the upstream", g.name)
			}
		case <-time.After(20 * time.Second):
			err = fmt.Errorf("gateway %q: only %d of %d requests arrived", g.name, waiting, inFlight)
		}
	}
	var held int64
	if err == nil {
		held, err = residentOf(g.PID(), "VmRSS")
	}
	close(gate.open)
	if err != nil {
		return f, err
	}
	for range inFlight {
		if err := <-ended; err != nil {
			return f, err
		}
	}
	most, err := residentOf(g.PID(), "VmHWM")
	return footprint{float64(held-before) / inFlight, float64(most-before) / inFlight}, err
}

// residentOf returns a figure in bytes of how much memory a process has, or had.
func residentOf(pid int, field string) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	return parseStatus(string(status), field)
}

func parseStatus(status, field string) (int64, error) {
	for line := range strings.Lines(status) {
		if rest, ok := strings.CutPrefix(line, field+":"); ok {
			kb, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return kb << 10, err
		}
	}
	return 0, fmt.Errorf("/proc has no %s", field)
}
